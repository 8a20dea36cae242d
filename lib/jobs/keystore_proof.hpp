#pragma once

#include <string_view>

#include "umsadm/base/time.hpp"
#include "umsadm/jobs/update_keystore.hpp"
#include "umsadm/keystore/keystore.hpp"

namespace umsadm {

const Secret& key_password(const StorePasswords& passwords);

JavaTime java_time(UtcTime time);

// The file that holds this keystore, read back and compared, and rehearsed as a TLS server with the entry `alias`,
// which has to hold `key` and `chain`. Throws Code::failed when the proof fails.
Bytes encode_and_prove(const Keystore& wanted, const StorePasswords& passwords, std::string_view alias,
                       const PrivateKey& key, const Chain& chain);

// Turns the errors that a user may override (host-missing, gateway-host-missing, no-san) into warnings that say so.
void apply_force(Findings& findings, std::string_view reason);

}  // namespace umsadm
