#pragma once

// Private to the library: owners of OpenSSL's handles, and its errors as ours.

#include <concepts>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/base/secret.hpp"

namespace umsadm::openssl {

// Calls `Free` on what a unique_ptr owns.
template <auto Free>
struct CallFree {
    template <typename T>
    void operator()(T* handle) const noexcept {
        Free(handle);
    }
};

using BioPtr = std::unique_ptr<BIO, CallFree<BIO_free_all>>;
using BignumPtr = std::unique_ptr<BIGNUM, CallFree<BN_clear_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, CallFree<EVP_PKEY_free>>;
using KeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, CallFree<EVP_PKEY_CTX_free>>;
using CertPtr = std::unique_ptr<X509, CallFree<X509_free>>;
using CertRequestPtr = std::unique_ptr<X509_REQ, CallFree<X509_REQ_free>>;
using NamePtr = std::unique_ptr<X509_NAME, CallFree<X509_NAME_free>>;
using AlgorithmPtr = std::unique_ptr<X509_ALGOR, CallFree<X509_ALGOR_free>>;
using EncryptedPtr = std::unique_ptr<X509_SIG, CallFree<X509_SIG_free>>;
using Pkcs8Ptr = std::unique_ptr<PKCS8_PRIV_KEY_INFO, CallFree<PKCS8_PRIV_KEY_INFO_free>>;
using Pkcs7Ptr = std::unique_ptr<PKCS7, CallFree<PKCS7_free>>;
using Pkcs12Ptr = std::unique_ptr<PKCS12, CallFree<PKCS12_free>>;
using StorePtr = std::unique_ptr<X509_STORE, CallFree<X509_STORE_free>>;
using StoreContextPtr = std::unique_ptr<X509_STORE_CTX, CallFree<X509_STORE_CTX_free>>;
using TlsContextPtr = std::unique_ptr<SSL_CTX, CallFree<SSL_CTX_free>>;
using TlsPtr = std::unique_ptr<SSL, CallFree<SSL_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, CallFree<ASN1_INTEGER_free>>;
using OctetsPtr = std::unique_ptr<ASN1_OCTET_STRING, CallFree<ASN1_OCTET_STRING_free>>;
using BitsPtr = std::unique_ptr<ASN1_BIT_STRING, CallFree<ASN1_BIT_STRING_free>>;
using BasicConstraintsPtr = std::unique_ptr<BASIC_CONSTRAINTS, CallFree<BASIC_CONSTRAINTS_free>>;
using AuthorityKeyIdPtr = std::unique_ptr<AUTHORITY_KEYID, CallFree<AUTHORITY_KEYID_free>>;
using GeneralNamePtr = std::unique_ptr<GENERAL_NAME, CallFree<GENERAL_NAME_free>>;
using GeneralNamesPtr = std::unique_ptr<GENERAL_NAMES, CallFree<GENERAL_NAMES_free>>;
using ExtendedKeyUsagePtr = std::unique_ptr<EXTENDED_KEY_USAGE, CallFree<EXTENDED_KEY_USAGE_free>>;

struct FreeMemory {
    void operator()(void* memory) const noexcept { OPENSSL_free(memory); }
};
template <typename T>
using MemoryPtr = std::unique_ptr<T, FreeMemory>;

// Stacks that own their members.
struct FreeCertStack {
    void operator()(STACK_OF(X509) * stack) const noexcept { sk_X509_pop_free(stack, X509_free); }
};
using CertStackPtr = std::unique_ptr<STACK_OF(X509), FreeCertStack>;
struct FreeExtensions {
    void operator()(STACK_OF(X509_EXTENSION) * stack) const noexcept {
        sk_X509_EXTENSION_pop_free(stack, X509_EXTENSION_free);
    }
};
using ExtensionsPtr = std::unique_ptr<STACK_OF(X509_EXTENSION), FreeExtensions>;

// The first line of every function that calls OpenSSL: its error queue is empty before and after, however it ends.
class CleanErrorQueue {
public:
    CleanErrorQueue() noexcept;
    ~CleanErrorQueue();
    CleanErrorQueue(const CleanErrorQueue&) = delete;
    CleanErrorQueue& operator=(const CleanErrorQueue&) = delete;
};

// OpenSSL's reason for what just failed (the innermost one); empties the queue.
std::string take_reason();

// "cannot <doing>: <reason>".
[[noreturn]] void fail(std::string_view doing, Code code = Code::failed);

// Passes a handle on; throws what fail() makes when it is null.
template <typename T>
T* require(T* handle, std::string_view doing, Code code = Code::failed) {
    if (handle == nullptr) fail(doing, code);
    return handle;
}

// The same for calls that return 1 or a length for success, and 0 or less for failure.
template <std::integral T>
T require(T result, std::string_view doing, Code code = Code::failed) {
    if (result <= 0) fail(doing, code);
    return result;
}

// The DER of `value` by its i2d function: to_der(cert, i2d_X509, "encode the certificate").
template <typename T, typename Encode>
Bytes to_der(T* value, Encode encode, std::string_view doing) {
    const int size = require(encode(value, nullptr), doing);
    Bytes bytes(static_cast<std::size_t>(size));
    unsigned char* out = bytes.data();
    require(encode(value, &out), doing);
    return bytes;
}

// A memory BIO that reads `bytes`, which must outlive it.
BioPtr reader(ByteView bytes);
// A memory BIO that is wiped when it goes.
BioPtr secret_writer();
// What was written to it.
std::string_view written(BIO& bio);

}  // namespace umsadm::openssl
