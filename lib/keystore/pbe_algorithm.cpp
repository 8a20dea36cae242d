#include "lib/keystore/pbe_algorithm.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/objects.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm::keystore {
namespace {

using openssl::CallFree;

struct AlgorithmParts {
    int nid = NID_undef;
    const ASN1_TYPE* parameters = nullptr;
};

AlgorithmParts parts_of(const X509_ALGOR& algorithm) {
    const ASN1_OBJECT* object = nullptr;
    int type = V_ASN1_UNDEF;
    X509_ALGOR_get0(&object, &type, nullptr, &algorithm);
    return {OBJ_obj2nid(object), type == V_ASN1_SEQUENCE ? algorithm.parameter : nullptr};
}

[[noreturn]] void throw_unsupported(const X509_ALGOR& algorithm) {
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, &algorithm);
    std::array<char, 80> name{};
    OBJ_obj2txt(name.data(), static_cast<int>(name.size()), object, 0);
    throw Error(Code::invalid_data,
                fmt::format("the keystore uses the encryption {}, which is not supported", in_quotes(name.data())));
}

template <auto Free, typename T>
std::unique_ptr<T, CallFree<Free>> unpack(const ASN1_TYPE* parameters, const ASN1_ITEM* item) {
    std::unique_ptr<T, CallFree<Free>> unpacked(
        parameters == nullptr ? nullptr : static_cast<T*>(ASN1_TYPE_unpack_sequence(item, parameters)));
    if (!unpacked) throw Error(Code::invalid_data, "the parameters of the keystore's encryption are damaged");
    return unpacked;
}

PbeCost inspect_pbes2(const ASN1_TYPE* parameters) {
    const auto pbes2 = unpack<PBE2PARAM_free, PBE2PARAM>(parameters, ASN1_ITEM_rptr(PBE2PARAM));
    const AlgorithmParts derivation = parts_of(*pbes2->keyfunc);
    // scrypt has three cost parameters that can be set out of all proportion, and no Java reads it.
    if (derivation.nid != NID_id_pbkdf2) throw_unsupported(*pbes2->keyfunc);
    const auto pbkdf2 = unpack<PBKDF2PARAM_free, PBKDF2PARAM>(derivation.parameters, ASN1_ITEM_rptr(PBKDF2PARAM));
    const int cipher = parts_of(*pbes2->encryption).nid;
    return {checked_rounds(pbkdf2->iter), cipher == NID_rc2_cbc || cipher == NID_des_cbc};
}

}  // namespace

std::uint64_t checked_rounds(const ASN1_INTEGER* rounds) {
    std::int64_t value = 1;
    if (rounds != nullptr && ASN1_INTEGER_get_int64(&value, rounds) != 1) {
        value = ASN1_STRING_type(rounds) == V_ASN1_NEG_INTEGER ? 0 : INT64_MAX;
    }
    if (value < 1) throw Error(Code::invalid_data, "the keystore is damaged: its count of hash rounds is below one");
    if (static_cast<std::uint64_t>(value) > k_most_rounds) {
        throw Error(Code::invalid_data, fmt::format("the keystore asks for more than {} hash rounds", k_most_rounds),
                    "Java refuses it as well");
    }
    return static_cast<std::uint64_t>(value);
}

std::string dotted(const ASN1_OBJECT* object) {
    std::array<char, 80> text{};
    OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
    return text.data();
}

bool is_pbes1(const X509_ALGOR& algorithm) {
    switch (parts_of(algorithm).nid) {
        case NID_pbe_WithSHA1And3_Key_TripleDES_CBC:
        case NID_pbe_WithSHA1And2_Key_TripleDES_CBC:
        case NID_pbe_WithSHA1And128BitRC2_CBC:
        case NID_pbe_WithSHA1And40BitRC2_CBC:
        case NID_pbe_WithSHA1And128BitRC4:
        case NID_pbe_WithSHA1And40BitRC4:
        case NID_pbeWithMD5AndDES_CBC:
        case NID_pbeWithSHA1AndDES_CBC:
        case NID_pbeWithMD5AndRC2_CBC:
        case NID_pbeWithSHA1AndRC2_CBC: return true;
        default: return false;
    }
}

PbeCost inspect_pbe(const X509_ALGOR& algorithm) {
    const AlgorithmParts parts = parts_of(algorithm);
    if (parts.nid == NID_pbes2) return inspect_pbes2(parts.parameters);
    if (!is_pbes1(algorithm)) throw_unsupported(algorithm);
    const auto pbes1 = unpack<PBEPARAM_free, PBEPARAM>(parts.parameters, ASN1_ITEM_rptr(PBEPARAM));
    const bool triple_des =
        parts.nid == NID_pbe_WithSHA1And3_Key_TripleDES_CBC || parts.nid == NID_pbe_WithSHA1And2_Key_TripleDES_CBC;
    return {checked_rounds(pbes1->iter), !triple_des};
}

}  // namespace umsadm::keystore
