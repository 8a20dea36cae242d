#include "lib/remote/tunnel_pump.hpp"

#include <algorithm>
#include <cerrno>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/remote/wire.hpp"

namespace umsadm::remote {
namespace {

// What the server may send into a tunnel before it was read: the most that a tunnel keeps in memory.
constexpr unsigned k_window = 128U * 1024;
constexpr unsigned k_packet = 32U * 1024;
// So that one busy tunnel does not keep the others waiting.
constexpr int k_reads_in_a_round = 4;
// No call waits. But one goes on as long as the server goes on sending what is for nobody.
constexpr std::chrono::seconds k_longest_call{10};

struct Ends {
    UniqueFd ours;
    UniqueFd theirs;
};

Ends make_ends() {
    std::array<int, 2> fds{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds.data()) != 0) {
        throw system_error("cannot make a pair of sockets", errno);
    }
    return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

// RFC 4254, 7.2
Bytes direct_tcpip(const Endpoint& endpoint) {
    return WireWriter().string(endpoint.host).u32(endpoint.port).string("127.0.0.1").u32(0).take();
}

// "Channel open failure (connect failed)"
std::string in_parentheses(const std::string& text) {
    const auto open = text.find('(');
    if (open == std::string::npos || !text.ends_with(')')) return text;
    return text.substr(open + 1, text.size() - open - 2);
}

}  // namespace

WakeUp::WakeUp() : m_fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!m_fd) throw system_error("cannot make an event descriptor", errno);
}

void WakeUp::call() noexcept { (void)!::write(m_fd.get(), "\1\0\0\0\0\0\0", sizeof(std::uint64_t)); }

void WakeUp::heard() noexcept {
    std::uint64_t count = 0;
    (void)!::read(m_fd.get(), &count, sizeof count);
}

struct TunnelPump::Opening {
    Bytes message;  // libssh2 reads it again when it was sent by half
    Answer answer;
    bool begun = false;
};

template <typename Call>
auto TunnelPump::attempt(Call&& call) {
    return m_session.attempt(Deadline::in(k_longest_call, &m_stop), std::forward<Call>(call));
}

TunnelPump::TunnelPump(SshSession& session, WakeUp& wake_up, const Cancellation& stop)
    : m_session(session), m_wake_up(wake_up), m_stop(stop) {}

// The channels go with their session.
TunnelPump::~TunnelPump() = default;

void TunnelPump::open(const Endpoint& endpoint, Answer answer) {
    m_opening = std::make_unique<Opening>(Opening{direct_tcpip(endpoint), std::move(answer)});
}

void TunnelPump::run(const std::function<void()>& before_waiting) {
    while (!m_stop.requested()) {
        before_waiting();
        m_more_to_do = false;
        const std::uint64_t taken = m_session.taken();
        const bool all_served = serve_all() == Step::done;
        // Each call of libssh2 takes in what arrived, for all channels. A tunnel that was served before it does not
        // know yet, and poll() would not tell: the socket is empty.
        if (all_served) m_arrived = false;
        if (m_session.taken() != taken) m_arrived = true;
        wait();
    }
}

TunnelPump::Step TunnelPump::serve_all() {
    if (m_unfinished) {
        const auto step = std::exchange(m_unfinished, nullptr);
        if (step() == Step::half_sent) return Step::half_sent;
    }
    if (m_opening && (m_arrived || !m_opening->begun) && confirm_opening() == Step::half_sent) return Step::half_sent;
    if (m_arrived && receive_packets() == Step::half_sent) return Step::half_sent;
    for (const auto& tunnel : m_tunnels) {
        if (serve(*tunnel) == Step::half_sent) return Step::half_sent;
    }
    std::erase_if(m_tunnels, [](const auto& tunnel) { return tunnel->closed; });
    return Step::done;
}

