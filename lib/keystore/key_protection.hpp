#pragma once

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/secret.hpp"
#include "umsadm/keystore/keystore.hpp"

#include "lib/keystore/wiped_bytes.hpp"

namespace umsadm::keystore {

// How the key of an entry is protected, by the shape and the algorithm of its DER.
enum class KeyProtection {
    plain,    // not at all: a PrivateKeyInfo
    jks,      // Java's own, SHA-1 as a key stream
    jceks,    // Java's own, MD5 and triple DES
    pbe,      // PKCS#5 or PKCS#12: everything else that is an EncryptedPrivateKeyInfo
    unknown,  // none of these
};

KeyProtection protection_of(ByteView key);

// The octets that stand inside the EncryptedPrivateKeyInfo. Reading throws Code::invalid_data when the password is
// wrong.
Bytes jks_protect(ByteView pkcs8, const Secret& password);
WipedBytes jks_unprotect(ByteView octets, const Secret& password);
// `parameters` is the DER of the algorithm's SEQUENCE { OCTET STRING salt, INTEGER rounds }.
WipedBytes jceks_unprotect(ByteView octets, ByteView parameters, const Secret& password);

// The key of an entry as a file of `format` holds it: as it is, or encrypted with `password` where it was plain.
// Throws Code::failed when its protection is not one that Java reads in that format.
Bytes carried_key(const KeyEntry& entry, StoreFormat format, Pkcs12Profile profile, const Secret& password);

[[noreturn]] void throw_wrong_key_password();

}  // namespace umsadm::keystore
