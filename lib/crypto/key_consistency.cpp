#include "lib/crypto/key_consistency.hpp"

#include <openssl/core_names.h>

namespace umsadm {
namespace {

using openssl::BignumPtr;
using openssl::require;
using BignumContextPtr = std::unique_ptr<BN_CTX, openssl::CallFree<BN_CTX_free>>;

constexpr std::string_view k_checking = "check a private key";

BignumPtr part(const EVP_PKEY& key, const char* name) {
    BIGNUM* number = nullptr;
    (void)EVP_PKEY_get_bn_param(&key, name, &number);
    return BignumPtr(number);
}

// The numbers of an RSA key with two primes (RFC 8017, 3.2).
struct RsaParts {
    explicit RsaParts(const EVP_PKEY& key)
        : n(part(key, OSSL_PKEY_PARAM_RSA_N)),
          e(part(key, OSSL_PKEY_PARAM_RSA_E)),
          d(part(key, OSSL_PKEY_PARAM_RSA_D)),
          p(part(key, OSSL_PKEY_PARAM_RSA_FACTOR1)),
          q(part(key, OSSL_PKEY_PARAM_RSA_FACTOR2)),
          dp(part(key, OSSL_PKEY_PARAM_RSA_EXPONENT1)),
          dq(part(key, OSSL_PKEY_PARAM_RSA_EXPONENT2)),
          qi(part(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1)),
          third_prime(part(key, OSSL_PKEY_PARAM_RSA_FACTOR3)) {}

    bool usual() const { return n && e && d && p && q && dp && dq && qi && !third_prime; }

    BignumPtr n, e, d, p, q, dp, dq, qi, third_prime;
};

class Arithmetic {
public:
    Arithmetic() : m_context(require(BN_CTX_new(), k_checking)) {}

    BignumPtr product(const BignumPtr& a, const BignumPtr& b) const {
        BignumPtr result(require(BN_new(), k_checking));
        require(BN_mul(result.get(), a.get(), b.get(), m_context.get()), k_checking);
        return result;
    }

    BignumPtr remainder(const BignumPtr& a, const BignumPtr& modulus) const {
        BignumPtr result(require(BN_new(), k_checking));
        require(BN_mod(result.get(), a.get(), modulus.get(), m_context.get()), k_checking);
        return result;
    }

private:
    BignumContextPtr m_context;
};

BignumPtr less_one(const BignumPtr& number) {
    BignumPtr result(require(BN_dup(number.get()), k_checking));
    require(BN_sub_word(result.get(), 1), k_checking);
    return result;
}

bool equal(const BignumPtr& a, const BignumPtr& b) { return BN_cmp(a.get(), b.get()) == 0; }

bool more_than_one(const BignumPtr& number) { return BN_cmp(number.get(), BN_value_one()) > 0; }

bool is_consistent_rsa(const RsaParts& key) {
    if (!more_than_one(key.p) || !more_than_one(key.q)) return false;
    const Arithmetic with;
    const BignumPtr p1 = less_one(key.p);
    const BignumPtr q1 = less_one(key.q);
    return equal(with.product(key.p, key.q), key.n) && equal(with.remainder(key.d, p1), key.dp) &&
           equal(with.remainder(key.d, q1), key.dq) &&
           BN_is_one(with.remainder(with.product(key.d, key.e), p1).get()) == 1 &&
           BN_is_one(with.remainder(with.product(key.d, key.e), q1).get()) == 1 &&
           BN_is_one(with.remainder(with.product(key.qi, key.q), key.p).get()) == 1;
}

bool is_consistent_by_openssl(EVP_PKEY& key) {
    const openssl::KeyContextPtr context(require(EVP_PKEY_CTX_new_from_pkey(nullptr, &key, nullptr), k_checking));
    return EVP_PKEY_pairwise_check(context.get()) == 1;
}

}  // namespace

bool is_consistent(EVP_PKEY& key) {
    const openssl::CleanErrorQueue queue;
    // OpenSSL's check also looks for primes, which takes 0.3 s with 4096 bits. The factors of a modulus that is in a
    // certificate need no such proof.
    if (EVP_PKEY_get_base_id(&key) == EVP_PKEY_RSA) {
        const RsaParts parts(key);
        if (parts.usual()) return is_consistent_rsa(parts);
    }
    return is_consistent_by_openssl(key);
}

}  // namespace umsadm
