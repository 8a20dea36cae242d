#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "umsadm/registry/gateway.hpp"
#include "umsadm/registry/login.hpp"
#include "umsadm/registry/server.hpp"
#include "umsadm/remote/remote_host.hpp"
#include "umsadm/remote/ssh_host.hpp"

#include "command.hpp"
#include "context.hpp"

namespace umsadm::app {

// The login options of a command that connects, for this run, under the heading "Login".
void add_login_options(Command& command, LoginOptions& options);

// A machine to log in to.
struct LoginTarget {
    std::string_view kind;  // "gateway" or "server": for messages and hints
    std::string name;       // of the record
    std::string host;
    LoginOptions login;  // of this run
    // As in SshLogin, with the user whose password it is; empty on this machine.
    std::function<void(const std::string& user)> before_password{};
};

LoginTarget login_target(const Gateway& gateway);
LoginTarget login_target(const Server& server);

// Connects to a machine as its login says and becomes root there: SSH, or this machine with --local. This is what
// Context::connect is; several threads may connect at once.
//
// Without a key, an agent or a password given: the user's own agent and the usual key files in ~/.ssh. Without a
// pinned host key: --known-hosts, else the user's and the system's known_hosts. The sudo password defaults to the SSH
// password. What is not given at all, the configuration of OpenSSH may say. A jump host is logged in to with the same
// keys, once in a run (find_route()).
// Throws as connect_ssh() does, and Code::usage for a login that cannot be tried.
std::unique_ptr<RemoteHost> connect_login(const LoginTarget& target, Context& context);

// The host key that the SSH server of a host shows, unchecked: for "trust". The key of a jump host is checked as ever.
struct ShownHostKey {
    Endpoint endpoint;
    std::string through;  // the jump host, or empty
    HostKey key;
    KnownHostKeys::Verdict known_hosts = KnownHostKeys::Verdict::unknown;
};
ShownHostKey ask_for_host_key(Context& context, const std::string& host, const LoginOptions& login);

// Where SSH goes: --ssh-host and --ssh-port, else the host itself and 22.
Endpoint ssh_endpoint(const std::string& host, const LoginOptions& login);

// Who logs in: --ssh-user, else who runs this program.
std::string ssh_user(const LoginOptions& login);

bool is_local(const LoginOptions& login) noexcept;

// "admin@icg.example.com:22", or "this machine": what lists and questions show.
std::string describe_login(const std::string& host, const LoginOptions& login);

}  // namespace umsadm::app
