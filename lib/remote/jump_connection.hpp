#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/remote/ssh_host.hpp"
#include "umsadm/remote/ssh_socket.hpp"

#include "lib/remote/tunnel_pump.hpp"

namespace umsadm::remote {

// One connection to a jump host, in a thread of its own: it connects, logs in, and then is the pump of its tunnels.
class JumpConnection {
public:
    // Begins to connect. `name` is for messages.
    JumpConnection(SshTarget target, std::string name);
    // Ends it, whatever it is at.
    ~JumpConnection();
    JumpConnection(const JumpConnection&) = delete;
    JumpConnection& operator=(const JumpConnection&) = delete;

    // What came of the wish for a tunnel. With neither, nothing was tried: another host keeps this connection waiting.
    struct Opened {
        std::optional<SshSocket> socket;
        std::optional<Error> lost;  // the connection ended first
    };
    // From any thread. Throws why there is no connection, or why the jump host does not connect to `endpoint`.
    Opened open(const Endpoint& endpoint, const Deadline& deadline);

    // It has ended, or was never made.
    bool is_over() const;
    // It was not let in, or showed a wrong key: to try again would not be better.
    std::optional<Error> refusal() const;
    // It has been waiting for a while for the server to connect to somewhere.
    bool is_held_up() const;

private:
    enum class State { connecting, up, over };
    struct Wish;
    // Survives this object: those who use a tunnel ask it why their socket ended.
    struct Epitaph;

    void work() noexcept;
    void connect_and_pump();
    void begin_next_wish(TunnelPump& pump);
    void end(const Error& why) noexcept;
    bool held_up() const;
    bool is_waiting(const Wish& wish) const;
    Opened result_of(Wish& wish) const;

    SshTarget m_target;
    std::string m_name;
    Cancellation m_stop;
    WakeUp m_wake_up;
    std::shared_ptr<Epitaph> m_epitaph;

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    State m_state = State::connecting;
    std::optional<Error> m_failure;  // why it is over
    bool m_was_up = false;
    std::deque<std::shared_ptr<Wish>> m_wishes;
    std::shared_ptr<Wish> m_current;
    std::optional<Deadline> m_patience;  // with the server, for the current wish

    std::thread m_thread;  // last: it uses the others
};

}  // namespace umsadm::remote
