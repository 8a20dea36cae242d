#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/crypto/certificate.hpp"
#include "umsadm/crypto/private_key.hpp"
#include "umsadm/jobs/inventory.hpp"
#include "umsadm/registry/request_store.hpp"

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
    std::vector<RequestRecord> waiting = {};     // certification requests of the site that wait for their answer
    std::string name = {};                       // of the end certificate; empty: taken from its subject
    std::vector<Certificate> system_roots = {};  // what this system trusts
    bool take_system_roots = false;              // those that complete a chain are imported as well
    UtcTime now;
};

enum class ImportAction { store, add_key, nothing };

// What is to be done with one certificate. `name` is the line that it belongs to: as the next generation when there is
// one with this name, else as its first one.
struct ImportStep {
    ImportAction action = ImportAction::nothing;
    Certificate certificate;
    std::string name;
    std::optional<std::size_t> key = {};  // its private key, in the request's keys; only when it is to be stored
    // The ID of the certification request that it answers: that is over with this import. When there is no `key` and
    // the certificate has none in the site, it gets the key of the request.
    std::optional<std::string> answers = {};
};

struct MissingIssuer {
    std::string subject;
    bool system_has_it = false;  // one of the system's roots is what is missing

    bool operator==(const MissingIssuer&) const = default;
};

struct ImportPlan {
    std::vector<ImportStep> steps;  // issuers before what they signed, older before newer
    std::vector<MissingIssuer> missing_issuers = {};
    std::vector<std::string> unused_keys = {};  // sources of the keys that belong to no certificate

    bool is_whole() const noexcept { return missing_issuers.empty() && unused_keys.empty(); }
};

// Matches keys with certificates by the public key and certificates with their issuers by signature, among what was
// found and what the site has. A certificate continues a line when name, type, subject and hosts are the same;
// otherwise it gets a name of its own. One that answers a request of the site gets its key and its name. The name that
// the user gave goes before all that. Of the system's roots only those are taken that a found certificate leads up to.
// Pure: nothing is stored.
//
// Throws Code::usage when `name` is given and there is not exactly one end certificate for it, or it belongs to another
// line.
ImportPlan plan_import(const ImportRequest& request, const Inventory& inventory);

// Throws Code::invalid_data for a plan that is not whole, naming what is missing.
void require_whole(const ImportPlan& plan);

}  // namespace umsadm
