#include "lib/crypto/public_key.hpp"

#include <algorithm>
#include <array>

#include <openssl/objects.h>

#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

KeySpec ec_spec(const EVP_PKEY& key) {
    std::array<char, 80> group{};
    std::size_t length = 0;
    const bool named = EVP_PKEY_get_group_name(&key, group.data(), group.size(), &length) == 1;
    switch (named ? OBJ_txt2nid(group.data()) : NID_undef) {
        case NID_X9_62_prime256v1: return {KeySpec::Type::ec, 256, {}};
        case NID_secp384r1: return {KeySpec::Type::ec, 384, {}};
        case NID_secp521r1: return {KeySpec::Type::ec, 521, {}};
        default: break;
    }
    const std::string name = named ? printable(group.data()) : "explicit";
    return {KeySpec::Type::other, EVP_PKEY_get_bits(&key), "ec:" + name};
}

}  // namespace

KeySpec spec_of(const EVP_PKEY& key) {
    const openssl::CleanErrorQueue queue;
    switch (EVP_PKEY_get_base_id(&key)) {
        case EVP_PKEY_RSA: return {KeySpec::Type::rsa, EVP_PKEY_get_bits(&key), {}};
        case EVP_PKEY_EC: return ec_spec(key);
        case EVP_PKEY_ED25519: return {KeySpec::Type::ed25519, 256, {}};
        default: break;
    }
    const char* name = EVP_PKEY_get0_type_name(&key);
    return {KeySpec::Type::other, EVP_PKEY_get_bits(&key), name == nullptr ? "unknown" : to_lower(printable(name))};
}

openssl::KeyPtr decode_public_key(ByteView der) {
    const openssl::CleanErrorQueue queue;
    constexpr std::string_view reading = "read a public key";
    const unsigned char* at = der.data();
    openssl::KeyPtr key(
        openssl::require(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())), reading, Code::invalid_data));
    const Bytes again = openssl::to_der(key.get(), i2d_PUBKEY, "encode a public key");
    if (!std::equal(again.begin(), again.end(), der.begin(), der.end())) {
        throw Error(Code::invalid_data, "cannot read a public key: it is not in its usual encoding");
    }
    return key;
}

const EVP_MD* signature_digest_for(const EVP_PKEY& key) {
    const int type = EVP_PKEY_get_base_id(&key);
    return type == EVP_PKEY_ED25519 || type == EVP_PKEY_ED448 ? nullptr : EVP_sha512();
}

}  // namespace umsadm
