#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "lib/remote/ssh_session.hpp"

namespace umsadm::remote {

// A TCP connection and the key exchange, each within `timeout`, both before `deadline`. Throws Code::unreachable.
std::shared_ptr<SshSession> open_ssh_session(const Endpoint& endpoint, const std::vector<std::string>& host_key_types,
                                             std::chrono::steady_clock::duration timeout, const Deadline& deadline);

}  // namespace umsadm::remote
