// Feeds bytes of any kind to the keystore reader: it answers, or throws Code::invalid_data.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "umsadm/base/error.hpp"
#include "umsadm/keystore/keystore.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const umsadm::DecodedKeystore decoded = umsadm::decode_keystore({data, size}, nullptr);
        for (const umsadm::KeystoreEntry& entry : decoded.keystore.entries) umsadm::alias_of(entry);
    } catch (const umsadm::Error& error) {
        if (error.code() != umsadm::Code::invalid_data) std::abort();
    }
    return 0;
}
