#pragma once

#include <array>
#include <string_view>

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

// Something that RFC 5280 asks of a conforming CA and that verify_server_chain() does not insist on.
struct Tolerance {
    int error;                 // OpenSSL's, X509_V_ERR_...
    std::string_view section;  // of RFC 5280
    std::string_view reason;
};

// The whole list: nothing else is let pass. docs/chain-verification.md tells it to people.
inline constexpr std::array<Tolerance, 5> k_tolerances{{
    {X509_V_ERR_CA_BCONS_NOT_CRITICAL, "4.2.1.9",
     "the UMS marks its roots with a basicConstraints CA:TRUE that is not critical; the mark is obeyed all the same"},
    {X509_V_ERR_MISSING_SUBJECT_KEY_IDENTIFIER, "4.2.1.2",
     "the roots of the UMS have none; it only helps to find an issuer, and who signed is proven by the signature"},
    {X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER, "4.2.1.1",
     "nothing can point to a root of the UMS that has no key identifier, and many private CAs leave it out; one that "
     "is there and names another key is refused"},
    {X509_V_ERR_CA_CERT_MISSING_KEY_USAGE, "4.2.1.3",
     "the roots of the UMS have none; without it a key is not restricted, and one that is there is obeyed"},
    {X509_V_ERR_PATHLEN_WITHOUT_KU_KEY_CERT_SIGN, "4.2.1.9",
     "the same of a CA with a path length; a key usage without keyCertSign is refused by another rule"},
}};

constexpr bool is_tolerated(int error) noexcept {
    for (const Tolerance& tolerance : k_tolerances) {
        if (tolerance.error == error) return true;
    }
    return false;
}

}  // namespace umsadm
