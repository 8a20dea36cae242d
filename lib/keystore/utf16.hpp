#pragma once

#include <string>
#include <string_view>

#include "umsadm/base/bytes.hpp"

#include "lib/keystore/wiped_bytes.hpp"

namespace umsadm::keystore {

// Java's modified UTF-8 (java.io.DataInput): one to three bytes per UTF-16 unit, U+0000 as C0 80.
// Throws Code::invalid_data for what is none, or when it holds half a surrogate pair (which UTF-8 cannot say).
std::string from_modified_utf8(ByteView bytes);
// `text` is UTF-8. Throws Code::failed when it is not, or is longer than the 65,535 bytes Java allows.
Bytes to_modified_utf8(std::string_view text);

// UTF-16, big-endian, as Java hashes passwords and PKCS#12 stores names. `text` is UTF-8.
// Throws Code::invalid_data, without repeating the text, when it is not.
WipedBytes to_utf16(std::string_view text);

}  // namespace umsadm::keystore
