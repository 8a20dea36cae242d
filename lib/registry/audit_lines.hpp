#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "umsadm/base/file.hpp"

namespace umsadm {

// What the first line of an audit log holds as the digest of the line before.
constexpr std::string_view k_audit_begin = "0000000000000000000000000000000000000000000000000000000000000000";

// Hands over every whole line of an audit log with its number (from 1) and without its newline; a log that is not there
// has none. Returns whether there is a last line without a newline. Throws Code::failed when it cannot be read.
bool read_audit_lines(const Path& log, const std::function<void(std::size_t, const std::string&)>& take);

}  // namespace umsadm
