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
                       const Chain& chain) {
    Bytes file = encode_keystore(wanted, *passwords.store);
    const DecodedKeystore again = decode_keystore(file, passwords.store);
    const bool same = again.keystore == wanted && again.integrity_verified;
    if (!same || !holds(serving_entry(again.keystore, alias), chain)) {
        throw Error(Code::failed, "the new keystore does not read back as it was meant; nothing was changed");
    }
    const KeyEntry& entry = serving_entry(again.keystore, alias);
    const Secret pkcs8 = decrypt_entry_key(entry, key_password(passwords));
    rehearse_tls(PrivateKey::from_der(pkcs8.reveal_bytes()), chain.certificates);
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
