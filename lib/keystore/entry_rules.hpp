#pragma once

#include <string>
#include <string_view>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/base/finding.hpp"
#include "umsadm/keystore/keystore.hpp"

namespace umsadm::keystore {

// What Java would stumble over, for all formats: as findings when a file is read, as errors when one is written.

// The alias as umsadm keeps it: in lower case. "keystore-alias-case" when it was not stored so.
std::string adopt_alias(std::string_view stored, Findings& findings);

// "keystore-duplicate-alias".
void check_aliases(const Keystore& keystore, Findings& findings);
// "keystore-empty-chain", "keystore-chain-order" for each key entry.
void check_key_chains(const Keystore& keystore, Findings& findings);
// "keystore-trailing-bytes".
void add_trailing_bytes_finding(Findings& findings);

// Throws Code::failed for two entries with the same alias, an alias that is no text, or a key entry without a chain.
void require_writable_entries(const Keystore& keystore);

[[noreturn]] void throw_wrong_store_password();
[[noreturn]] void throw_jceks_is_not_written();

}  // namespace umsadm::keystore
