#include "umsadm/base/tcp.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/base/resolve.hpp"

namespace umsadm {
namespace {

Error cannot_connect(const Endpoint& endpoint, std::string_view reason) {
    return Error(Code::unreachable, fmt::format("cannot connect to {}: {}", printable(endpoint.to_string()), reason));
}

void set_option(int fd, int level, int option, int value) noexcept {
    // Best effort: a connection without one of these still works, every wait has its own deadline.
    (void)::setsockopt(fd, level, option, &value, sizeof value);
}

// Connects to one address; returns 0 or an errno value.
int connect_one(int fd, const addrinfo& address, const Deadline& deadline) {
    if (::connect(fd, address.ai_addr, address.ai_addrlen) == 0) return 0;
    if (errno != EINPROGRESS && errno != EINTR) return errno;
    if (!wait_ready(fd, Ready::write, deadline)) return ETIMEDOUT;
    int error_number = 0;
    socklen_t size = sizeof error_number;
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error_number, &size) != 0) return errno;
    return error_number;
}

class TcpStream final : public Stream {
public:
    TcpStream(UniqueFd fd, Endpoint endpoint) : m_fd(std::move(fd)), m_endpoint(std::move(endpoint)) {}

    std::size_t read(std::span<std::uint8_t> buffer, const Deadline& deadline) override {
        while (true) {
            const ssize_t count = ::recv(m_fd.get(), buffer.data(), buffer.size(), 0);
            if (count >= 0) return static_cast<std::size_t>(count);
            wait_after_failure(errno, Ready::read, deadline);
        }
    }

    void write(ByteView bytes, const Deadline& deadline) override {
        while (!bytes.empty()) {
            const ssize_t count = ::send(m_fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count >= 0) {
                bytes = bytes.subspan(static_cast<std::size_t>(count));
            } else {
                wait_after_failure(errno, Ready::write, deadline);
            }
        }
    }

private:
    void wait_after_failure(int error_number, Ready ready, const Deadline& deadline) {
        if (error_number == EINTR) return;
        if (error_number != EAGAIN && error_number != EWOULDBLOCK) {
            throw Error(Code::unreachable,
                        fmt::format("the connection to {} was lost: {}", printable(m_endpoint.to_string()),
                                    std::generic_category().message(error_number)));
        }
        if (!wait_ready(m_fd.get(), ready, deadline)) {
            throw Error(Code::unreachable, fmt::format("{} did not answer in time", printable(m_endpoint.to_string())));
        }
    }

    UniqueFd m_fd;
    Endpoint m_endpoint;
};

}  // namespace

std::string Endpoint::to_string() const {
    if (host.find(':') != std::string::npos) return fmt::format("[{}]:{}", host, port);
    return fmt::format("{}:{}", host, port);
}

UniqueFd connect_socket(const Endpoint& endpoint, const Deadline& deadline) {
    const Addresses addresses = resolve(endpoint, deadline);
    int last_error = 0;
    bool refused = false;
    bool other_failure = false;
    for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
        UniqueFd fd(
            ::socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address->ai_protocol));
        if (!fd) {
            last_error = errno;
            other_failure = true;
            continue;
        }
        const int error_number = connect_one(fd.get(), *address, deadline);
        if (error_number == 0) {
            set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
            set_option(fd.get(), SOL_SOCKET, SO_KEEPALIVE, 1);
            set_option(fd.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, 30'000);
            return fd;
        }
        last_error = error_number;
        // An unreachable second address family (no IPv6 here) does not turn a refusal into "unreachable", whichever
        // came first.
        const bool no_such_route = error_number == ENETUNREACH || error_number == EADDRNOTAVAIL;
        if (error_number == ECONNREFUSED)
            refused = true;
        else if (!no_such_route)
            other_failure = true;
        if (deadline.passed()) break;
    }
    if (refused && !other_failure) return {};
    throw cannot_connect(endpoint,
                         last_error == ETIMEDOUT ? "no answer in time" : std::generic_category().message(last_error));
}

std::unique_ptr<Stream> connect_tcp(const Endpoint& endpoint, const Deadline& deadline) {
    UniqueFd fd = connect_socket(endpoint, deadline);
    if (!fd) return nullptr;
    return std::make_unique<TcpStream>(std::move(fd), endpoint);
}

}  // namespace umsadm
