#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/secret.hpp"
#include "umsadm/base/stream.hpp"
#include "umsadm/remote/known_hosts.hpp"
#include "umsadm/remote/remote_host.hpp"
#include "umsadm/remote/ssh_key.hpp"
#include "umsadm/remote/ssh_socket.hpp"

namespace umsadm {

constexpr std::uint16_t k_ssh_port = 22;

// What a server's host key is checked against, before anything else is said to it. There is no "accept anything".
struct HostKeyPolicy {
    std::vector<std::string> pinned{};       // "SHA256:..."; when not empty, nothing else counts (but a revocation)
    std::vector<std::string> known_hosts{};  // contents of known_hosts files
    std::string alias{};                     // looked up in known_hosts instead of host and port (HostKeyAlias)
    // What the user can do to have an unknown key accepted: the end of the hint "compare it with the host's own, then".
    std::string how_to_accept{"pin it with --host-key"};
};

struct SshLogin {
    std::string user;
    std::vector<SshKey> keys;                 // tried first, in this order
    std::optional<std::string> agent_socket;  // path of an ssh-agent's socket
    // Public keys (blobs): when there are any, no other key of the agent is offered.
    std::vector<Bytes> agent_keys{};
    const Secret* password = nullptr;       // for "password" and "keyboard-interactive"; not owned
    const Secret* sudo_password = nullptr;  // not owned; null: sudo has to work without one
    // Called before a password is sent, that of sudo included. It may wait, which counts towards no deadline, or throw.
    std::function<void()> before_password{};
};

struct SshTarget {
    Endpoint endpoint;
    SshLogin login;
    HostKeyPolicy host_keys;
    std::chrono::seconds connect_timeout{15};  // TCP, key exchange and login, each
    const Cancellation* cancellation = nullptr;
    SshDial dial = dial_directly;  // how its socket is opened
    std::string through{};         // the jump host that it leads through, for messages
};

// Connects, checks the host key, logs in and becomes root. The secrets of the login are not needed afterwards.
// A server that hangs up before it says anything has too many logins at once (MaxStartups): it is tried again, after
// pauses that grow, as long as there is time to connect.
//
// Throws Code::unreachable (no connection, no common algorithm), Code::host_key (unknown, changed, revoked; the message
// has the offered fingerprint), Code::login_refused (which methods were tried and what the server offers; account or
// password expired; sudo: wrong password, not allowed, needs a tty, not installed). A wrong password is never tried
// twice.
std::unique_ptr<RemoteHost> connect_ssh(const SshTarget& target);

// The key a server shows, nothing more: for "trust". Prefers ed25519.
HostKey fetch_host_key(const Endpoint& endpoint, const SshDial& dial, const Deadline& deadline);

// Call once before the first connection, before any thread.
void initialise_ssh();

}  // namespace umsadm
