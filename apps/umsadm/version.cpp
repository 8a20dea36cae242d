#include "version.hpp"

namespace umsadm::app {

std::string_view version() noexcept { return UMSADM_VERSION; }

}  // namespace umsadm::app
