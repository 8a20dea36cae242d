#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <libssh2.h>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/stream.hpp"
#include "umsadm/base/unique_fd.hpp"

#include "lib/remote/ssh_session.hpp"
#include "lib/remote/tunnel.hpp"

namespace umsadm::remote {

// Ends the wait of another thread.
class WakeUp {
public:
    WakeUp();
    void call() noexcept;
    void heard() noexcept;
    int fd() const noexcept { return m_fd.get(); }

private:
    UniqueFd m_fd;
};

// Moves bytes between the channels of one SSH connection and one local socket for each. The thread that runs it has the
// connection for itself: all calls of libssh2 are made one after the other, and none of them waits.
//
// What is read on one side is what the other side has room for: a slow reader stops its own tunnel and no other.
class TunnelPump {
public:
    // Who requests `stop` calls `wake_up` as well.
    TunnelPump(SshSession& session, WakeUp& wake_up, const Cancellation& stop);
    ~TunnelPump();
    TunnelPump(const TunnelPump&) = delete;
    TunnelPump& operator=(const TunnelPump&) = delete;

    // `socket` leads to the endpoint; it is empty when the server does not connect to there, for the reason `refusal`.
    using Answer = std::function<void(UniqueFd socket, const std::string& refusal)>;

    // Has the server connect to `endpoint`. One at a time: libssh2 waits for one confirmation only.
    void open(const Endpoint& endpoint, Answer answer);
    bool is_opening() const noexcept { return m_opening != nullptr; }

    // Pumps until it is stopped. `before_waiting` is called in each round, and there is one after each `wake_up`.
    // Throws Code::unreachable when the connection is lost.
    void run(const std::function<void()>& before_waiting);

private:
    struct Opening;
    // Whether another call of libssh2 may follow. It may not when a packet was sent by half: then the same step comes
    // next, in a later round.
    enum class Step { done, half_sent };

    Step serve_all();
    Step serve(Tunnel& tunnel);
    Step confirm_opening();
    Step receive_packets();
    Step move_to_user(Tunnel& tunnel);
    Step move_to_server(Tunnel& tunnel);
    Step send(Tunnel& tunnel, std::size_t size);
    Step send_end(Tunnel& tunnel);
    Step close(Tunnel& tunnel);
    void finish_opening(LIBSSH2_CHANNEL* channel, const std::string& refusal);
    bool can_receive() const noexcept;
    int what_to_wait_for() const noexcept;
    void wait();

    template <typename Call>
    auto attempt(Call&& call);
    Step later(std::function<Step()> step);
    Step later_if_half_sent(std::function<Step()> step);
    [[noreturn]] void lost();

    SshSession& m_session;
    WakeUp& m_wake_up;
    const Cancellation& m_stop;
    std::vector<std::unique_ptr<Tunnel>> m_tunnels;
    std::unique_ptr<Opening> m_opening;
    std::function<Step()> m_unfinished;  // the step whose packet is half sent
    bool m_arrived = false;              // something, on the connection, that not all tunnels have looked at
    bool m_more_to_do = false;           // a tunnel has used up its share of the round
    std::array<char, 32U * 1024> m_buffer{};
};

}  // namespace umsadm::remote
