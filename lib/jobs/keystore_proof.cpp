#include "lib/jobs/keystore_proof.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/rehearsal.hpp"
#include "umsadm/jobs/exchange_entry.hpp"

namespace umsadm {
namespace {

bool holds(const KeyEntry& entry, const Chain& chain) {
    return std::equal(entry.chain.begin(), entry.chain.end(), chain.certificates.begin(), chain.certificates.end(),
                      [](const Bytes& der, const Certificate& certificate) { return der == certificate.der(); });
}

// Byte by byte, so that what comes back need not be decoded to be rehearsed.
bool holds(const KeyEntry& entry, const Secret& password, const PrivateKey& key) {
    const Secret stored = decrypt_entry_key(entry, password);
    const Secret wanted = key.to_pkcs8_der();
    const ByteView a = stored.reveal_bytes();
    const ByteView b = wanted.reveal_bytes();
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

// --force never overrides more than these: everything else would leave a gateway that no device accepts.
bool forceable(std::string_view code) {
    return code == "host-missing" || code == "gateway-host-missing" || code == "no-san";
}

}  // namespace

const Secret& key_password(const StorePasswords& passwords) {
    return passwords.key != nullptr ? *passwords.key : *passwords.store;
}

JavaTime java_time(UtcTime time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

Bytes encode_and_prove(const Keystore& wanted, const StorePasswords& passwords, std::string_view alias,
                       const PrivateKey& key, const Chain& chain) {
    Bytes file = encode_keystore(wanted, *passwords.store);
    const DecodedKeystore again = decode_keystore(file, passwords.store);
    const bool same = again.keystore == wanted && again.integrity_verified;
    const KeyEntry* entry = same ? &serving_entry(again.keystore, alias) : nullptr;
    if (entry == nullptr || !holds(*entry, chain) || !holds(*entry, key_password(passwords), key)) {
        throw Error(Code::failed, "the new keystore does not read back as it was meant; nothing was changed");
    }
    rehearse_tls(key, chain.certificates);
    return file;
}

void apply_force(Findings& findings, std::string_view reason) {
    for (Finding& finding : findings) {
        if (finding.severity == Severity::error && forceable(finding.code)) {
            finding.severity = Severity::warning;
            finding.text += fmt::format(" (forced: {})", printable(reason));
        }
    }
}

}  // namespace umsadm
