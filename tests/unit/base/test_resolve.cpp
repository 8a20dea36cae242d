// Looking up names while the name server says nothing: a real resolver, with an /etc/resolv.conf that only it sees.
#include <array>
#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/tcp.hpp"

#include "unit/temp_folder.hpp"

using namespace umsadm;
using namespace std::chrono_literals;
using umsadm::test::TempFolder;

namespace {

// It takes questions on port 53 of a loopback address of its own and answers none, until it is told to.
class SilentNameServer {
public:
    SilentNameServer() : m_fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(53);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 256U * (1U + static_cast<unsigned>(::getpid()) % 65'000U));
        m_listens = ::bind(m_fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        std::array<char, INET_ADDRSTRLEN> text{};
        m_address = ::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
    }

    bool listens() const noexcept { return m_listens; }
    const std::string& address() const noexcept { return m_address; }

    // "No such name", to all questions that come within a moment. Returns their number.
    int answer_late() const {
        int count = 0;
        pollfd entry{m_fd.get(), POLLIN, 0};
        while (::poll(&entry, 1, 200) == 1) {
            std::array<char, 512> message{};
            sockaddr_in from{};
            socklen_t from_size = sizeof from;
            const ssize_t size = ::recvfrom(m_fd.get(), message.data(), message.size(), 0,
                                            reinterpret_cast<sockaddr*>(&from), &from_size);
            if (size < 12) continue;
            message[2] = static_cast<char>(0x81);  // an answer
            message[3] = static_cast<char>(0x83);  // NXDOMAIN
            (void)::sendto(m_fd.get(), message.data(), static_cast<std::size_t>(size), 0,
                           reinterpret_cast<const sockaddr*>(&from), from_size);
            ++count;
        }
        return count;
    }

private:
    UniqueFd m_fd;
    std::string m_address;
    bool m_listens = false;
};

void write_text(const std::filesystem::path& path, const std::string& text) { std::ofstream(path) << text; }

bool put_over(const char* path, const std::filesystem::path& file) {
    return ::mount(file.c_str(), path, nullptr, MS_BIND, nullptr) == 0;
}

// Runs `action` in a thread with name servers of its own (a mount namespace belongs to a thread, and the threads that
// it starts inherit it). Returns false, with `action` not run, where that is not allowed.
bool with_name_server(const std::string& address, const std::function<void()>& action) {
    const TempFolder folder;
    write_text(folder.path() / "resolv.conf", "nameserver " + address + "\noptions timeout:5 attempts:2\n");
    write_text(folder.path() / "nsswitch.conf", "hosts: files dns\n");
    bool allowed = false;
    std::thread thread([&] {
        allowed = ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                  put_over("/etc/resolv.conf", folder.path() / "resolv.conf") &&
                  put_over("/etc/nsswitch.conf", folder.path() / "nsswitch.conf");
        if (allowed) action();
    });
    thread.join();
    return allowed;
}

struct Attempt {
    bool made = false;  // not where this machine does not allow it
    std::optional<Error> error;
    std::chrono::steady_clock::duration took{};
};

// Connects by that name while the name server is silent.
Attempt connect_by_name(const SilentNameServer& server, const std::string& name, const Deadline& deadline) {
    Attempt attempt;
    if (!server.listens()) {
        WARN("skipped: cannot listen on port 53");
        return attempt;
    }
    const auto before = std::chrono::steady_clock::now();
    attempt.made = with_name_server(server.address(), [&] {
        try {
            (void)connect_socket({name, 22}, deadline);
        } catch (const Error& error) {
            attempt.error = error;
        }
    });
    attempt.took = std::chrono::steady_clock::now() - before;
    if (!attempt.made) WARN("skipped: this machine does not allow mounting");
    return attempt;
}

}  // namespace

TEST_CASE("a name server that says nothing costs no more than the deadline", "[base][tcp]") {
    const SilentNameServer server;
    const Attempt attempt = connect_by_name(server, "silent.example.com", Deadline::in(500ms));
    if (!attempt.made) return;
    CHECK(attempt.took < 3s);
    REQUIRE(attempt.error);
    CHECK(attempt.error->code() == Code::unreachable);
    CHECK(attempt.error->message() ==
          "cannot connect to silent.example.com:22: no name server answered in time for \"silent.example.com\"");
    CHECK(attempt.error->hint().find("/etc/resolv.conf") != std::string::npos);
    // The lookup that was left behind takes its answer, and harms nobody.
    CHECK(server.answer_late() > 0);
}

TEST_CASE("the user interrupts the wait for a name server", "[base][tcp]") {
    const SilentNameServer server;
    Cancellation cancellation;
    std::thread user([&] {
        std::this_thread::sleep_for(300ms);
        cancellation.request();
    });
    const Attempt attempt = connect_by_name(server, "patient.example.com", Deadline::in(20s, &cancellation));
    user.join();
    if (!attempt.made) return;
    CHECK(attempt.took < 3s);
    REQUIRE(attempt.error);
    CHECK(attempt.error->code() == Code::interrupted);
}

TEST_CASE("an address needs no name server", "[base][tcp]") {
    const SilentNameServer server;
    for (const char* address : {"127.0.0.1", "::1"}) {
        INFO(address);
        if (!connect_by_name(server, address, Deadline::in(5s)).made) return;
    }
    CHECK(server.answer_late() == 0);
}

TEST_CASE("many who wait for a silent name server at once cost each no more than its deadline", "[base][tcp]") {
    const SilentNameServer server;
    if (!server.listens()) return;
    constexpr int k_many = 40;
    std::atomic<int> in_time{0};
    std::atomic<int> local{0};
    const auto before = std::chrono::steady_clock::now();
    const bool allowed = with_name_server(server.address(), [&] {
        std::vector<std::thread> threads;
        for (int i = 0; i < k_many; ++i) {
            threads.emplace_back([&, i] {
                try {
                    (void)connect_socket({"silent" + std::to_string(i) + ".example.com", 22}, Deadline::in(1s));
                } catch (const Error& error) {
                    if (error.code() == Code::unreachable) ++in_time;
                }
            });
        }
        // A name of the hosts file does not stand behind them.
        try {
            (void)connect_socket({"localhost", 1}, Deadline::in(5s));
            ++local;
        } catch (const Error&) {
        }
        for (std::thread& thread : threads) thread.join();
    });
    if (!allowed) return;
    CHECK(std::chrono::steady_clock::now() - before < 5s);
    CHECK(in_time == k_many);
    CHECK(local == 1);
    CHECK(server.answer_late() > k_many);  // an IPv4 and an IPv6 question of each
}
