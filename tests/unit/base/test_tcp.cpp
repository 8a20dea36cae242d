#include <chrono>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "umsadm/base/tcp.hpp"

#include "unit/error_of.hpp"

using namespace umsadm;
using namespace std::chrono_literals;
using umsadm::test::error_of;

namespace {

// A socket on a free port of 127.0.0.1.
class Listener {
public:
    explicit Listener(int backlog = 5) : m_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::bind(m_fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        if (backlog >= 0) REQUIRE(::listen(m_fd.get(), backlog) == 0);
        socklen_t size = sizeof address;
        REQUIRE(::getsockname(m_fd.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
        m_port = ntohs(address.sin_port);
    }
    Endpoint endpoint(std::string host = "127.0.0.1") const { return {std::move(host), m_port}; }
    UniqueFd accept() const { return UniqueFd(::accept(m_fd.get(), nullptr, nullptr)); }

private:
    UniqueFd m_fd;
    std::uint16_t m_port = 0;
};

}  // namespace

TEST_CASE("an endpoint is written as a URL would", "[base][tcp]") {
    CHECK(Endpoint{"icg.example.com", 8443}.to_string() == "icg.example.com:8443");
    CHECK(Endpoint{"::1", 22}.to_string() == "[::1]:22");
}

TEST_CASE("bytes go both ways and the end is seen", "[base][tcp]") {
    const Listener listener;
    const Deadline deadline = Deadline::in(10s);
    const auto stream = connect_tcp(listener.endpoint(), deadline);
    REQUIRE(stream);
    UniqueFd peer = listener.accept();
    stream->write(as_bytes("ping"), deadline);
    char buffer[4];
    REQUIRE(::recv(peer.get(), buffer, 4, MSG_WAITALL) == 4);
    REQUIRE(::send(peer.get(), "pong!", 5, 0) == 5);
    Bytes answer(100);
    CHECK(stream->read(answer, deadline) == 5);
    CHECK(as_text(answer).starts_with("pong!"));
    peer.reset();
    CHECK(stream->read(answer, deadline) == 0);
}

TEST_CASE("a refused connection is an answer", "[base][tcp]") {
    const Listener closed(-1);
    CHECK_FALSE(connect_socket(closed.endpoint(), Deadline::in(10s)));
    CHECK(connect_tcp(closed.endpoint("localhost"), Deadline::in(10s)) == nullptr);
}

TEST_CASE("a host that cannot be found is unreachable", "[base][tcp]") {
    const Error error = error_of([] { (void)connect_socket({"no-such-host.invalid", 1}, Deadline::in(10s)); });
    CHECK(error.code() == Code::unreachable);
    CHECK(error.message().find("cannot connect to no-such-host.invalid:1: ") == 0);
}

TEST_CASE("a peer that says nothing costs no more than the deadline", "[base][tcp]") {
    const Listener listener;
    const auto stream = connect_tcp(listener.endpoint(), Deadline::in(10s));
    REQUIRE(stream);
    Bytes buffer(10);
    const auto start = std::chrono::steady_clock::now();
    const Error error = error_of([&] { (void)stream->read(buffer, Deadline::in(200ms)); });
    CHECK(error.code() == Code::unreachable);
    CHECK(error.message().find("did not answer in time") != std::string::npos);
    CHECK(std::chrono::steady_clock::now() - start < 5s);
    // It does not read either: what is sent fills the buffers of the kernel and then waits.
    CHECK(error_of([&] { stream->write(Bytes(64U << 20U), Deadline::in(200ms)); }).code() == Code::unreachable);
}

TEST_CASE("a server that does not take connections costs no more than the deadline", "[base][tcp]") {
    const Listener full(0);
    const UniqueFd first = connect_socket(full.endpoint(), Deadline::in(10s));
    REQUIRE(first);
    const auto start = std::chrono::steady_clock::now();
    const Error error = error_of([&] {
        for (int i = 0; i < 5; ++i) (void)connect_socket(full.endpoint(), Deadline::in(300ms)).release();
    });
    CHECK(error.code() == Code::unreachable);
    CHECK(error.message().find("no answer in time") != std::string::npos);
    CHECK(std::chrono::steady_clock::now() - start < 10s);
}

TEST_CASE("a connection that the peer reset is lost, not ended", "[base][tcp]") {
    const Listener listener;
    const auto stream = connect_tcp(listener.endpoint(), Deadline::in(10s));
    REQUIRE(stream);
    {
        const UniqueFd peer = listener.accept();
        const linger reset{1, 0};
        REQUIRE(::setsockopt(peer.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset) == 0);
    }
    Bytes buffer(10);
    const Error error = error_of([&] { (void)stream->read(buffer, Deadline::in(10s)); });
    CHECK(error.code() == Code::unreachable);
    CHECK(error.message().find("was lost") != std::string::npos);
}

TEST_CASE("a socket does not block and does not leak to other programs", "[base][tcp]") {
    const Listener listener;
    const UniqueFd fd = connect_socket(listener.endpoint(), Deadline::in(10s));
    REQUIRE(fd);
    CHECK((::fcntl(fd.get(), F_GETFL) & O_NONBLOCK) != 0);
    CHECK((::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC) != 0);
}
