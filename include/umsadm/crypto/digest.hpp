#pragma once

#include <string>

#include "umsadm/base/bytes.hpp"

namespace umsadm {

Bytes sha256(ByteView bytes);
std::string sha256_hex(ByteView bytes);  // lower case, as sha256sum(1) prints it
Bytes random_bytes(std::size_t count);
// `bytes` random bytes in lower-case hex: names of runs and of temporary files.
std::string random_hex(std::size_t bytes);

}  // namespace umsadm
