#pragma once

#include "jump_hosts.hpp"
#include "ssh_configs.hpp"

namespace umsadm::app {

// What all logins of one run share.
struct SharedLogins {
    SshConfigs configs;
    JumpHosts jumps;
};

}  // namespace umsadm::app
