#pragma once

#include <string_view>

#include "umsadm/base/time.hpp"
#include "umsadm/registry/site.hpp"

namespace umsadm {

// Where `what` goes when it is removed: trash/TIME-WHAT.EXTENSION, with "-2", "-3" ... when the same thing was removed
// twice in one second. Hold the site's lock.
Path free_trash_path(const Site& site, UtcTime now, std::string_view what, std::string_view extension = {});

// Where a request goes, and whether something in the trash is one.
Path free_trash_path_for_request(const Site& site, UtcTime now, std::string_view id);
bool is_trashed_request(const Path& path);

}  // namespace umsadm
