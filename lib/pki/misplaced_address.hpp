#pragma once

#include <optional>
#include <string_view>

#include "umsadm/base/host_name.hpp"

namespace umsadm {

// The IP address that a certificate has as a DNS name, where TLS clients do not look for it; of an entry of
// Certificate::unusable_hosts(). Empty when the entry is something else.
std::optional<HostName> misplaced_address(std::string_view text);

}  // namespace umsadm
