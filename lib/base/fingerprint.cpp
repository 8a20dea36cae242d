#include "umsadm/base/fingerprint.hpp"

#include <algorithm>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm {

std::optional<Fingerprint> Fingerprint::parse(std::string_view text) {
    const auto digits = parse_fingerprint_prefix(text);
    if (!digits || digits->size() != 2 * k_size) return std::nullopt;
    const auto bytes = hex_decode(*digits);
    if (!bytes) return std::nullopt;
    Fingerprint result;
    std::copy(bytes->begin(), bytes->end(), result.m_bytes.begin());
    return result;
}

std::string Fingerprint::to_string() const {
    const std::string digits = to_upper(hex());
    std::string text;
    text.reserve(3 * k_size);
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        if (i != 0) text += ':';
        text.append(digits, i, 2);
    }
    return text;
}

std::string Fingerprint::hex() const { return hex_encode(m_bytes); }

std::array<std::string, 4> Fingerprint::parts() const {
    const std::string digits = to_upper(hex());
    std::array<std::string, 4> parts;
    const std::size_t size = digits.size() / parts.size();
    for (std::size_t i = 0; i < parts.size(); ++i) parts[i] = digits.substr(i * size, size);
    return parts;
}

std::optional<std::string> parse_fingerprint_prefix(std::string_view text) {
    constexpr std::string_view prefix = "sha256:";
    if (to_lower(text.substr(0, prefix.size())) == prefix) text.remove_prefix(prefix.size());
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == ':') {
            const bool between_pairs =
                !digits.empty() && digits.size() % 2 == 0 && i + 1 < text.size() && text[i - 1] != ':';
            if (!between_pairs) return std::nullopt;
            continue;
        }
        digits += c;
    }
    digits = to_lower(digits);
    const bool hex = std::all_of(digits.begin(), digits.end(),
                                 [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    if (!hex || digits.size() < 8 || digits.size() > 2 * Fingerprint::k_size) return std::nullopt;
    return digits;
}

}  // namespace umsadm
