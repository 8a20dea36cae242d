#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "umsadm/base/bytes.hpp"

namespace umsadm {

// SHA-256 over a certificate's DER. crypto computes it; the other parts only carry and compare it.
class Fingerprint {
public:
    static constexpr std::size_t k_size = 32;

    Fingerprint() = default;
    explicit Fingerprint(const std::array<std::uint8_t, k_size>& bytes) noexcept : m_bytes(bytes) {}

    // 64 hex digits in any case, with or without ':' between the pairs, with or without "sha256:" before them.
    static std::optional<Fingerprint> parse(std::string_view text);

    std::string to_string() const;  // "AB:CD:...", upper case: what people and JSON see
    std::string hex() const;        // "abcd...", lower case: the name of a folder
    // Upper-case hex in four parts of sixteen characters: how the set-up of an IGEL OS device asks for it.
    std::array<std::string, 4> parts() const;

    ByteView bytes() const noexcept { return m_bytes; }
    auto operator<=>(const Fingerprint&) const = default;

private:
    std::array<std::uint8_t, k_size> m_bytes{};
};

// Reads the start of a fingerprint as a user types it. Returns its lower-case hex digits, or nothing unless the
// text is "sha256:HEX" or bare HEX of 8 to 64 digits, ':' allowed between pairs.
std::optional<std::string> parse_fingerprint_prefix(std::string_view text);

}  // namespace umsadm
