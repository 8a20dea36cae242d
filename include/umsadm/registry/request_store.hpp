#pragma once

#include <string>
#include <vector>

#include "umsadm/base/secret.hpp"
#include "umsadm/base/time.hpp"
#include "umsadm/registry/certificate_store.hpp"
#include "umsadm/registry/site.hpp"

namespace umsadm {

// requests/ID/record.json: a certification request that waits for its answer. Its private key lies beside it.
struct RequestRecord {
    std::string id;    // SHA-256 of the SubjectPublicKeyInfo, 64 lower-case hex digits: the folder's name
    std::string name;  // the display name that the certificate will get, as its next generation
    UtcTime added;
    StoredKey key = StoredKey::plain;  // or encrypted

    bool operator==(const RequestRecord&) const = default;
};

struct RequestFiles {
    RequestRecord record;
    std::string request_pem;
};

// Everything in requests/, by name, time and ID. Throws Code::invalid_data naming file and field.
std::vector<RequestFiles> load_requests(const Site& site);

// key.pem of a request. Throws Code::not_found.
Secret load_request_key_pem(const Site& site, const std::string& id);

// Puts request, key and record into place together. Hold the site's lock. Throws Code::failed when there is a request
// for this key already.
void store_request(const Site& site, const RequestRecord& record, const std::string& request_pem,
                   const Secret& key_pem);

// Moves the whole folder to the trash, when it was answered or is not wanted any more. Hold the site's lock. Returns
// where it went. Throws Code::not_found.
Path trash_request(const Site& site, const std::string& id, UtcTime now);

}  // namespace umsadm
