#pragma once

#include <optional>
#include <string>

#include "umsadm/base/finding.hpp"
#include "umsadm/base/fingerprint.hpp"
#include "umsadm/jobs/inventory.hpp"
#include "umsadm/jobs/update_keystore.hpp"

namespace umsadm {

// A keystore file for a gateway that nobody can log in to: somebody carries it there.
struct BuildRequest {
    const StoredCertificate* chosen = nullptr;
    const PrivateKey* key = nullptr;           // of `chosen`
    StorePasswords passwords;                  // of the new file, and of the present one
    const PresentKeystore* present = nullptr;  // what it is made from; null: a file that trusts nothing
    std::string alias;                         // of the key entry; only without a present keystore
    StoreFormat format = StoreFormat::jks;     // only without a present keystore
    std::string reason;                        // not empty: override what "keystore update --force" may override
    std::optional<Fingerprint> allowed_root;
    UtcTime now;
};

struct BuiltKeystore {
    Findings findings;
    Bytes file;  // empty when a finding is an error
    bool refused() const noexcept { return has_errors(findings); }
};

// Judges the certificate against the one in the present keystore, exchanges its key entry, reads the file back and
// rehearses it. Pure: no I/O. Throws Code::failed when the proof fails.
BuiltKeystore build_keystore(const BuildRequest& request, const Inventory& inventory);

}  // namespace umsadm
