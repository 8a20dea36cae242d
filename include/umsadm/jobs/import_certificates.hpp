#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/crypto/certificate.hpp"
#include "umsadm/crypto/private_key.hpp"
#include "umsadm/jobs/inventory.hpp"

namespace umsadm {

// What was found in files, in any order. `source` names the file and the place in it, for messages.
struct FoundCertificate {
    Certificate certificate;
    std::string source;
};

struct FoundKey {
    PrivateKey key;
    std::string source;
};

struct ImportRequest {
    std::vector<FoundCertificate> certificates;
    std::vector<FoundKey> keys;
    std::string name;      // of the end certificate; empty: taken from its subject
    bool partial = false;  // a missing issuer is no error
    UtcTime now;
};

enum class ImportAction { store, add_key, nothing };

// What is to be done with one certificate. `name` is the line that it belongs to: as the next generation when there is
// one with this name, else as its first one.
struct ImportStep {
    ImportAction action = ImportAction::nothing;
    Certificate certificate;
    std::string name;
    std::optional<std::size_t> key;  // its private key, in the request's keys; only when it is to be stored
};

struct ImportPlan {
    std::vector<ImportStep> steps;             // issuers before what they signed, older before newer
    std::vector<std::string> missing_issuers;  // their names; always empty unless `partial`
};

// Matches keys with certificates by the public key and certificates with their issuers by signature, among what was
// found and what the site has. A certificate continues a line when name, type, subject and hosts are the same;
// otherwise it gets a name of its own. Pure: nothing is stored, and nothing should be when this throws.
//
// Throws Code::invalid_data for a key without a certificate and (unless `partial`) for missing issuers, naming each;
// Code::usage when `name` is given and there is not exactly one end certificate for it, or it belongs to another line.
ImportPlan plan_import(const ImportRequest& request, const Inventory& inventory);

}  // namespace umsadm
