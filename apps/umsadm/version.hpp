#pragma once

#include <string_view>

namespace umsadm::app {

// "0.1.0", with the commit when it was not built from a release.
std::string_view version() noexcept;
// The day of the commit that it was built from: "2026-11-26".
std::string_view version_date() noexcept;

}  // namespace umsadm::app
