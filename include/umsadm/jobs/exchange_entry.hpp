#pragma once

#include <string>
#include <vector>

#include "umsadm/base/finding.hpp"
#include "umsadm/base/secret.hpp"
#include "umsadm/crypto/chain.hpp"
#include "umsadm/crypto/private_key.hpp"
#include "umsadm/keystore/keystore.hpp"

namespace umsadm {

// The key entry that serves TLS: `alias` (any case), or the only one that is not a CA's.
// Throws Code::ambiguous naming the aliases (hint: --alias), Code::not_found when there is none.
const KeyEntry& serving_entry(const Keystore& keystore, std::string_view alias);

struct ExchangedKeystore {
    Keystore keystore;
    Findings findings;  // ca-key-in-keystore
};

// The keystore with the serving entry exchanged for `key` and `chain` (leaf first, with its root); everything else
// stays: alias, format, other key entries as they are, every trusted certificate. A CA's private key does not stay:
// such an entry becomes a trusted entry of its first certificate, under the same alias.
//
// Java trusts the certificate of every trusted entry and the first one of every key entry. Each of those of before, the
// exchanged leaf apart, is one afterwards; that is checked (Code::failed).
ExchangedKeystore exchange_entry(const Keystore& old, std::string_view alias, const PrivateKey& key, const Chain& chain,
                                 const Secret& key_password, JavaTime now);

// A keystore that holds this key entry and nothing else (keystore build --no-trusted).
Keystore new_keystore(StoreFormat format, std::string_view alias, const PrivateKey& key, const Chain& chain,
                      const Secret& key_password, JavaTime now, Pkcs12Profile profile = Pkcs12Profile::modern);

}  // namespace umsadm
