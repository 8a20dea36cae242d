#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/jobs/inventory.hpp"
#include "umsadm/jobs/site_status.hpp"

#include "json.hpp"
#include "output.hpp"

namespace umsadm::app {

// How a certificate is shown, the same everywhere. One that is not of the site (from a file) has no record.
struct ShownCertificate {
    ShownCertificate(const StoredCertificate& stored)
        : certificate(stored.certificate), record(&stored.record), has_key(stored.has_key()) {}
    ShownCertificate(Certificate from_file, bool key_beside_it)
        : certificate(std::move(from_file)), has_key(key_beside_it) {}

    Certificate certificate;
    const CertificateRecord* record = nullptr;
    bool has_key = false;
};

Json certificate_json(const ShownCertificate& shown, const Inventory& inventory, UtcTime now);
Table certificate_table(const std::vector<ShownCertificate>& all, const Inventory& inventory, UtcTime now);

// One certificate in the form that the user wants: JSON, every detail in lines, or a row. Sets no JSON result.
void show_certificate(Output& out, const ShownCertificate& shown, const Inventory& inventory, UtcTime now);

// The colour of an end, which is "soon" so many days before it.
Style style_of_end(UtcTime end, UtcTime now, long soon_days = k_expires_soon_days);

// An end as a local date, "-" without one.
Cell end_cell(const std::optional<UtcTime>& end);

// "364 days left", "1 day left", "ends today", "EXPIRED 12 days ago".
std::string days_left_in_words(UtcTime end, UtcTime now);

}  // namespace umsadm::app
