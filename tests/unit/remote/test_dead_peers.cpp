// Servers that are none, that say nothing, or that go away: every wait ends.
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "umsadm/base/text.hpp"
#include "umsadm/base/unique_fd.hpp"

#include "unit/remote/sshd_fixture.hpp"

using namespace umsadm;
using namespace umsadm::test;
using namespace std::chrono_literals;

namespace {

// A TCP server that answers its first connection with `talk`.
class FalseServer {
public:
    explicit FalseServer(std::function<void(int fd, const std::atomic<bool>& stop)> talk)
        : m_listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(m_listener.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(m_listener.get(), 5) == 0);
        REQUIRE(::getsockname(m_listener.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
        m_port = ntohs(address.sin_port);
        m_thread = std::thread([this, talk = std::move(talk)] {
            pollfd entry{m_listener.get(), POLLIN, 0};
            while (!m_stop && ::poll(&entry, 1, 50) == 0) {
            }
            if (m_stop) return;
            const UniqueFd fd(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
            talk(fd.get(), m_stop);
        });
    }
    ~FalseServer() {
        m_stop = true;
        m_thread.join();
    }
    FalseServer(const FalseServer&) = delete;
    FalseServer& operator=(const FalseServer&) = delete;

    SshTarget target() const {
        initialise_ssh();
        SshTarget target;
        target.endpoint = {"127.0.0.1", m_port};
        target.login.user = "root";
        target.connect_timeout = 1s;
        return target;
    }

private:
    UniqueFd m_listener;
    std::uint16_t m_port = 0;
    std::atomic<bool> m_stop{false};
    std::thread m_thread;
};

void send_all(int fd, std::string_view text) { (void)::send(fd, text.data(), text.size(), MSG_NOSIGNAL); }

void wait_for(const std::atomic<bool>& stop) {
    while (!stop) std::this_thread::sleep_for(20ms);
}

Error quick_error(const SshTarget& target, std::chrono::seconds limit = 3s) {
    const auto before = std::chrono::steady_clock::now();
    const Error error = error_of([&] { connect_ssh(target); });
    CHECK(std::chrono::steady_clock::now() - before < limit);
    INFO(error.message());
    CHECK(error.code() == Code::unreachable);
    return error;
}

// The sshd process that serves the one connection from us, by the port on our side.
pid_t session_process(const Sshd& sshd) {
    const std::string listener = std::string(trim(read_text(sshd.folder() / "pid")));
    return std::stoi(shell(fmt::format("pgrep -P {} | head -n 1", listener)).out);
}

SshTarget keyed_target(const Sshd& sshd) {
    SshTarget target = sshd.target("root");
    target.login.keys = {load_key(sshd.add_key("id_dead", "-t ed25519 -N ''"))};
    return target;
}

}  // namespace

TEST_CASE("a port that nobody listens on is said to refuse", "[remote][dead]") {
    SshTarget target;
    target.endpoint = {"127.0.0.1", 1};
    CHECK_THAT(quick_error(target).message(), Catch::Contains("connection refused"));
}

TEST_CASE("a server that is no SSH server is named as such", "[remote][dead]") {
    const FalseServer http([](int fd, const std::atomic<bool>& stop) {
        send_all(fd, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
        ::shutdown(fd, SHUT_WR);
        wait_for(stop);
    });
    CHECK_THAT(quick_error(http.target()).message(), Catch::Contains("SSH server"));
}

TEST_CASE("a server that never ends its banner is given up", "[remote][dead]") {
    const auto stream = [](std::string_view text) {
        return [text](int fd, const std::atomic<bool>& stop) {
            std::string block;
            while (block.size() < 4096) block += text;
            while (!stop && ::send(fd, block.data(), block.size(), MSG_NOSIGNAL) > 0) {
            }
        };
    };
    const FalseServer one_line(stream("x"));
    quick_error(one_line.target());
    const FalseServer many_lines(stream("hello\r\n"));
    quick_error(many_lines.target());
    const FalseServer slow([](int fd, const std::atomic<bool>& stop) {
        while (!stop) {
            send_all(fd, "S");
            std::this_thread::sleep_for(100ms);
        }
    });
    quick_error(slow.target());
}

TEST_CASE("a server that says nothing is given up in time, or when the user interrupts", "[remote][dead]") {
    const FalseServer silent([](int, const std::atomic<bool>& stop) { wait_for(stop); });
    CHECK_THAT(quick_error(silent.target()).message(), Catch::Contains("did not answer in time"));
    const FalseServer banner_only([](int fd, const std::atomic<bool>& stop) {
        send_all(fd, "SSH-2.0-OpenSSH_9.2\r\n");
        wait_for(stop);
    });
    quick_error(banner_only.target());

    const FalseServer other([](int, const std::atomic<bool>& stop) { wait_for(stop); });
    SshTarget target = other.target();
    target.connect_timeout = 20s;
    Cancellation cancellation;
    target.cancellation = &cancellation;
    std::thread user([&] {
        std::this_thread::sleep_for(300ms);
        cancellation.request();
    });
    const auto before = std::chrono::steady_clock::now();
    CHECK(error_of([&] { connect_ssh(target); }).code() == Code::interrupted);
    CHECK(std::chrono::steady_clock::now() - before < 2s);
    user.join();
}

TEST_CASE("a server that closes at once is said to be busy", "[remote][dead]") {
    const FalseServer closing([](int, const std::atomic<bool>&) {});
    CHECK_THAT(quick_error(closing.target()).message(), Catch::Contains("closed"));
}

TEST_CASE("a server that is killed or frozen while a script runs ends the wait", "[remote][dead]") {
    if (cannot_run()) return;
    for (const int signal : {SIGKILL, SIGSTOP}) {
        INFO(signal);
        const Sshd sshd;
        const auto host = connect_ssh(keyed_target(sshd));
        const pid_t process = session_process(sshd);
        std::thread killer([&] {
            std::this_thread::sleep_for(300ms);
            ::kill(process, signal);
        });
        const auto before = std::chrono::steady_clock::now();
        CHECK(error_of([&] { host->run({.script = "sleep 4", .timeout = 2s}); }).code() == Code::unreachable);
        CHECK(std::chrono::steady_clock::now() - before < 4s);
        CHECK(error_of([&] { host->run({.script = "true"}); }).code() == Code::unreachable);
        killer.join();
        ::kill(process, SIGCONT);
    }
}

TEST_CASE("a server that is frozen while it is sent a lot ends the wait", "[remote][dead]") {
    if (cannot_run()) return;
    const Sshd sshd;
    const std::string much(30'000'000, 'x');
    auto host = connect_ssh(keyed_target(sshd));
    const pid_t process = session_process(sshd);
    ::kill(process, SIGSTOP);
    const auto before = std::chrono::steady_clock::now();
    CHECK(error_of([&] { host->run({.script = "cat >/dev/null", .input = as_bytes(much), .timeout = 1s}); }).code() ==
          Code::unreachable);
    host.reset();
    CHECK(std::chrono::steady_clock::now() - before < 3s);
    ::kill(process, SIGCONT);
}

TEST_CASE("a host that cannot reach an endpoint in time stays usable", "[remote][dead]") {
    if (cannot_run()) return;
    // A listener whose queue is full answers no more connections.
    const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listener.get(), 0) == 0);
    REQUIRE(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    std::vector<UniqueFd> crowd;
    for (int i = 0; i < 3; ++i) {
        crowd.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        (void)::connect(crowd.back().get(), reinterpret_cast<const sockaddr*>(&address), size);
    }
    const Endpoint full{"127.0.0.1", ntohs(address.sin_port)};

    const Sshd sshd;
    const auto host = connect_ssh(keyed_target(sshd));
    for (int i = 0; i < 2; ++i) {
        const Error error = error_of([&] { host->connect_from_here(full, Deadline::in(300ms)); });
        CHECK(error.code() == Code::unreachable);
        CHECK_THAT(error.message(), Catch::Contains("in time"));
    }
    const Error other = error_of([&] { host->connect_from_here({"127.0.0.1", sshd.port()}, Deadline::in(300ms)); });
    CHECK_THAT(other.message(), Catch::Contains("still trying"));
    CHECK(host->run({.script = "echo usable"}).text() == "usable\n");
}
