#include "umsadm/registry/jump.hpp"

#include <charconv>

#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

// No blanks, and no leading "-": other tools would read it as an option.
bool is_word(std::string_view text) {
    return !text.empty() && !text.starts_with('-') && is_utf8(text) && !has_control_characters(text) &&
           text.find_first_of(" \t[]") == std::string_view::npos;
}

std::optional<std::uint16_t> parse_port(std::string_view digits) {
    std::uint16_t port = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stop, problem] = std::from_chars(digits.data(), end, port);
    if (problem != std::errc() || stop != end || port == 0) return std::nullopt;
    return port;
}

// What stands behind the host: nothing, or ":PORT".
bool read_port(std::string_view rest, JumpHop& hop) {
    if (rest.empty()) return true;
    hop.port = rest.starts_with(':') ? parse_port(rest.substr(1)) : std::nullopt;
    return hop.port.has_value();
}

bool read_host(std::string_view text, JumpHop& hop) {
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto bracket = text.find(']');
        if (bracket == std::string_view::npos) return false;
        rest = text.substr(bracket + 1);
        text = text.substr(1, bracket - 1);
    } else if (const auto colon = text.find(':'); colon != std::string_view::npos && text.rfind(':') == colon) {
        rest = text.substr(colon);
        text = text.substr(0, colon);
    }
    hop.host = text;
    return is_word(text) && read_port(rest, hop);
}

std::optional<JumpHop> parse_hop(std::string_view text) {
    JumpHop hop;
    const auto at = text.rfind('@');
    if (at != std::string_view::npos) {
        hop.user = text.substr(0, at);
        if (!is_word(*hop.user)) return std::nullopt;
        text = text.substr(at + 1);
    }
    if (!read_host(text, hop)) return std::nullopt;
    return hop;
}

}  // namespace

std::optional<std::vector<JumpHop>> parse_jump(std::string_view text) {
    std::vector<JumpHop> hops;
    if (to_lower(text) == "none") return hops;
    for (const std::string& part : split(text, ',')) {
        const auto hop = parse_hop(part);
        if (!hop) return std::nullopt;
        hops.push_back(*hop);
    }
    return hops;
}

}  // namespace umsadm