TunnelPump::Step TunnelPump::serve(Tunnel& tunnel) {
    if (tunnel.closed) return Step::done;
    if (!tunnel.is_over() && move_to_user(tunnel) == Step::half_sent) return Step::half_sent;
    if (!tunnel.is_over() && move_to_server(tunnel) == Step::half_sent) return Step::half_sent;
    const bool both_ended = tunnel.end_sent && tunnel.end_given();
    if (!tunnel.is_over() && !both_ended) return Step::done;
    // Once it knows, only an answer of the server brings the end nearer.
    return m_arrived || !tunnel.close_sent ? close(tunnel) : Step::done;
}

TunnelPump::Step TunnelPump::confirm_opening() {
    m_opening->begun = true;
    constexpr std::string_view k_type = "direct-tcpip";
    LIBSSH2_CHANNEL* const channel = attempt([&] {
        return libssh2_channel_open_ex(m_session.raw(), k_type.data(), k_type.size(), k_window, k_packet,
                                       reinterpret_cast<const char*>(m_opening->message.data()),
                                       static_cast<unsigned>(m_opening->message.size()));
    });
    if (channel != nullptr) {
        finish_opening(channel, {});
        return Step::done;
    }
    switch (libssh2_session_last_errno(m_session.raw())) {
        case LIBSSH2_ERROR_EAGAIN: return later_if_half_sent([this] { return confirm_opening(); });
        case LIBSSH2_ERROR_CHANNEL_FAILURE:
            finish_opening(nullptr, in_parentheses(m_session.last_error()));
            return Step::done;
        case LIBSSH2_ERROR_TIMEOUT: finish_opening(nullptr, "it does not answer"); return Step::done;
        default: lost();
    }
}

void TunnelPump::finish_opening(LIBSSH2_CHANNEL* channel, const std::string& refusal) {
    const auto opening = std::exchange(m_opening, nullptr);
    Ends ends;
    if (channel != nullptr) {
        ends = make_ends();
        m_tunnels.push_back(std::make_unique<Tunnel>(channel, std::move(ends.ours)));
    }
    opening->answer(std::move(ends.theirs), refusal);
}

// Takes in what the server sent and moves none of it. There is no function for just that; waiting for the end of a
// channel does it, and changes nothing.
TunnelPump::Step TunnelPump::receive_packets() {
    for (const auto& tunnel : m_tunnels) {
        if (tunnel->closed) continue;
        int rc = attempt([&] { return libssh2_channel_wait_eof(tunnel->channel()); });
        if (rc == 0) rc = attempt([&] { return libssh2_channel_wait_closed(tunnel->channel()); });
        if (rc == LIBSSH2_ERROR_EAGAIN) return later_if_half_sent([this] { return receive_packets(); });
        if (rc < 0) lost();
        tunnel->closed_by_server = true;
    }
    return Step::done;
}

TunnelPump::Step TunnelPump::move_to_user(Tunnel& tunnel) {
    if (tunnel.end_given()) return Step::done;
    for (int reads = 0; tunnel.takes_more(); ++reads) {
        unsigned long arrived = 0;
        libssh2_channel_window_read_ex(tunnel.channel(), &arrived, nullptr);
        if (arrived == 0) break;
        if (reads == k_reads_in_a_round) {
            m_more_to_do = true;
            return Step::done;
        }
        const ssize_t count =
            attempt([&] { return libssh2_channel_read_ex(tunnel.channel(), 0, m_buffer.data(), m_buffer.size()); });
        if (count == LIBSSH2_ERROR_EAGAIN) return later_if_half_sent([this, &tunnel] { return move_to_user(tunnel); });
        if (count < 0) lost();
        if (count == 0) break;
        tunnel.give({m_buffer.data(), static_cast<std::size_t>(count)});
    }
    if (tunnel.takes_more() && libssh2_channel_eof(tunnel.channel()) == 1) tunnel.give_end();
    return Step::done;
}

TunnelPump::Step TunnelPump::move_to_server(Tunnel& tunnel) {
    if (m_arrived) tunnel.window_full = false;  // it may have been opened
    if (!tunnel.window_full) {
        const std::size_t size = tunnel.look(m_buffer);
        if (size > 0) return send(tunnel, size);
    }
    if (tunnel.said_all() && !tunnel.end_sent && !tunnel.is_over()) return send_end(tunnel);
    return Step::done;
}

