#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "umsadm/base/finding.hpp"
#include "umsadm/registry/site.hpp"

namespace umsadm {

// What the hash chain of an audit log shows.
struct AuditChain {
    std::size_t lines = 0;
    // SHA-256 of the last line with its newline, lower-case hex; 64 zeros when there is none. Whoever notes it outside
    // the site can prove later that all lines up to here are still the same.
    std::string last_digest;
    std::optional<std::size_t> expected_line;  // the line that the expected digest is of
    Findings findings;                         // in the order of the lines; intact when none is an error
};

// Follows the chain from the first line to the last. It finds a line that was changed, is missing, was inserted or
// stands elsewhere. It cannot find that lines at the end are missing, that the last one was changed, or that all of it
// was written anew, unless a digest that was noted before is `expected` (64 hex digits). Throws Code::failed when the
// file cannot be read.
AuditChain verify_audit(const Site& site, const std::optional<std::string>& expected = {});

}  // namespace umsadm
