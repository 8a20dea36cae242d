#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/fingerprint.hpp"
#include "umsadm/base/secret.hpp"
#include "umsadm/base/time.hpp"
#include "umsadm/registry/site.hpp"

namespace umsadm {

enum class UmsIdOrigin { created, adopted, restored };

// A UMS ID as it lies in ums-id/ or ums-id/previous/FINGERPRINT/.
struct UmsIdRecord {
    Fingerprint fingerprint;
    UmsIdOrigin origin = UmsIdOrigin::created;
    std::string source;  // the server it was adopted from or replaced on, the file it was restored from; may be empty
    UtcTime added;
    bool has_key = false;  // false: the server gives its key away only in a format of its own

    bool operator==(const UmsIdRecord&) const = default;
};

struct UmsIdFiles {
    UmsIdRecord record;
    std::string certificate_pem;
};

// The Main UMS ID of the site, as PEM and record. Empty: the site does not know one yet.
// Throws Code::invalid_data naming file and field.
std::optional<UmsIdFiles> load_main_ums_id(const Site& site);
// Its private key. Throws Code::not_found when there is none here.
Secret load_main_ums_id_key(const Site& site);

// Makes this the Main UMS ID. The one before is in previous/ already when the new one begins to count, and whoever
// reads sees the old or the new one, never parts of both, also after a crash at any point. Storing the same UMS ID
// again adds a key that was missing and never takes one away. Hold the site's lock.
void store_main_ums_id(const Site& site, const UmsIdRecord& record, const std::string& certificate_pem,
                       const Secret* key_pem);

// Keeps a UMS ID that was replaced (on a server, say) in previous/FINGERPRINT/. One that is there already gets a
// missing key. Hold the site's lock.
void keep_previous_ums_id(const Site& site, const UmsIdRecord& record, const std::string& certificate_pem,
                          const Secret* key_pem);
std::vector<UmsIdFiles> load_previous_ums_ids(const Site& site);  // newest first

// The fingerprint that is registered in the license portal (ums-id/registered.json), as far as the site was told.
struct RegisteredUmsId {
    Fingerprint fingerprint;
    UtcTime noted;

    bool operator==(const RegisteredUmsId&) const = default;
};
std::optional<RegisteredUmsId> load_registered_ums_id(const Site& site);
// Empty: forget it. Hold the site's lock.
void save_registered_ums_id(const Site& site, const std::optional<RegisteredUmsId>& registered);

}  // namespace umsadm
