#include <array>

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "umsadm/base/text.hpp"

#include "lib/remote/ssh_key_data.hpp"
#include "lib/remote/wire.hpp"

namespace umsadm::remote {
namespace {

constexpr std::size_t k_ed25519_size = 32;

Error unsupported_type(std::string_view name) {
    return Error(Code::invalid_data, fmt::format("the key {} is of a type that is not supported", in_quotes(name)),
                 "use an ed25519, ECDSA (p256, p384, p521) or RSA key");
}

Bytes to_magnitude(const BIGNUM* number) {
    Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number)));
    BN_bn2bin(number, bytes.data());
    return bytes;
}

Bytes number_parameter(EVP_PKEY* key, const char* which) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key, which, &number) != 1) throw Error(Code::failed, "cannot read the numbers of a key");
    const BigNumber owner(number);
    return to_magnitude(number);
}

PublicKey ed25519_public_key(EVP_PKEY* key) {
    std::array<std::uint8_t, k_ed25519_size> raw{};
    std::size_t size = raw.size();
    if (EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1)
        throw Error(Code::failed, "cannot read an ed25519 key");
    return {"ssh-ed25519", WireWriter().string("ssh-ed25519").string(ByteView(raw.data(), size)).take()};
}

PublicKey rsa_public_key(EVP_PKEY* key) {
    const Bytes exponent = number_parameter(key, OSSL_PKEY_PARAM_RSA_E);
    const Bytes modulus = number_parameter(key, OSSL_PKEY_PARAM_RSA_N);
    return {"ssh-rsa", WireWriter().string("ssh-rsa").mpint(exponent).mpint(modulus).take()};
}

std::string_view ssh_curve(std::string_view group) noexcept {
    if (group == "prime256v1" || group == "P-256") return "nistp256";
    if (group == "secp384r1" || group == "P-384") return "nistp384";
    if (group == "secp521r1" || group == "P-521") return "nistp521";
    return {};
}

PublicKey ecdsa_public_key(EVP_PKEY* key, std::string_view name) {
    std::array<char, 64> group{};
    std::size_t size = 0;
    const bool named = EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) == 1;
    const std::string_view curve = named ? ssh_curve({group.data(), size}) : std::string_view{};
    if (curve.empty()) throw unsupported_type(name);
    // The coordinates and not the encoded point: that one may be compressed, which SSH does not know.
    Bytes point{0x04};
    const std::size_t width = static_cast<std::size_t>(EVP_PKEY_get_bits(key) + 7) / 8;
    for (const char* coordinate : {OSSL_PKEY_PARAM_EC_PUB_X, OSSL_PKEY_PARAM_EC_PUB_Y}) {
        const Bytes magnitude = number_parameter(key, coordinate);
        point.insert(point.end(), width - std::min(width, magnitude.size()), 0);
        point.insert(point.end(), magnitude.begin(), magnitude.end());
    }
    const std::string type = fmt::format("ecdsa-sha2-{}", curve);
    return {type, WireWriter().string(type).string(curve).string(point).take()};
}

const EVP_MD* digest_for(std::string_view algorithm) {
    if (algorithm == "ssh-ed25519") return nullptr;  // ed25519 hashes by itself
    if (algorithm == "rsa-sha2-512" || algorithm == "ecdsa-sha2-nistp521") return EVP_sha512();
    if (algorithm == "rsa-sha2-256" || algorithm == "ecdsa-sha2-nistp256") return EVP_sha256();
    if (algorithm == "ecdsa-sha2-nistp384") return EVP_sha384();
    if (algorithm == "ssh-rsa") return EVP_sha1();
    throw Error(Code::failed, fmt::format("no such signature algorithm: {}", in_quotes(algorithm)));
}

// OpenSSL gives an ECDSA signature as DER, SSH wants two numbers.
Bytes ecdsa_numbers(ByteView der) {
    const unsigned char* at = der.data();
    const EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    if (signature == nullptr) throw Error(Code::failed, "cannot read an ECDSA signature");
    return WireWriter()
        .mpint(to_magnitude(ECDSA_SIG_get0_r(signature.get())))
        .mpint(to_magnitude(ECDSA_SIG_get0_s(signature.get())))
        .take();
}

}  // namespace

PublicKey public_key_of(EVP_PKEY* key, std::string_view name) {
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_ED25519: return ed25519_public_key(key);
        case EVP_PKEY_RSA: return rsa_public_key(key);
        case EVP_PKEY_EC: return ecdsa_public_key(key, name);
        default: throw unsupported_type(name);
    }
}

Bytes sign_for_ssh(const SshKey& key, std::string_view algorithm, ByteView data) {
    EVP_PKEY* pkey = data_of(key).key.get();
    const DigestContext context(EVP_MD_CTX_new());
    ERR_set_mark();
    std::size_t size = 0;
    bool ok = context != nullptr &&
              EVP_DigestSignInit(context.get(), nullptr, digest_for(algorithm), nullptr, pkey) == 1 &&
              EVP_DigestSign(context.get(), nullptr, &size, data.data(), data.size()) == 1;
    Bytes signature(size);
    ok = ok && EVP_DigestSign(context.get(), signature.data(), &size, data.data(), data.size()) == 1;
    ERR_pop_to_mark();
    if (!ok) throw Error(Code::failed, fmt::format("cannot sign with the key {}", in_quotes(key.name())));
    signature.resize(size);
    return algorithm.starts_with("ecdsa-") ? ecdsa_numbers(signature) : signature;
}

}  // namespace umsadm::remote
