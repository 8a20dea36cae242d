#pragma once

#include <memory>
#include <optional>
#include <string>

#include "umsadm/base/bytes.hpp"

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm::keystore {

struct FreeBagStack {
    void operator()(STACK_OF(PKCS12_SAFEBAG) * stack) const noexcept {
        sk_PKCS12_SAFEBAG_pop_free(stack, PKCS12_SAFEBAG_free);
    }
};
using BagStackPtr = std::unique_ptr<STACK_OF(PKCS12_SAFEBAG), FreeBagStack>;

struct FreeSafeStack {
    void operator()(STACK_OF(PKCS7) * stack) const noexcept { sk_PKCS7_pop_free(stack, PKCS7_free); }
};
using SafeStackPtr = std::unique_ptr<STACK_OF(PKCS7), FreeSafeStack>;

using BagPtr = std::unique_ptr<PKCS12_SAFEBAG, openssl::CallFree<PKCS12_SAFEBAG_free>>;

// The attributes of a SafeBag that mean something to Java.
struct BagAttributes {
    std::optional<std::string> friendly_name;  // as it is stored, in UTF-8
    std::optional<Bytes> local_key_id;
    bool trusted = false;
    bool any = false;  // whether there is an attribute at all
};

// Throws Code::invalid_data when one of them is not what it should be.
BagAttributes read_attributes(const PKCS12_SAFEBAG& bag);

Bytes encode_bag(const PKCS12_SAFEBAG& bag);
// Throws Code::failed when `der` is no SafeBag.
BagPtr decode_bag(ByteView der);

// The certificate of a certBag; null when it holds none that can be read.
openssl::CertPtr certificate_of(const PKCS12_SAFEBAG& bag);

}  // namespace umsadm::keystore
