#pragma once

#include <string_view>

#include "umsadm/registry/site.hpp"

namespace umsadm {

// Removes ums-id/seen/NAME.json, if there is one.
void forget_last_seen(const Site& site, std::string_view server);

}  // namespace umsadm
