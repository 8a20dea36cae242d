#include "umsadm/keystore/keystore.hpp"

#include "lib/keystore/byte_reader.hpp"
#include "lib/keystore/entry_rules.hpp"
#include "lib/keystore/jks.hpp"
#include "lib/keystore/pkcs12.hpp"

namespace umsadm {

std::string_view store_format_name(StoreFormat format) noexcept {
    switch (format) {
        case StoreFormat::jks: return "JKS";
        case StoreFormat::pkcs12: return "PKCS12";
        case StoreFormat::jceks: return "JCEKS";
    }
    return "";
}

const std::string& alias_of(const KeystoreEntry& entry) noexcept {
    return std::visit([](const auto& kind) -> const std::string& { return kind.alias; }, entry);
}

StoreFormat detect_format(ByteView file) {
    constexpr std::uint8_t k_der_sequence = 0x30;
    constexpr std::size_t k_magic_size = 4;
    if (file.size() >= k_magic_size) {
        const std::uint32_t magic = keystore::ByteReader(file).u4();
        if (magic == keystore::k_jks_magic) return StoreFormat::jks;
        if (magic == keystore::k_jceks_magic) return StoreFormat::jceks;
        if (file[0] == k_der_sequence) return StoreFormat::pkcs12;
    }
    throw Error(Code::invalid_data, "this is no Java keystore", "a keystore is a file in JKS, JCEKS or PKCS#12 format");
}

DecodedKeystore decode_keystore(ByteView file, const Secret* store_password) {
    const StoreFormat format = detect_format(file);
    if (format == StoreFormat::pkcs12) return keystore::decode_pkcs12(file, store_password);
    return keystore::decode_jks(file, format, store_password);
}

Bytes encode_keystore(const Keystore& keystore, const Secret& store_password) {
    switch (keystore.format) {
        case StoreFormat::jks: return keystore::encode_jks(keystore, store_password);
        case StoreFormat::pkcs12: return keystore::encode_pkcs12(keystore, store_password);
        case StoreFormat::jceks: break;
    }
    keystore::throw_jceks_is_not_written();
}

}  // namespace umsadm
