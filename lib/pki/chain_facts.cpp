#include "lib/pki/chain_facts.hpp"

#include <algorithm>
#include <array>

#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

constexpr int k_least_rsa_bits = 2048;
constexpr int k_least_curve_bits = 256;

}  // namespace

bool is_over(const Certificate& certificate, UtcTime now) noexcept { return certificate.not_after() <= now; }

bool is_weak(const KeySpec& key) noexcept {
    switch (key.type) {
        case KeySpec::Type::rsa: return key.bits < k_least_rsa_bits;
        case KeySpec::Type::ec: return key.bits < k_least_curve_bits;
        case KeySpec::Type::ed25519: return false;
        case KeySpec::Type::other: break;
    }
    if (key.other.starts_with("ec:")) return key.bits < k_least_curve_bits;
    return (key.other.starts_with("rsa") || key.other == "dsa") && key.bits < k_least_rsa_bits;
}

bool is_weak_digest(std::string_view digest) noexcept {
    constexpr std::array<std::string_view, 5> weak{"md2", "md4", "md5", "md5-sha1", "sha1"};
    return std::find(weak.begin(), weak.end(), digest) != weak.end();
}

std::optional<int> path_length_of(const Certificate& certificate) noexcept {
    return certificate.is_ca() ? certificate.basic_constraints()->path_length : std::nullopt;
}

bool same_name(std::string_view a, std::string_view b) { return to_lower(trim(a)) == to_lower(trim(b)); }

}  // namespace umsadm
