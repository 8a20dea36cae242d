// Stands between clients and servers on the loopback interface and counts round trips: how often a client had to wait
// for the server before it went on. With --delay it also holds every chunk back, as a long line would: a round trip
// takes twice the delay then, and so does the opening of a connection.
//
//   round_trip_proxy LISTEN_PORT SERVER_PORT [--delay MILLISECONDS]
//   round_trip_proxy --ports FILE [--delay MILLISECONDS]              FILE has lines "LISTEN_PORT SERVER_PORT"
//
// Prints "ready" when it listens; on SIGTERM prints "connections N round_trips M" and ends.

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "umsadm/base/unique_fd.hpp"

namespace {

using umsadm::UniqueFd;
using SteadyClock = std::chrono::steady_clock;

volatile std::sig_atomic_t g_stop = 0;

struct Chunk {
    SteadyClock::time_point due;
    std::vector<std::uint8_t> data;  // empty: the end of the stream
};

// One direction of a connection.
struct Pipe {
    int from = -1;
    int to = -1;
    std::deque<Chunk> waiting;
    bool ended = false;
};

struct Connection {
    UniqueFd client;
    int server_port = 0;
    SteadyClock::time_point opens;  // when the server accepts it
    UniqueFd server;                // empty until then
    Pipe up;
    Pipe down;
    bool answered = false;  // the server has spoken since the client spoke last
    bool failed = false;    // the server did not accept it

    [[nodiscard]] bool is_over() const {
        return failed || (up.ended && down.ended && up.waiting.empty() && down.waiting.empty());
    }
};

struct Listener {
    UniqueFd fd;
    int server_port = 0;
};

// What the kernel gives back with an event: a listener, or a direction of a connection.
struct Watched {
    Listener* listener = nullptr;
    Connection* connection = nullptr;
    Pipe* pipe = nullptr;
};

void without_waiting_for_more(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

UniqueFd tcp_socket() {
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    without_waiting_for_more(fd.get());
    return fd;
}

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

class Proxy {
public:
    explicit Proxy(std::chrono::milliseconds delay) : m_delay(delay), m_epoll(::epoll_create1(EPOLL_CLOEXEC)) {}

    bool listen(int port, int server_port) {
        Listener listener{tcp_socket(), server_port};
        const sockaddr_in here = loopback(port);
        if (::bind(listener.fd.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0) return false;
        if (::listen(listener.fd.get(), 256) != 0) return false;
        m_listeners.push_back(std::move(listener));
        watch(m_listeners.back().fd.get(), {&m_listeners.back(), nullptr, nullptr});
        return true;
    }

    void run() {
        std::array<epoll_event, 256> events;
        while (g_stop == 0) {
            const int count =
                ::epoll_wait(m_epoll.get(), events.data(), static_cast<int>(events.size()), milliseconds_to_next());
            for (int i = 0; i < count; ++i) {
                handle(*static_cast<Watched*>(events[static_cast<std::size_t>(i)].data.ptr));
            }
            for (Connection& connection : m_connections) forward(connection);
            remove_ended();
        }
        std::printf("connections %ld round_trips %ld\n", m_accepted, m_round_trips);
    }

private:
    void watch(int fd, Watched watched) {
        m_watched.push_back(watched);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = &m_watched.back();
        ::epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, fd, &event);
    }

    void handle(const Watched& watched) {
        if (watched.listener != nullptr) return accept(*watched.listener);
        Connection& connection = *watched.connection;
        Pipe& pipe = *watched.pipe;
        if (pipe.ended) return;
        receive(pipe);
        const bool upwards = &pipe == &connection.up;
        if (upwards && connection.answered && !pipe.ended) ++m_round_trips;
        connection.answered = !upwards;
    }

    // A client here is connected at once. On a long line it would be two delays later, and its first words would arrive
    // after a third one.
    void accept(const Listener& listener) {
        Connection& connection = m_connections.emplace_back();
        connection.client = UniqueFd(::accept4(listener.fd.get(), nullptr, nullptr, SOCK_CLOEXEC));
        without_waiting_for_more(connection.client.get());
        connection.server_port = listener.server_port;
        connection.opens = SteadyClock::now() + 3 * m_delay;
        connection.up.from = connection.client.get();
        watch(connection.client.get(), {nullptr, &connection, &connection.up});
        ++m_accepted;
    }

    void receive(Pipe& pipe) {
        std::array<std::uint8_t, 65536> buffer;
        const ssize_t count = ::recv(pipe.from, buffer.data(), buffer.size(), 0);
        const std::size_t size = count > 0 ? static_cast<std::size_t>(count) : 0;
        if (size == 0) {
            pipe.ended = true;
            ::epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, pipe.from, nullptr);
        }
        pipe.waiting.push_back(
            {SteadyClock::now() + m_delay, {buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size)}});
    }

