#include "lib/crypto/pbe_cost.hpp"

#include <fmt/format.h>
#include <openssl/objects.h>

namespace umsadm {
namespace {

using Pbes2Ptr = std::unique_ptr<PBE2PARAM, openssl::CallFree<PBE2PARAM_free>>;
using Pbkdf2Ptr = std::unique_ptr<PBKDF2PARAM, openssl::CallFree<PBKDF2PARAM_free>>;
using PbePtr = std::unique_ptr<PBEPARAM, openssl::CallFree<PBEPARAM_free>>;

template <typename Pointer>
Pointer unpack(const X509_ALGOR& algorithm, const ASN1_ITEM* item) {
    int type = 0;
    const void* value = nullptr;
    X509_ALGOR_get0(nullptr, &type, &value, &algorithm);
    if (type != V_ASN1_SEQUENCE) return nullptr;
    return Pointer(
        static_cast<typename Pointer::pointer>(ASN1_item_unpack(static_cast<const ASN1_STRING*>(value), item)));
}

int algorithm_of(const X509_ALGOR& algorithm) {
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, &algorithm);
    return OBJ_obj2nid(object);
}

// The rounds that `algorithm` asks for; null when it has none (scrypt, which OpenSSL itself limits to 32 MiB).
const ASN1_INTEGER* rounds_of(const X509_ALGOR& algorithm, Pbkdf2Ptr& pbkdf2, PbePtr& pbe) {
    if (algorithm_of(algorithm) == NID_pbes2) {
        const auto outer = unpack<Pbes2Ptr>(algorithm, ASN1_ITEM_rptr(PBE2PARAM));
        if (!outer || outer->keyfunc == nullptr || algorithm_of(*outer->keyfunc) != NID_id_pbkdf2) return nullptr;
        pbkdf2 = unpack<Pbkdf2Ptr>(*outer->keyfunc, ASN1_ITEM_rptr(PBKDF2PARAM));
        return pbkdf2 ? pbkdf2->iter : nullptr;
    }
    pbe = unpack<PbePtr>(algorithm, ASN1_ITEM_rptr(PBEPARAM));
    return pbe ? pbe->iter : nullptr;
}

}  // namespace

void require_bearable_pbe(const X509_ALGOR& algorithm) {
    const openssl::CleanErrorQueue queue;
    Pbkdf2Ptr pbkdf2;
    PbePtr pbe;
    const ASN1_INTEGER* rounds = rounds_of(algorithm, pbkdf2, pbe);
    if (rounds == nullptr) return;  // what cannot be read cannot be decrypted either: OpenSSL says why
    std::int64_t count = 0;
    if (ASN1_INTEGER_get_int64(&count, rounds) != 1 || count < 1 || count > k_most_pbe_rounds) {
        throw Error(Code::invalid_data,
                    fmt::format("the encryption asks for a number of rounds outside 1 to {}", k_most_pbe_rounds));
    }
}

}  // namespace umsadm
