#pragma once

#include <string>
#include <vector>

#include "umsadm/base/time.hpp"
#include "umsadm/keystore/keystore.hpp"

#include "json.hpp"
#include "output.hpp"

namespace umsadm::app {

// The entries that Java sees. A PKCS#12 file may hold more, without an alias: issuers of a chain, mostly.
std::vector<KeystoreEntry> visible_entries(const Keystore& keystore);

// {"format", "integrity_verified", "entries": {"items": []}, "findings": []}; the caller adds where it came from.
Json keystore_json(const DecodedKeystore& decoded);

// `where` names the keystore: a path, with the gateway it lies on. Sets no JSON result.
void show_keystore(Output& out, const std::string& where, const DecodedKeystore& decoded, UtcTime now);

}  // namespace umsadm::app
