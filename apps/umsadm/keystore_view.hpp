#pragma once

#include <string>

#include "umsadm/base/time.hpp"
#include "umsadm/keystore/keystore.hpp"

#include "json.hpp"
#include "output.hpp"

namespace umsadm::app {

// {"format", "integrity_verified", "entries": {"items": []}, "findings": []}; the caller adds where it came from.
Json keystore_json(const DecodedKeystore& decoded);

// `where` names the keystore: a path, with the gateway it lies on. Sets no JSON result.
void show_keystore(Output& out, const std::string& where, const DecodedKeystore& decoded, UtcTime now);

}  // namespace umsadm::app
