// Connections through a jump host: two real SSH servers, and one connection to the first for all that goes through it.
#include <atomic>
#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include "umsadm/base/text.hpp"

#include "unit/remote/jump_fixture.hpp"

using namespace umsadm;
using namespace umsadm::test;
using namespace std::chrono_literals;

namespace {

std::size_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    file >> total >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// AddressSanitizer keeps what was freed, so that the process says nothing about what the program holds.
void check_growth(std::size_t before, std::size_t most) {
#ifdef __SANITIZE_ADDRESS__
    (void)before;
    (void)most;
    WARN("skipped: memory is not measured under AddressSanitizer");
#else
    CHECK(resident_bytes() - before < most);
#endif
}

void send_endlessly(int fd, const std::atomic<bool>& stop) {
    const std::string block(64U * 1024, 'x');
    timeval soon{0, 100'000};
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon);
    while (!stop) {
        if (::send(fd, block.data(), block.size(), MSG_NOSIGNAL) < 0 && errno != EAGAIN) return;
    }
}

// Reads to the end, then says how much that was.
void count_and_answer(int fd, const std::atomic<bool>&) {
    const std::string text = fmt::format("{} bytes", read_all(fd, 10s).size());
    (void)::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
}

void send_all(int fd, std::string_view text) {
    while (!text.empty()) {
        if (!wait_ready(fd, Ready::write, Deadline::in(10s))) throw std::runtime_error("nobody reads");
        const ssize_t count = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
        if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
        if (count < 0 && errno != EAGAIN) throw std::runtime_error("cannot send");
    }
}

}  // namespace

TEST_CASE("scripts run on a host behind a jump host, with much input and output", "[remote][jump]") {
    if (cannot_run()) return;
    const JumpWorld world;
    const auto host = connect_ssh(world.target_through(world.jump()));
    CHECK(host->run({.script = "id -u"}).text() == "0\n");
    std::string much;
    for (int i = 0; much.size() < 3'000'000; ++i) much += fmt::format("{:08x}", i * 2654435761U);
    const CommandResult result = host->run({.script = "cat", .input = as_bytes(much)});
    CHECK((result.text() == much));
    CHECK(host->run({.script = "wc -c", .input = as_bytes(much)}).text() == fmt::format("{}\n", much.size()));
    const Endpoint back{"127.0.0.1", world.host.port()};
    CHECK(host->connect_from_here(back, Deadline::in(5s)) != nullptr);
    CHECK(world.logins() == 1);
}

