#include "version.hpp"

namespace umsadm::app {

std::string_view version() noexcept { return UMSADM_VERSION; }

std::string_view version_date() noexcept { return UMSADM_DATE; }

}  // namespace umsadm::app
