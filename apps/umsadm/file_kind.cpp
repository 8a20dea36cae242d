#include "file_kind.hpp"

#include <algorithm>
#include <array>

namespace umsadm::app {
namespace {

constexpr std::array<std::uint8_t, 4> k_jks{0xFE, 0xED, 0xFE, 0xED};
constexpr std::array<std::uint8_t, 4> k_jceks{0xCE, 0xCE, 0xCE, 0xCE};
constexpr std::uint8_t k_integer = 0x02;
constexpr std::uint8_t k_object_identifier = 0x06;
constexpr std::uint8_t k_sequence = 0x30;
constexpr std::uint8_t k_pkcs12_version = 3;

bool starts_with(ByteView content, ByteView start) noexcept {
    return content.size() >= start.size() && std::equal(start.begin(), start.end(), content.begin());
}

// What is inside the outer SEQUENCE, its tag first; empty when there is none (X.690, 8.1.3).
ByteView inside_sequence(ByteView content) noexcept {
    if (content.size() < 2 || content[0] != k_sequence) return {};
    const std::size_t length_bytes = content[1] > 0x80 ? content[1] & 0x7FU : 0;
    const std::size_t header = 2 + length_bytes;
    return header < content.size() ? content.subspan(header) : ByteView{};
}

// An EncryptedPrivateKeyInfo begins with its algorithm, a certificate with a version or a serial number.
bool starts_with_algorithm(ByteView content) noexcept {
    const ByteView inside = inside_sequence(content);
    return !inside.empty() && inside[0] == k_object_identifier;
}

}  // namespace

FileKind kind_of_file(ByteView content) noexcept {
    if (starts_with(content, k_jks) || starts_with(content, k_jceks)) return FileKind::keystore;
    if (as_text(content).find("-----BEGIN ") != std::string_view::npos) return FileKind::pem;
    const ByteView inside = inside_sequence(content);
    if (inside.size() < 3) return FileKind::unknown;
    switch (inside[0]) {
        case k_integer: return inside[2] == k_pkcs12_version ? FileKind::keystore : FileKind::private_key;
        case k_object_identifier: return FileKind::pkcs7;
        case k_sequence: return starts_with_algorithm(inside) ? FileKind::encrypted_private_key : FileKind::certificate;
        default: return FileKind::unknown;
    }
}

}  // namespace umsadm::app
