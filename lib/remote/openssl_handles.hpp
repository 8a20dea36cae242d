#pragma once

#include <memory>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

namespace umsadm::remote {

template <auto Free>
struct FreeBy {
    template <typename T>
    void operator()(T* handle) const noexcept {
        Free(handle);
    }
};

inline void free_bio(BIO* bio) noexcept { BIO_free(bio); }

using BigNumber = std::unique_ptr<BIGNUM, FreeBy<BN_clear_free>>;
using BigNumberContext = std::unique_ptr<BN_CTX, FreeBy<BN_CTX_free>>;
using Bio = std::unique_ptr<BIO, FreeBy<free_bio>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeBy<EVP_CIPHER_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeBy<EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, FreeBy<ECDSA_SIG_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, FreeBy<OSSL_PARAM_free>>;
using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, FreeBy<OSSL_PARAM_BLD_free>>;
using Pkey = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeBy<EVP_PKEY_CTX_free>>;

}  // namespace umsadm::remote
