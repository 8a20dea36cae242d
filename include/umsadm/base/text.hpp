#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace umsadm {

std::string_view trim(std::string_view text) noexcept;  // blanks, tabs, CR and LF at both ends
std::vector<std::string> split(std::string_view text, char separator);
std::string to_lower(std::string_view text);  // ASCII only
std::string to_upper(std::string_view text);  // ASCII only

bool is_utf8(std::string_view text) noexcept;                 // well-formed (RFC 3629), no surrogates
bool has_control_characters(std::string_view text) noexcept;  // C0, DEL and, in UTF-8, C1

// Text of foreign origin made safe for a terminal: control characters and bytes that are not UTF-8 become \xNN.
std::string printable(std::string_view text);

// printable() in double quotes, as names appear in messages.
std::string in_quotes(std::string_view text);

// One word for a POSIX shell: always in single quotes, safe for every byte but NUL.
// Throws Code::failed on NUL.
std::string shell_quoted(std::string_view text);

}  // namespace umsadm
