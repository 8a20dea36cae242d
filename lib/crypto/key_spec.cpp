#include "umsadm/crypto/key_spec.hpp"

#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

constexpr int k_least_rsa_bits = 2048;
constexpr int k_most_rsa_bits = 8192;

std::optional<KeySpec> parse_rsa(std::string_view bits) {
    int value = 0;
    const auto [end, error] = std::from_chars(bits.data(), bits.data() + bits.size(), value);
    if (error != std::errc() || end != bits.data() + bits.size()) return std::nullopt;
    if (value < k_least_rsa_bits || value > k_most_rsa_bits) return std::nullopt;
    return KeySpec{KeySpec::Type::rsa, value, {}};
}

std::optional<KeySpec> parse_spec(std::string_view text) {
    constexpr std::string_view rsa = "rsa:";
    if (text.starts_with(rsa)) return parse_rsa(text.substr(rsa.size()));
    if (text == "ec:p256") return KeySpec{KeySpec::Type::ec, 256, {}};
    if (text == "ec:p384") return KeySpec{KeySpec::Type::ec, 384, {}};
    if (text == "ec:p521") return KeySpec{KeySpec::Type::ec, 521, {}};
    if (text == "ed25519") return KeySpec{KeySpec::Type::ed25519, 256, {}};
    return std::nullopt;
}

}  // namespace

std::string KeySpec::to_string() const {
    switch (type) {
        case Type::rsa: return fmt::format("rsa:{}", bits);
        case Type::ec: return fmt::format("ec:p{}", bits);
        case Type::ed25519: return "ed25519";
        case Type::other: break;
    }
    return other;
}

KeySpec KeySpec::parse(std::string_view text) {
    if (const auto spec = parse_spec(text)) return *spec;
    throw Error(Code::usage, fmt::format("{} is no kind of key", in_quotes(text)),
                "use \"rsa:2048\" to \"rsa:8192\", \"ec:p256\", \"ec:p384\", \"ec:p521\" or \"ed25519\"");
}

}  // namespace umsadm
