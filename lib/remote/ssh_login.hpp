#pragma once

#include <string>

#include "umsadm/base/deadline.hpp"
#include "umsadm/remote/ssh_host.hpp"

#include "lib/remote/ssh_session.hpp"

namespace umsadm::remote {

// Logs in with the keys, the agent's keys and the password, as far as the server takes them. `host` is for messages.
// Throws Code::login_refused, Code::unreachable.
void log_in(SshSession& session, const SshLogin& login, const std::string& host, const Deadline& deadline);

}  // namespace umsadm::remote
