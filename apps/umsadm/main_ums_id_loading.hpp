#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/jobs/ums_id.hpp"
#include "umsadm/registry/main_ums_id.hpp"

#include "context.hpp"

namespace umsadm::app {

// A UMS ID of the site, with its certificate read.
struct StoredUmsId {
    UmsIdRecord record;
    Certificate certificate;
};

// Throws Code::invalid_data when the certificate is damaged or not the one that its record names.
StoredUmsId decode(const UmsIdFiles& files);

// The Main UMS ID of the site; empty when the site does not know one yet.
std::optional<StoredUmsId> load_main(const Site& site);
// Throws Code::not_found, hint: id create and id adopt.
StoredUmsId need_main(const Site& site);

// The same with its private key. Throws Code::not_found when the key is not here, Code::invalid_data when it is not the
// certificate's.
UmsId load_main_with_key(const Site& site, const StoredUmsId& main);

std::optional<Fingerprint> registered_fingerprint(const Site& site);

// Throws Code::usage for a text that is neither a fingerprint nor the start of one.
void check_is_fingerprint(const std::string& text);

// Finds the one of `known` that the user means with a fingerprint or its start (8 hex digits and more). A whole
// fingerprint need not be known. `what`: "UMS ID".
// Throws Code::usage for a text that is no fingerprint, Code::ambiguous, Code::not_found.
Fingerprint select_fingerprint(const std::string& text, const std::vector<Fingerprint>& known, std::string_view what);

}  // namespace umsadm::app
