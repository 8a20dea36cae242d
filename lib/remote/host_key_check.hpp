#pragma once

#include <memory>
#include <string>
#include <vector>

#include "umsadm/remote/ssh_host.hpp"

#include "lib/remote/ssh_session.hpp"

namespace umsadm::remote {

// The host key types that we can check, the ones that are known for this host first: a server that has several keys
// shows the one that we ask for.
std::vector<std::string> host_key_preference(const KnownHostKeys& known);

// Connects and checks the host key, before anything else is said. Throws Code::host_key, Code::unreachable.
std::shared_ptr<SshSession> connect_verified(const SshTarget& target);

}  // namespace umsadm::remote
