#include "lib/keystore/der_names.hpp"

#include <algorithm>

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm::keystore {
namespace {

constexpr std::uint8_t k_sequence = 0x30;
constexpr std::uint8_t k_explicit_0 = 0xA0;

struct Element {
    std::uint8_t tag = 0;
    ByteView whole;
    ByteView content;
};

// Takes the first element off `rest`.
std::optional<Element> next_element(ByteView& rest) noexcept {
    constexpr std::size_t k_most_length_bytes = 4;
    if (rest.size() < 2) return std::nullopt;
    std::size_t header = 2;
    std::size_t length = rest[1];
    if (length >= 0x80) {
        const std::size_t length_bytes = length & 0x7F;
        header += length_bytes;
        if (length_bytes == 0 || length_bytes > k_most_length_bytes || rest.size() < header) return std::nullopt;
        length = 0;
        for (const std::uint8_t byte : rest.subspan(2, length_bytes)) length = (length << 8) | byte;
    }
    if (rest.size() - header < length) return std::nullopt;
    const Element element{rest[0], rest.first(header + length), rest.subspan(header, length)};
    rest = rest.subspan(header + length);
    return element;
}

struct Names {
    ByteView issuer;
    ByteView subject;
};

// RFC 5280, 4.1: Certificate ::= SEQUENCE { tbsCertificate SEQUENCE { version [0] (optional), serialNumber, signature,
// issuer, validity, subject, ... } ... }
std::optional<Names> names_of(ByteView der) noexcept {
    const auto certificate = next_element(der);
    if (!certificate) return std::nullopt;
    ByteView rest = certificate->content;
    const auto body = next_element(rest);
    if (!body) return std::nullopt;
    rest = body->content;
    auto field = next_element(rest);
    if (field && field->tag == k_explicit_0) field = next_element(rest);
    const auto signature = next_element(rest);
    const auto issuer = next_element(rest);
    const auto validity = next_element(rest);
    const auto subject = next_element(rest);
    if (!field || !signature || !issuer || !validity || !subject) return std::nullopt;
    return Names{issuer->whole, subject->whole};
}

openssl::NamePtr read_name(ByteView der) {
    const unsigned char* at = der.data();
    return openssl::NamePtr(d2i_X509_NAME(nullptr, &at, static_cast<long>(der.size())));
}

}  // namespace

bool is_one_der_sequence(ByteView der) noexcept {
    const auto element = next_element(der);
    return element && element->tag == k_sequence && der.empty();
}

bool has_explicit_second(ByteView der) noexcept {
    const auto outer = next_element(der);
    if (!outer) return false;
    ByteView rest = outer->content;
    next_element(rest);
    const auto second = next_element(rest);
    return second && second->tag == k_explicit_0;
}

std::optional<bool> names_as_issuer(ByteView subject, ByteView issuer) {
    const auto below = names_of(subject);
    const auto above = names_of(issuer);
    if (!below || !above) return std::nullopt;
    if (std::equal(below->issuer.begin(), below->issuer.end(), above->subject.begin(), above->subject.end())) {
        return true;
    }
    // Two spellings of one name (RFC 5280, 7.1).
    const openssl::CleanErrorQueue errors;
    const openssl::NamePtr wanted = read_name(below->issuer);
    const openssl::NamePtr found = read_name(above->subject);
    if (!wanted || !found) return std::nullopt;
    return X509_NAME_cmp(wanted.get(), found.get()) == 0;
}

}  // namespace umsadm::keystore
