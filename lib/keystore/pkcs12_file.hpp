#pragma once

#include <optional>
#include <vector>

#include "lib/keystore/pbe_algorithm.hpp"
#include "lib/keystore/pkcs12.hpp"
#include "lib/keystore/pkcs12_bag.hpp"

namespace umsadm::keystore {

// The outside of a PKCS#12 file (RFC 7292, 4): its MAC, and its safes decrypted into bags.
struct Pkcs12Content {
    std::vector<BagStackPtr> safes;
    bool has_mac = false;
    bool mac_verified = false;
    bool uses_sha1_mac = false;
    bool uses_pbes1 = false;
    bool trailing_bytes = false;
};

// Throws Code::invalid_data as decode_keystore() does.
Pkcs12Content open_pkcs12(ByteView file, const Secret* password);

}  // namespace umsadm::keystore
