#include "lib/crypto/ec_pkcs8.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <openssl/core_names.h>
#include <openssl/param_build.h>

namespace umsadm {
namespace {

using ParamBuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, openssl::CallFree<OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, openssl::CallFree<OSSL_PARAM_free>>;

// PKCS#8 (RFC 5208) around ECPrivateKey (RFC 5915) has nothing left to choose, once the curve is named, the curve is
// not repeated inside, and the public key is there and not compressed: only the two numbers vary.
constexpr std::array<std::uint8_t, 36> k_head_256{
    0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
    0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x6d, 0x30, 0x6b, 0x02, 0x01, 0x01, 0x04, 0x20};
constexpr std::array<std::uint8_t, 5> k_between_256{0xa1, 0x44, 0x03, 0x42, 0x00};

constexpr std::array<std::uint8_t, 35> k_head_384{
    0x30, 0x81, 0xb6, 0x02, 0x01, 0x00, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
    0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x04, 0x81, 0x9e, 0x30, 0x81, 0x9b, 0x02, 0x01, 0x01, 0x04, 0x30};
constexpr std::array<std::uint8_t, 5> k_between_384{0xa1, 0x64, 0x03, 0x62, 0x00};

constexpr std::array<std::uint8_t, 35> k_head_521{
    0x30, 0x81, 0xee, 0x02, 0x01, 0x00, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
    0x05, 0x2b, 0x81, 0x04, 0x00, 0x23, 0x04, 0x81, 0xd6, 0x30, 0x81, 0xd3, 0x02, 0x01, 0x01, 0x04, 0x42};
constexpr std::array<std::uint8_t, 7> k_between_521{0xa1, 0x81, 0x89, 0x03, 0x81, 0x86, 0x00};

struct Form {
    const char* group;
    std::size_t number_size;
    ByteView head;
    ByteView between;
};
const std::array<Form, 3> k_forms{{{"P-256", 32, k_head_256, k_between_256},
                                   {"P-384", 48, k_head_384, k_between_384},
                                   {"P-521", 66, k_head_521, k_between_521}}};

struct EcParts {
    const char* group;
    ByteView number;
    ByteView point;
};

bool has_at(ByteView der, std::size_t at, ByteView expected) {
    return std::equal(expected.begin(), expected.end(), der.begin() + static_cast<std::ptrdiff_t>(at));
}

std::optional<EcParts> take_apart(ByteView der) {
    constexpr std::uint8_t uncompressed = 4;  // SEC 1, 2.3.3
    for (const Form& form : k_forms) {
        const std::size_t after_number = form.head.size() + form.number_size;
        const std::size_t point_at = after_number + form.between.size();
        if (der.size() != point_at + 1 + 2 * form.number_size) continue;
        if (!has_at(der, 0, form.head) || !has_at(der, after_number, form.between)) continue;
        if (der[point_at] != uncompressed) continue;
        return EcParts{form.group, der.subspan(form.head.size(), form.number_size), der.subspan(point_at)};
    }
    return std::nullopt;
}

}  // namespace

openssl::KeyPtr read_ec_pkcs8(ByteView der) {
    const openssl::CleanErrorQueue queue;
    const auto parts = take_apart(der);
    if (!parts) return nullptr;
    // Of a "secure" number OpenSSL wipes all copies.
    const openssl::BignumPtr number(BN_secure_new());
    const ParamBuilderPtr builder(OSSL_PARAM_BLD_new());
    const openssl::KeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    if (!number || !builder || !context) return nullptr;
    if (BN_bin2bn(parts->number.data(), static_cast<int>(parts->number.size()), number.get()) == nullptr ||
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, parts->group, 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, parts->point.data(),
                                         parts->point.size()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()) != 1) {
        return nullptr;
    }
    const ParamsPtr params(OSSL_PARAM_BLD_to_param(builder.get()));
    EVP_PKEY* key = nullptr;
    if (!params || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
    (void)EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, params.get());
    return openssl::KeyPtr(key);
}

}  // namespace umsadm
