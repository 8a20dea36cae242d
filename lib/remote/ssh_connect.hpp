#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "umsadm/remote/ssh_socket.hpp"

#include "lib/remote/ssh_session.hpp"

namespace umsadm::remote {

struct SshRoute {
    const Endpoint& endpoint;
    const SshDial& dial;
};

// A socket and the key exchange, each within `timeout`, both before `deadline`. A server that hangs up before it says
// anything is tried again, with pauses. Throws Code::unreachable.
std::shared_ptr<SshSession> open_ssh_session(const SshRoute& route, const std::vector<std::string>& host_key_types,
                                             std::chrono::steady_clock::duration timeout, const Deadline& deadline);

}  // namespace umsadm::remote
