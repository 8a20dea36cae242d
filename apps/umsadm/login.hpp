#pragma once

#include <memory>
#include <string>

#include "umsadm/registry/login.hpp"
#include "umsadm/remote/remote_host.hpp"
#include "umsadm/remote/ssh_host.hpp"

#include "command.hpp"
#include "context.hpp"

namespace umsadm::app {

// The login options of product commands that connect (or store how to), under the heading "Login".
void add_login_options(Command& command, LoginOptions& options);

// Connects to `host` as `login` says and becomes root there: SSH, or this machine with --local.
// Without a key, an agent or a password given: the user's own agent and the usual key files in ~/.ssh. Without a pinned host key:
// --known-hosts, else the user's and the system's known_hosts. `kind` and `name` ("gateway", "berlin") are for hints.
std::unique_ptr<RemoteHost> connect_login(Context& context, std::string_view kind, std::string_view name,
                                          const std::string& host, const LoginOptions& login);

// Where SSH goes: --ssh-host and --ssh-port, else the host itself and 22.
Endpoint ssh_endpoint(const std::string& host, const LoginOptions& login);

}  // namespace umsadm::app