TEST_CASE("ten threads at once make one connection to the jump host", "[remote][jump]") {
    if (cannot_run()) return;
    const JumpWorld world;
    const auto jump = world.jump();
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 10; ++i) {
        threads.emplace_back([&, i] {
            try {
                const auto host = connect_ssh(world.target_through(jump));
                const std::string text(100'000, static_cast<char>('a' + i));
                for (int round = 0; round < 5; ++round) {
                    if (host->run({.script = "cat", .input = as_bytes(text)}).text() != text) return;
                }
                ++good;
            } catch (const Error& error) {
                fprintf(stderr, "%s\n", error.message().c_str());
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(good == 10);
    CHECK(world.logins() == 1);
}

TEST_CASE("the jump host is left when nobody goes through it any more", "[remote][jump]") {
    if (cannot_run()) return;
    const JumpWorld world;
    auto jump = world.jump();
    connect_ssh(world.target_through(jump))->run({.script = "true"});
    const std::string listener(trim(read_text(world.bastion.folder() / "pid")));
    const auto sessions = [&] { return shell(fmt::format("pgrep -P {}", listener)).out; };
    CHECK_FALSE(sessions().empty());
    jump.reset();
    for (int i = 0; i < 100 && !sessions().empty(); ++i) std::this_thread::sleep_for(50ms);
    CHECK(sessions().empty());
}

TEST_CASE("a jump host may be reached through another one", "[remote][jump]") {
    if (cannot_run()) return;
    const JumpWorld first;
    const JumpWorld second;
    SshTarget inner = second.bastion_target();
    inner.dial = dial_through(first.jump());
    const auto host = connect_ssh(second.target_through(std::make_shared<JumpHost>(inner)));
    CHECK(host->run({.script = "echo here"}).text() == "here\n");
    CHECK(first.logins() == 1);
    CHECK(second.logins() == 1);
}

TEST_CASE("one side of a tunnel may end before the other", "[remote][jump]") {
    if (cannot_run()) return;
    const JumpWorld world;
    const auto jump = world.jump();
    const LoopbackServer counting(count_and_answer);
    const SshSocket socket = jump->open(counting.endpoint(), Deadline::in(5s));
    send_all(socket.fd.get(), std::string(2'000'000, 'x'));
    ::shutdown(socket.fd.get(), SHUT_WR);
    CHECK(read_all(socket.fd.get(), 10s) == "2000000 bytes");

    const LoopbackServer greeting([](int fd, const std::atomic<bool>&) {
        (void)::send(fd, "hello", 5, MSG_NOSIGNAL);
        ::shutdown(fd, SHUT_WR);
        read_all(fd, 10s);
    });
    const SshSocket greeted = jump->open(greeting.endpoint(), Deadline::in(5s));
    CHECK(read_all(greeted.fd.get(), 10s) == "hello");
    CHECK(greeted.why_it_ended().empty());
}

TEST_CASE("a tunnel that nobody reads keeps little in memory and stops no other", "[remote][jump]") {
    if (cannot_run()) return;
    const JumpWorld world;
    const auto jump = world.jump();
    const LoopbackServer endless(send_endlessly);
    const std::size_t before = resident_bytes();
    std::vector<SshSocket> unread;
    for (int i = 0; i < 20; ++i) unread.push_back(jump->open(endless.endpoint(), Deadline::in(5s)));
    std::this_thread::sleep_for(1s);
    const auto host = connect_ssh(world.target_through(jump));
    CHECK(host->run({.script = "echo through"}).text() == "through\n");
    // Each may keep its window, 160 KiB at most.
    check_growth(before, 20U * 300 * 1024);
    unread.clear();
    CHECK(host->run({.script = "echo still"}).text() == "still\n");
    CHECK(world.logins() == 1);
}

TEST_CASE("a server that reads nothing stops its own tunnel and no other", "[remote][jump]") {
    if (cannot_run()) return;
    const JumpWorld world;
    const auto jump = world.jump();
    const LoopbackServer deaf([](int, const std::atomic<bool>& stop) {
        while (!stop) std::this_thread::sleep_for(20ms);
    });
    const SshSocket socket = jump->open(deaf.endpoint(), Deadline::in(5s));
    const std::string block(64U * 1024, 'x');
    std::size_t taken = 0;
    while (wait_ready(socket.fd.get(), Ready::write, Deadline::in(1s))) {
        const ssize_t count = ::send(socket.fd.get(), block.data(), block.size(), MSG_NOSIGNAL);
        if (count > 0) taken += static_cast<std::size_t>(count);
    }
    CHECK(taken < 30'000'000);
    const auto host = connect_ssh(world.target_through(jump));
    CHECK(host->run({.script = "echo through"}).text() == "through\n");
}

TEST_CASE("two hundred tunnels stand in one connection", "[remote][jump]") {
    if (cannot_run()) return;
    const JumpWorld world;
    const auto jump = world.jump();
    const LoopbackServer counting(count_and_answer);
    const std::size_t before = resident_bytes();
    std::vector<SshSocket> sockets;
    for (int i = 0; i < 200; ++i) sockets.push_back(jump->open(counting.endpoint(), Deadline::in(10s)));
    check_growth(before, 200U * 64 * 1024);
    for (const SshSocket& socket : sockets) {
        send_all(socket.fd.get(), "four");
        ::shutdown(socket.fd.get(), SHUT_WR);
    }
    int good = 0;
    for (const SshSocket& socket : sockets) {
        REQUIRE(read_all(socket.fd.get(), 10s) == "4 bytes");
        ++good;
    }
    CHECK(good == 200);
    CHECK(world.logins() == 1);
}

TEST_CASE("an idle pump costs nothing", "[remote][jump]") {
    if (cannot_run()) return;
    const JumpWorld world;
    const auto jump = world.jump();
    const auto host = connect_ssh(world.target_through(jump));
    std::vector<SshSocket> sockets;
    const LoopbackServer silent([](int, const std::atomic<bool>& stop) {
        while (!stop) std::this_thread::sleep_for(20ms);
    });
    for (int i = 0; i < 5; ++i) sockets.push_back(jump->open(silent.endpoint(), Deadline::in(5s)));
    const auto cpu = [] {
        timespec used{};
        ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
        return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
    };
    host->run({.script = "true"});
    const auto before = cpu();
    std::this_thread::sleep_for(2s);
    CHECK(cpu() - before < 100ms);
}
