#pragma once

#include <string_view>

namespace umsadm::app {

// "0.1.0", with the commit when it was not built from a release.
std::string_view version() noexcept;

}  // namespace umsadm::app
