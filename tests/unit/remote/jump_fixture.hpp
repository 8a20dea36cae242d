#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <thread>

#include "umsadm/base/unique_fd.hpp"
#include "umsadm/remote/jump_host.hpp"

#include "unit/remote/sshd_fixture.hpp"

namespace umsadm::test {

// A TCP server on a free loopback port that has `talk` say what it says, in a thread for each connection.
class LoopbackServer {
public:
    using Talk = std::function<void(int fd, const std::atomic<bool>& stop)>;

    explicit LoopbackServer(Talk talk);
    ~LoopbackServer();
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;

    Endpoint endpoint() const { return {"127.0.0.1", m_port}; }

private:
    void accept_all();

    Talk m_talk;
    std::uint16_t m_port = 0;
    UniqueFd m_listener;
    std::atomic<bool> m_stop{false};
    std::list<std::thread> m_talks;
    std::thread m_thread;
};

// A loopback port whose queue is full: a connection to it is neither made nor refused.
class SilentPort {
public:
    SilentPort();
    Endpoint endpoint() const { return {"127.0.0.1", m_port}; }

private:
    std::uint16_t m_port = 0;
    UniqueFd m_listener;
    std::list<UniqueFd> m_crowd;
};

// A bastion and a host, two real SSH servers, and root's key for both.
class JumpWorld {
public:
    explicit JumpWorld(const std::vector<std::string>& bastion_config = {});

    Sshd bastion;
    Sshd host;

    SshTarget bastion_target() const;
    std::shared_ptr<JumpHost> jump() const { return std::make_shared<JumpHost>(bastion_target()); }
    SshTarget target_through(const std::shared_ptr<JumpHost>& jump) const;

    // Logins that the bastion counted.
    int logins() const;
    // Ends the process that serves the connection that was made last.
    void cut_bastion_connection() const;

private:
    std::filesystem::path m_bastion_key;
    std::filesystem::path m_host_key;
};

// The whole answer of the other side, until it ends or nothing comes.
std::string read_all(int fd, std::chrono::seconds limit);

}  // namespace umsadm::test
