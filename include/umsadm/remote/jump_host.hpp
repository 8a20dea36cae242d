#pragma once

#include <memory>
#include <string>

#include "umsadm/base/stream.hpp"
#include "umsadm/remote/ssh_host.hpp"
#include "umsadm/remote/ssh_socket.hpp"

namespace umsadm {

// A machine that SSH connections to others go through (OpenSSH's ProxyJump): its SSH server is logged in to once, and
// every connection is a tunnel in that one. It runs nothing there and needs no more than forwarding to be allowed.
//
// Any number of threads may open tunnels at once; the first one connects. A connection that was lost is made again by
// the next tunnel. A second one is made only while the server keeps everybody waiting for a host that does not answer:
// an SSH connection of libssh2 opens one tunnel at a time.
class JumpHost {
public:
    // How to log in: host key, keys, agent. `target.cancellation` is not used: who opens a tunnel brings one.
    explicit JumpHost(SshTarget target);
    // Ends all tunnels.
    ~JumpHost();
    JumpHost(const JumpHost&) = delete;
    JumpHost& operator=(const JumpHost&) = delete;

    // A socket that leads to `endpoint`, as the jump host sees it. Throws what connect_ssh() throws for the jump host
    // itself, and Code::unreachable when it does not connect to there or does not answer in time. When the jump host
    // does not let us in, or shows a wrong host key, it is asked once: all later calls throw the same.
    SshSocket open(const Endpoint& endpoint, const Deadline& deadline);

    // "admin@jump.example.com:22"
    const std::string& name() const noexcept { return m_name; }

private:
    class Connections;

    std::string m_name;
    std::unique_ptr<Connections> m_connections;
};

// For SshTarget: every connection goes through `jump`, which lives as long as somebody may use it.
SshDial dial_through(std::shared_ptr<JumpHost> jump);

}  // namespace umsadm
