#pragma once

#include <string_view>
#include <vector>

#include "umsadm/base/fingerprint.hpp"

namespace umsadm {

// The SHA-256 fingerprints in a text whose columns nobody has documented, each once, in the order of the text: 64 hex
// digits in any case, together or in groups joined by ":", "-", "." or a blank; Base64 of 32 bytes with its padding, or
// without it right after "SHA256:". What is longer or shorter (SHA-1, SHA-512, a whole certificate) is none.
std::vector<Fingerprint> find_fingerprints(std::string_view listing);

}  // namespace umsadm
