#pragma once

#include <string_view>
#include <vector>

namespace umsadm {

// A block of a text that is looked at in place: a private key is not copied to find it.
struct PemSpan {
    std::string_view label;
    std::string_view text;
};

// What find_pem_blocks() returns, as views into `text`.
std::vector<PemSpan> scan_pem(std::string_view text);

}  // namespace umsadm