// The buffer stays as it is until its packet is sent: nothing else is done before.
TunnelPump::Step TunnelPump::send(Tunnel& tunnel, std::size_t size) {
    const ssize_t count = attempt([&] { return libssh2_channel_write_ex(tunnel.channel(), 0, m_buffer.data(), size); });
    if (count > 0) {
        tunnel.take({m_buffer.data(), static_cast<std::size_t>(count)});
    } else if (count == LIBSSH2_ERROR_EAGAIN && m_session.half_sent()) {
        return later([this, &tunnel, size] { return send(tunnel, size); });
    } else if (count == LIBSSH2_ERROR_EAGAIN || count == 0) {
        tunnel.window_full = true;
    } else if (count == LIBSSH2_ERROR_CHANNEL_CLOSED || count == LIBSSH2_ERROR_CHANNEL_EOF_SENT) {
        tunnel.hang_up();
    } else {
        lost();
    }
    return Step::done;
}

TunnelPump::Step TunnelPump::send_end(Tunnel& tunnel) {
    const int rc = attempt([&] { return libssh2_channel_send_eof(tunnel.channel()); });
    if (rc == LIBSSH2_ERROR_EAGAIN) return later([this, &tunnel] { return send_end(tunnel); });
    if (rc < 0) lost();
    tunnel.end_sent = true;
    return Step::done;
}

TunnelPump::Step TunnelPump::close(Tunnel& tunnel) {
    tunnel.hang_up();
    tunnel.close_sent = true;
    const int rc = attempt([&] { return libssh2_channel_free(tunnel.channel()); });
    if (rc == LIBSSH2_ERROR_EAGAIN) return later_if_half_sent([this, &tunnel] { return close(tunnel); });
    tunnel.closed = true;
    return Step::done;
}

// Without an open channel there is no call of libssh2 that would read what arrives.
bool TunnelPump::can_receive() const noexcept {
    const auto open = [](const auto& tunnel) { return !tunnel->closed_by_server; };
    return m_opening != nullptr || std::any_of(m_tunnels.begin(), m_tunnels.end(), open);
}

int TunnelPump::what_to_wait_for() const noexcept {
    if (m_unfinished) return m_session.waits_for_input() ? POLLOUT | POLLIN : POLLOUT;
    return can_receive() ? POLLIN : POLLRDHUP;
}

void TunnelPump::wait() {
    const int events = what_to_wait_for();
    std::vector<pollfd> entries{{m_session.fd(), static_cast<short>(events), 0}, {m_wake_up.fd(), POLLIN, 0}};
    if (!m_unfinished) {
        for (const auto& tunnel : m_tunnels) entries.push_back(tunnel->question());
    }
    const int timeout = (m_arrived || m_more_to_do) && !m_unfinished ? 0 : -1;
    if (::poll(entries.data(), entries.size(), timeout) < 0) {
        if (errno == EINTR) return;
        throw system_error("cannot wait for a descriptor", errno);
    }
    if (entries[1].revents != 0) m_wake_up.heard();
    if (entries[0].revents != 0 && events == POLLRDHUP) lost();
    if ((entries[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0) m_arrived = true;
    for (std::size_t i = 2; i < entries.size(); ++i) m_tunnels[i - 2]->note(entries[i].revents);
}

TunnelPump::Step TunnelPump::later(std::function<Step()> step) {
    m_unfinished = std::move(step);
    return Step::half_sent;
}

TunnelPump::Step TunnelPump::later_if_half_sent(std::function<Step()> step) {
    return m_session.half_sent() ? later(std::move(step)) : Step::done;
}

void TunnelPump::lost() {
    const std::string why = m_session.why_it_ended();
    m_session.abandon();
    throw Error(Code::unreachable, why);
}

}  // namespace umsadm::remote
