#pragma once

#include <optional>
#include <vector>

#include "umsadm/registry/main_ums_id.hpp"

#include "json.hpp"
#include "main_ums_id_loading.hpp"
#include "output.hpp"

namespace umsadm::app {

// The Main UMS ID as commands show it.
struct ShownMain {
    std::optional<StoredUmsId> main;        // empty: the site knows none
    std::optional<Fingerprint> registered;  // in the license portal, as far as the site was told
    bool full = false;                      // --full: with the whole UMS ID text

    std::optional<Fingerprint> fingerprint() const {
        return main ? std::optional(main->record.fingerprint) : std::nullopt;
    }
};

ShownMain look_up_main(const Site& site);

// Null when the site knows none.
Json main_json(const ShownMain& shown);
// What people see of it, in lines.
std::vector<Detail> main_details(const ShownMain& shown, UtcTime now);

// The first 8 pairs and "..." for people, all of it for machines.
Cell short_fingerprint(const Fingerprint& fingerprint);

// "2026-11-21 22:15:09 UTC (7303 days left)", in the colour that this deserves.
Cell end_of_validity(UtcTime end, UtcTime now);

}  // namespace umsadm::app
