#pragma once

#include <string>

#include "umsadm/base/stream.hpp"
#include "umsadm/registry/login.hpp"
#include "umsadm/remote/open_ssh_config.hpp"
#include "umsadm/remote/ssh_host.hpp"

#include "context.hpp"

namespace umsadm::app {

// Where a login goes, with what the configuration of OpenSSH adds to the options: a host's address, port and user.
struct LoginRoute {
    std::string asked;  // the host as the user names it
    Endpoint endpoint;
    std::string user;
    OpenSshConfig config;  // empty with --no-ssh-config
    SshDial dial;
    std::string through;      // "admin@jump.example.com:22", or empty
    bool on_the_way = false;  // to a jump host: what the configuration says of its keys counts beside --ssh-key
};

// Connects nowhere yet. The way goes through the jump hosts of --jump, else of the configuration's ProxyJump. Throws
// Code::usage for a jump host that cannot be read and for a ProxyCommand, which is not run.
LoginRoute find_route(Context& context, const std::string& host, const LoginOptions& login);

// "admin@icg.example.com:22", and with " through ..." behind a jump host.
std::string describe_goal(const LoginRoute& route);
std::string describe_way(const LoginRoute& route);

// A login that takes this route, with the keys, the agent and the known host keys of `login`, and no password.
SshTarget ssh_target(Context& context, const LoginRoute& route, const LoginOptions& login);

}  // namespace umsadm::app
