// What the pump of a jump host does between two rounds, where a test through the jump host would have to be lucky.
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include <catch2/catch.hpp>
#include <sys/socket.h>

#include "umsadm/base/tcp.hpp"

#include "lib/remote/host_key_check.hpp"
#include "lib/remote/ssh_login.hpp"
#include "lib/remote/tunnel_pump.hpp"
#include "unit/remote/jump_fixture.hpp"

using namespace umsadm;
using namespace umsadm::remote;
using namespace umsadm::test;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<SshSession> logged_in(const SshTarget& target) {
    auto session = connect_verified(target);
    log_in(*session, target.login, "the jump host", Deadline::in(10s));
    return session;
}

// A pump that stands still before a round for as long as the test has something to do there.
class SteppedPump {
public:
    explicit SteppedPump(const SshTarget& target)
        : m_session(logged_in(target)), m_pump(*m_session, m_wake_up, m_stop), m_thread([this] { run(); }) {}
    ~SteppedPump() {
        m_stop.request();
        m_wake_up.call();
        m_thread.join();
    }
    SteppedPump(const SteppedPump&) = delete;
    SteppedPump& operator=(const SteppedPump&) = delete;

    void before_next_round(std::function<void()> step) {
        const std::lock_guard lock(m_guard);
        m_step = std::move(step);
    }

    UniqueFd open(const Endpoint& endpoint) {
        std::promise<UniqueFd> socket;
        before_next_round([&] {
            m_pump.open(endpoint, [&](UniqueFd opened, const std::string&) { socket.set_value(std::move(opened)); });
        });
        m_wake_up.call();
        return socket.get_future().get();
    }

    // Until libssh2 has something to take in.
    void wait_for_server() const { wait_ready(m_session->fd(), Ready::read, Deadline::in(10s)); }

private:
    void run() {
        m_pump.run([this] {
            std::function<void()> step;
            {
                const std::lock_guard lock(m_guard);
                step = std::exchange(m_step, nullptr);
            }
            if (step) step();
        });
    }

    std::shared_ptr<SshSession> m_session;
    WakeUp m_wake_up;
    Cancellation m_stop;
    TunnelPump m_pump;
    std::mutex m_guard;
    std::function<void()> m_step;
    std::thread m_thread;
};

}  // namespace

// A call of libssh2 for one tunnel takes in what arrives for another one, and then poll() has nothing to tell. Here it
// arrives after poll(), for a tunnel that is served before the one whose bytes woke the pump.
TEST_CASE("what one tunnel takes in for another is not forgotten", "[remote][jump]") {
    if (cannot_run()) return;
    const JumpWorld world;
    std::atomic<int> speaker{-1};
    const LoopbackServer speaking([&](int fd, const std::atomic<bool>& stop) {
        speaker = fd;
        while (!stop) std::this_thread::sleep_for(20ms);
    });
    const LoopbackServer swallowing([](int fd, const std::atomic<bool>&) { read_all(fd, 60s); });
    SteppedPump pump(world.bastion_target());
    const UniqueFd listening = pump.open(speaking.endpoint());
    const UniqueFd writing = pump.open(swallowing.endpoint());
    REQUIRE((listening && writing));
    while (speaker < 0) std::this_thread::sleep_for(1ms);
    for (int round = 0; round < 10; ++round) {
        std::this_thread::sleep_for(20ms);  // the pump waits again
        pump.before_next_round([&] {
            (void)::send(speaker, "x", 1, MSG_NOSIGNAL);
            pump.wait_for_server();
        });
        (void)::send(writing.get(), "y", 1, MSG_NOSIGNAL);
        INFO("round " << round);
        REQUIRE(wait_ready(listening.get(), Ready::read, Deadline::in(5s)));
        char byte = 0;
        CHECK(::recv(listening.get(), &byte, 1, 0) == 1);
    }
}