    void open(Connection& connection) {
        connection.server = tcp_socket();
        const sockaddr_in there = loopback(connection.server_port);
        if (::connect(connection.server.get(), reinterpret_cast<const sockaddr*>(&there), sizeof there) != 0) {
            connection.failed = true;
            return;
        }
        connection.up.to = connection.server.get();
        connection.down.from = connection.server.get();
        connection.down.to = connection.client.get();
        watch(connection.server.get(), {nullptr, &connection, &connection.down});
    }

    void forward(Connection& connection) {
        if (connection.up.to < 0) {
            if (connection.failed || SteadyClock::now() < connection.opens) return;
            open(connection);
            if (connection.failed) return;
        }
        forward_due(connection.up);
        forward_due(connection.down);
    }

    static void forward_due(Pipe& pipe) {
        while (!pipe.waiting.empty() && pipe.waiting.front().due <= SteadyClock::now()) {
            const Chunk chunk = std::move(pipe.waiting.front());
            pipe.waiting.pop_front();
            if (chunk.data.empty()) {
                ::shutdown(pipe.to, SHUT_WR);
                continue;
            }
            for (std::size_t sent = 0; sent < chunk.data.size();) {
                const ssize_t count = ::send(pipe.to, chunk.data.data() + sent, chunk.data.size() - sent, MSG_NOSIGNAL);
                if (count < 0 && errno != EINTR) return;
                if (count > 0) sent += static_cast<std::size_t>(count);
            }
        }
    }

    void remove_ended() {
        m_connections.remove_if([this](const Connection& connection) {
            if (!connection.is_over()) return false;
            m_watched.remove_if([&](const Watched& watched) { return watched.connection == &connection; });
            return true;
        });
    }

    [[nodiscard]] int milliseconds_to_next() const {
        auto next = SteadyClock::now() + std::chrono::seconds(1);
        for (const Connection& connection : m_connections) {
            if (connection.up.to < 0) {
                next = std::min(next, connection.opens);
                continue;
            }
            for (const Pipe* pipe : {&connection.up, &connection.down}) {
                if (!pipe->waiting.empty()) next = std::min(next, pipe->waiting.front().due);
            }
        }
        const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - SteadyClock::now()).count();
        return static_cast<int>(std::max<long>(0, wait));
    }

    std::chrono::milliseconds m_delay;
    UniqueFd m_epoll;
    // Lists: what is watched stays where it is.
    std::list<Listener> m_listeners;
    std::list<Connection> m_connections;
    std::list<Watched> m_watched;
    long m_accepted = 0;
    long m_round_trips = 0;
};

struct Arguments {
    std::vector<std::pair<int, int>> ports;
    std::chrono::milliseconds delay{0};
};

Arguments parse(std::vector<std::string_view> words) {
    Arguments arguments;
    if (words.size() == 4 && words[2] == "--delay") {
        arguments.delay = std::chrono::milliseconds(std::atoi(words[3].data()));
        words.resize(2);
    }
    if (words.size() != 2) return arguments;
    if (words[0] != "--ports") {
        arguments.ports.emplace_back(std::atoi(words[0].data()), std::atoi(words[1].data()));
        return arguments;
    }
    std::ifstream file{std::string(words[1])};
    for (std::pair<int, int> each; file >> each.first >> each.second;) arguments.ports.push_back(each);
    return arguments;
}

}  // namespace

int main(int argc, char** argv) {
    const Arguments arguments = parse({argv + 1, argv + argc});
    if (arguments.ports.empty()) {
        std::fputs("usage: round_trip_proxy LISTEN_PORT SERVER_PORT | --ports FILE [--delay MILLISECONDS]\n", stderr);
        return 2;
    }
    struct sigaction action {};
    action.sa_handler = [](int) { g_stop = 1; };
    ::sigaction(SIGTERM, &action, nullptr);

    Proxy proxy(arguments.delay);
    for (const auto& [port, server_port] : arguments.ports) {
        if (!proxy.listen(port, server_port)) {
            std::perror("round_trip_proxy");
            return 1;
        }
    }
    std::puts("ready");
    std::fflush(stdout);
    proxy.run();
    return 0;
}
