#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "umsadm/base/secret_source.hpp"
#include "umsadm/jobs/import_certificates.hpp"

#include "context.hpp"

namespace umsadm::app {

// Where the passwords of imported files come from.
struct ImportPasswords {
    std::optional<SecretSource> keystore;  // of PKCS#12, JKS and JCEKS files
    std::optional<SecretSource> key;       // of encrypted PEM keys, and of keys with another password than their store
};

// Everything that was found in the files.
struct ImportMaterial {
    std::vector<FoundCertificate> certificates;
    std::vector<FoundKey> keys;
    std::set<std::size_t> encrypted_pem;  // which of the keys stood encrypted in a PEM file
};

// Reads PEM (with text between the blocks), DER, PKCS#7, PKCS#12, JKS and JCEKS files, told apart by their content.
// Throws as reading and parsing does, with the file in a frame; Code::usage when a password is needed and not given.
ImportMaterial read_import_files(Context& ctx, const std::vector<Path>& files, const ImportPasswords& passwords);

// The password of encrypted PEM keys and of keys with a password of their own; null when none was given.
const Secret* password_of_keys(Context& ctx, const ImportPasswords& passwords);

}  // namespace umsadm::app
