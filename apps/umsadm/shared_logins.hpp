#pragma once

#include "jump_hosts.hpp"
#include "ssh_configs.hpp"
#include "ssh_key_ring.hpp"

namespace umsadm::app {

// What all logins of one run share.
struct SharedLogins {
    SshConfigs configs;
    SshKeyRing keys;
    JumpHosts jumps;
};

}  // namespace umsadm::app
