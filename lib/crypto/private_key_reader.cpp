#include "lib/crypto/private_key_reader.hpp"

#include <algorithm>

#include <openssl/pem.h>

#include "umsadm/base/text.hpp"
#include "umsadm/crypto/private_key.hpp"

#include "lib/crypto/key_consistency.hpp"
#include "lib/crypto/pbe_cost.hpp"
#include "lib/crypto/pem_scanner.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_reading = "read a private key";

PemSpan find_private_key(std::string_view pem) {
    PemSpan found;
    for (const PemSpan& span : scan_pem(pem)) {
        if (!span.label.ends_with("PRIVATE KEY")) continue;
        if (!found.text.empty()) throw Error(Code::invalid_data, "there is more than one private key in this text");
        found = span;
    }
    if (found.text.empty()) throw Error(Code::invalid_data, "there is no private key in this text");
    if (found.label == "OPENSSH PRIVATE KEY") {
        throw Error(Code::invalid_data, "an OpenSSH key is no key of a certificate");
    }
    return found;
}

// Hands the passphrase to OpenSSL. Without a callback OpenSSL would ask on the terminal.
int give_passphrase(char* buffer, int size, int /*writing*/, void* context) {
    const auto* passphrase = static_cast<const Secret*>(context);
    if (passphrase == nullptr || passphrase->size() > static_cast<std::size_t>(size)) return -1;
    const std::string_view text = passphrase->reveal();
    std::copy(text.begin(), text.end(), buffer);
    return static_cast<int>(passphrase->size());
}

void require_bearable_encryption(std::string_view pem) {
    const openssl::BioPtr in = openssl::reader(as_bytes(pem));
    const openssl::EncryptedPtr encrypted(openssl::require(PEM_read_bio_PKCS8(in.get(), nullptr, nullptr, nullptr),
                                                           "read an encrypted private key", Code::invalid_data));
    const X509_ALGOR* algorithm = nullptr;
    X509_SIG_get0(encrypted.get(), &algorithm, nullptr);
    require_bearable_pbe(*algorithm);
}

// Encrypted PKCS#8 is not authenticated: a flipped bit may give another key that still looks like one.
openssl::KeyPtr require_consistent(openssl::KeyPtr key) {
    if (!is_consistent(*key)) {
        throw Error(Code::invalid_data, "a private key is damaged: its parts do not belong together");
    }
    return key;
}

[[noreturn]] void fail_to_decrypt() {
    throw Error(Code::invalid_data, "cannot decrypt a private key: " + openssl::take_reason(),
                "the passphrase is wrong, or the file is damaged");
}

}  // namespace

openssl::KeyPtr read_private_pem(std::string_view pem, const Secret* passphrase) {
    const PemSpan span = find_private_key(pem);
    const bool encrypted = is_encrypted_pem(span.text);
    if (encrypted && passphrase == nullptr)
        throw Error(Code::usage, "the private key is encrypted and has no passphrase given");
    if (span.label == "ENCRYPTED PRIVATE KEY") require_bearable_encryption(span.text);
    const openssl::BioPtr in = openssl::reader(as_bytes(span.text));
    // OpenSSL only passes the context on to give_passphrase, which does not change it.
    openssl::KeyPtr key(PEM_read_bio_PrivateKey(in.get(), nullptr, give_passphrase, const_cast<Secret*>(passphrase)));
    if (!key && encrypted) fail_to_decrypt();
    if (!key) openssl::fail(k_reading, Code::invalid_data);
    return require_consistent(std::move(key));
}

openssl::KeyPtr read_private_der(ByteView der) {
    const unsigned char* at = der.data();
    openssl::KeyPtr key(openssl::require(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())), k_reading,
                                         Code::invalid_data));
    if (at != der.data() + der.size())
        throw Error(Code::invalid_data, "cannot read a private key: bytes after its end");
    return require_consistent(std::move(key));
}

}  // namespace umsadm
