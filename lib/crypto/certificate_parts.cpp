#include "lib/crypto/certificate_parts.hpp"

#include <algorithm>

#include <openssl/asn1t.h>
#include <openssl/objects.h>

namespace umsadm {
namespace {

constexpr std::string_view k_reading = "read a certificate";

// RFC 8017, A.1.1.
struct RsaKey {
    ASN1_INTEGER* modulus;
    ASN1_INTEGER* exponent;
};

// clang-format off
ASN1_SEQUENCE(PublicKeyInfo) = {
    ASN1_SIMPLE(PublicKeyInfo, algorithm, X509_ALGOR),
    ASN1_SIMPLE(PublicKeyInfo, key, ASN1_BIT_STRING),
} static_ASN1_SEQUENCE_END(PublicKeyInfo)

ASN1_SEQUENCE_enc(ToBeSigned, encoding, nullptr) = {
    ASN1_EXP_OPT(ToBeSigned, version, ASN1_INTEGER, 0),
    ASN1_SIMPLE(ToBeSigned, serial, ASN1_INTEGER),
    ASN1_SIMPLE(ToBeSigned, algorithm, X509_ALGOR),
    ASN1_SIMPLE(ToBeSigned, issuer, X509_NAME),
    ASN1_SIMPLE(ToBeSigned, validity, X509_VAL),
    ASN1_SIMPLE(ToBeSigned, subject, X509_NAME),
    ASN1_SIMPLE(ToBeSigned, key, PublicKeyInfo),
    ASN1_IMP_OPT(ToBeSigned, issuer_id, ASN1_BIT_STRING, 1),
    ASN1_IMP_OPT(ToBeSigned, subject_id, ASN1_BIT_STRING, 2),
    ASN1_EXP_SEQUENCE_OF_OPT(ToBeSigned, extensions, X509_EXTENSION, 3),
} static_ASN1_SEQUENCE_END_ref(ToBeSigned, ToBeSigned)

ASN1_SEQUENCE(CertificateParts) = {
    ASN1_SIMPLE(CertificateParts, signed_part, ToBeSigned),
    ASN1_SIMPLE(CertificateParts, algorithm, X509_ALGOR),
    ASN1_SIMPLE(CertificateParts, signature, ASN1_BIT_STRING),
} static_ASN1_SEQUENCE_END(CertificateParts)

ASN1_SEQUENCE(RsaKey) = {
    ASN1_SIMPLE(RsaKey, modulus, ASN1_INTEGER),
    ASN1_SIMPLE(RsaKey, exponent, ASN1_INTEGER),
} static_ASN1_SEQUENCE_END(RsaKey)
    // clang-format on

    struct FreeRsaKey {
    void operator()(RsaKey* key) const noexcept {
        ASN1_item_free(reinterpret_cast<ASN1_VALUE*>(key), ASN1_ITEM_rptr(RsaKey));
    }
};

template <typename T>
const ASN1_VALUE* as_value(const T& object) {
    return reinterpret_cast<const ASN1_VALUE*>(&object);
}

template <typename T>
Bytes encode(const T& object, const ASN1_ITEM* item, std::string_view doing) {
    unsigned char* der = nullptr;
    const int size = openssl::require(ASN1_item_i2d(as_value(object), &der, item), doing);
    const openssl::MemoryPtr<unsigned char> owner(der);
    return Bytes(der, der + size);
}

ByteView bytes_of(const ASN1_STRING& text) {
    return {ASN1_STRING_get0_data(&text), static_cast<std::size_t>(ASN1_STRING_length(&text))};
}

std::optional<KeySpec> rsa_spec(ByteView key) {
    const openssl::CleanErrorQueue queue;
    const unsigned char* at = key.data();
    const std::unique_ptr<RsaKey, FreeRsaKey> rsa(
        reinterpret_cast<RsaKey*>(ASN1_item_d2i(nullptr, &at, static_cast<long>(key.size()), ASN1_ITEM_rptr(RsaKey))));
    if (!rsa || at != key.data() + key.size() || ASN1_STRING_type(rsa->modulus) != V_ASN1_INTEGER) return std::nullopt;
    const openssl::BignumPtr modulus(ASN1_INTEGER_to_BN(rsa->modulus, nullptr));
    if (!modulus || BN_is_zero(modulus.get())) return std::nullopt;
    return KeySpec{KeySpec::Type::rsa, BN_num_bits(modulus.get()), {}};
}

std::optional<KeySpec> ec_spec(const ASN1_OBJECT& curve, ByteView point) {
    constexpr std::uint8_t uncompressed = 4;  // SEC 1, 2.3.3
    int bits = 0;
    switch (OBJ_obj2nid(&curve)) {
        case NID_X9_62_prime256v1: bits = 256; break;
        case NID_secp384r1: bits = 384; break;
        case NID_secp521r1: bits = 521; break;
        default: return std::nullopt;
    }
    const std::size_t size = 1 + 2 * static_cast<std::size_t>((bits + 7) / 8);
    if (point.size() != size || point.front() != uncompressed) return std::nullopt;
    return KeySpec{KeySpec::Type::ec, bits, {}};
}

}  // namespace

void FreeCertificateParts::operator()(CertificateParts* parts) const noexcept {
    ASN1_item_free(reinterpret_cast<ASN1_VALUE*>(parts), ASN1_ITEM_rptr(CertificateParts));
}

CertificatePartsPtr decode_certificate_parts(ByteView der) {
    const unsigned char* at = der.data();
    const auto size = static_cast<long>(der.size());
    CertificatePartsPtr parts(reinterpret_cast<CertificateParts*>(openssl::require(
        ASN1_item_d2i(nullptr, &at, size, ASN1_ITEM_rptr(CertificateParts)), k_reading, Code::invalid_data)));
    if (at != der.data() + der.size())
        throw Error(Code::invalid_data, "cannot read a certificate: bytes after its end");
    // d2i also reads BER; then the fingerprint would depend on who encodes the certificate again.
    const Bytes again = encode(*parts, ASN1_ITEM_rptr(CertificateParts), "encode a certificate");
    if (!std::equal(again.begin(), again.end(), der.begin(), der.end())) {
        throw Error(Code::invalid_data, "cannot read a certificate: it is not in DER");
    }
    return parts;
}

Bytes public_key_der_of(const CertificateParts& parts) {
    return encode(*parts.signed_part->key, ASN1_ITEM_rptr(PublicKeyInfo), "encode a public key");
}

std::optional<KeySpec> spec_of(const PublicKeyInfo& info) {
    const ASN1_OBJECT* algorithm = nullptr;
    const void* parameters = nullptr;
    int type = V_ASN1_UNDEF;
    X509_ALGOR_get0(&algorithm, &type, &parameters, info.algorithm);
    const ByteView key = bytes_of(*info.key);
    const int nid = OBJ_obj2nid(algorithm);
    if (nid == NID_rsaEncryption && type == V_ASN1_NULL) return rsa_spec(key);
    if (nid != NID_X9_62_id_ecPublicKey || type != V_ASN1_OBJECT) return std::nullopt;
    return ec_spec(*static_cast<const ASN1_OBJECT*>(parameters), key);
}

bool is_signed_with(const CertificateParts& parts, EVP_PKEY& key) {
    // The algorithm stands in both, and only one of them is signed (RFC 5280, 4.1.1.2).
    if (X509_ALGOR_cmp(parts.algorithm, parts.signed_part->algorithm) != 0) return false;
    return ASN1_item_verify(ASN1_ITEM_rptr(ToBeSigned), parts.algorithm, parts.signature, parts.signed_part, &key) == 1;
}

}  // namespace umsadm
