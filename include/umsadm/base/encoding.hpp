#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "umsadm/base/bytes.hpp"

namespace umsadm {

// Lower-case hexadecimal.
std::string hex_encode(ByteView bytes);
// Either case; nothing but digits in pairs. Empty on anything else.
std::optional<Bytes> hex_decode(std::string_view text);

// RFC 4648 section 4, one line. `Padding::no` leaves out the "=" (OpenSSH fingerprints).
enum class Padding { yes, no };
std::string base64_encode(ByteView bytes, Padding padding = Padding::yes);
// Strict: no white space, padding required, unused bits zero. Empty on anything else.
std::optional<Bytes> base64_decode(std::string_view text);

}  // namespace umsadm
