#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umsadm {

// One machine on the way to another. What is absent is decided elsewhere.
struct JumpHop {
    std::optional<std::string> user;
    std::string host;  // a name or an address, without brackets
    std::optional<std::uint16_t> port;

    bool operator==(const JumpHop&) const = default;
};

// "USER@HOST:PORT", several of them separated by "," in the order in which they are passed, as OpenSSH's ProxyJump has
// it; user and port may be left out, an IPv6 address with a port stands in brackets. "none" is no hop at all.
// Nothing when the text is none of this.
std::optional<std::vector<JumpHop>> parse_jump(std::string_view text);

}  // namespace umsadm
