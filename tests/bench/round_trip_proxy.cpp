// Stands between a client and a server on the loopback interface and counts round trips: how often the client had to
// wait for the server before it went on. With --delay it also holds every chunk back, as a long line would.
//
//   round_trip_proxy LISTEN_PORT SERVER_PORT [--delay MILLISECONDS]
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
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
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
    UniqueFd server;
    Pipe up;
    Pipe down;
    bool answered = false;  // the server has spoken since the client spoke last
};

UniqueFd tcp_socket() {
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void receive(Pipe& pipe, std::chrono::milliseconds delay) {
    std::array<std::uint8_t, 65536> buffer;
    const ssize_t count = ::recv(pipe.from, buffer.data(), buffer.size(), 0);
    if (count <= 0) pipe.ended = true;
    const std::size_t size = count > 0 ? static_cast<std::size_t>(count) : 0;
    pipe.waiting.push_back(
        {SteadyClock::now() + delay, {buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size)}});
}

void forward_due(Pipe& pipe) {
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

int milliseconds_to_next(const std::list<Connection>& connections) {
    auto next = SteadyClock::now() + std::chrono::seconds(1);
    for (const Connection& connection : connections) {
        for (const Pipe* pipe : {&connection.up, &connection.down}) {
            if (!pipe->waiting.empty()) next = std::min(next, pipe->waiting.front().due);
        }
    }
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - SteadyClock::now()).count();
    return static_cast<int>(std::max<long>(0, wait));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 && !(argc == 5 && std::string_view(argv[3]) == "--delay")) {
        std::fprintf(stderr, "usage: round_trip_proxy LISTEN_PORT SERVER_PORT [--delay MILLISECONDS]\n");
        return 2;
    }
    const std::chrono::milliseconds delay(argc == 5 ? std::atoi(argv[4]) : 0);
    struct sigaction action {};
    action.sa_handler = [](int) { g_stop = 1; };
    ::sigaction(SIGTERM, &action, nullptr);

    const UniqueFd listener = tcp_socket();
    const sockaddr_in here = loopback(std::atoi(argv[1]));
    const sockaddr_in there = loopback(std::atoi(argv[2]));
    if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0 ||
        ::listen(listener.get(), 256) != 0) {
        std::perror("round_trip_proxy");
        return 1;
    }
    std::puts("ready");
    std::fflush(stdout);

    std::list<Connection> connections;
    long accepted = 0;
    long round_trips = 0;
    while (g_stop == 0) {
        std::vector<pollfd> entries{{listener.get(), POLLIN, 0}};
        std::vector<std::pair<Connection*, Pipe*>> owners{{nullptr, nullptr}};
        for (Connection& connection : connections) {
            for (Pipe* pipe : {&connection.up, &connection.down}) {
                if (pipe->ended) continue;
                entries.push_back({pipe->from, POLLIN, 0});
                owners.emplace_back(&connection, pipe);
            }
        }
        if (::poll(entries.data(), entries.size(), milliseconds_to_next(connections)) < 0 && errno != EINTR) return 1;
        if (entries[0].revents != 0) {
            Connection connection;
            connection.client = UniqueFd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
            connection.server = tcp_socket();
            const int on = 1;
            ::setsockopt(connection.client.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            if (::connect(connection.server.get(), reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0) {
                connection.up = {connection.client.get(), connection.server.get(), {}, false};
                connection.down = {connection.server.get(), connection.client.get(), {}, false};
                connections.push_back(std::move(connection));
                ++accepted;
            }
        }
        for (std::size_t i = 1; i < entries.size(); ++i) {
            if (entries[i].revents == 0) continue;
            auto [connection, pipe] = owners[i];
            receive(*pipe, delay);
            const bool upwards = pipe == &connection->up;
            if (upwards && connection->answered && !pipe->ended) ++round_trips;
            connection->answered = !upwards;
        }
        for (Connection& connection : connections) {
            forward_due(connection.up);
            forward_due(connection.down);
        }
        connections.remove_if([](const Connection& connection) {
            return connection.up.ended && connection.down.ended && connection.up.waiting.empty() &&
                   connection.down.waiting.empty();
        });
    }
    std::printf("connections %ld round_trips %ld\n", accepted, round_trips);
    return 0;
}
