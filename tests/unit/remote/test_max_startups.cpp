// A server that has too many logins under way hangs up before it says what it is (sshd_config(5), MaxStartups).
#include <chrono>
#include <thread>

#include <catch2/catch.hpp>

#include "umsadm/base/tcp.hpp"

#include "unit/remote/sshd_fixture.hpp"

using namespace umsadm;
using namespace umsadm::test;
using namespace std::chrono_literals;

namespace {

SshTarget keyed_target(const Sshd& sshd) {
    SshTarget target = sshd.target("root");
    target.login.keys = {load_key(sshd.add_key("id_busy", "-t ed25519 -N ''"))};
    return target;
}

}  // namespace

TEST_CASE("a server with too many logins is tried again until it has room", "[remote][busy]") {
    if (cannot_run()) return;
    const Sshd sshd({"MaxStartups 1"});
    std::this_thread::sleep_for(200ms);  // what looked whether it runs has to be gone
    auto other = connect_socket({"127.0.0.1", sshd.port()}, Deadline::in(2s));
    std::this_thread::sleep_for(200ms);
    std::thread leaving([&] {
        std::this_thread::sleep_for(1500ms);
        other.reset();
    });
    const auto before = std::chrono::steady_clock::now();
    CHECK(connect_ssh(keyed_target(sshd))->run({.script = "echo in"}).text() == "in\n");
    CHECK(std::chrono::steady_clock::now() - before > 1400ms);
    leaving.join();
    CHECK_THAT(sshd.log(), Catch::Contains("MaxStartups"));
}

TEST_CASE("a server that never has room is given up in time", "[remote][busy]") {
    if (cannot_run()) return;
    const Sshd sshd({"MaxStartups 1"});
    std::this_thread::sleep_for(200ms);
    const auto other = connect_socket({"127.0.0.1", sshd.port()}, Deadline::in(2s));
    std::this_thread::sleep_for(200ms);
    SshTarget target = keyed_target(sshd);
    target.connect_timeout = 1s;
    const auto before = std::chrono::steady_clock::now();
    const Error error = error_of([&] { connect_ssh(target); });
    CHECK(std::chrono::steady_clock::now() - before < 4s);
    INFO(error.message());
    CHECK(error.code() == Code::unreachable);
    CHECK_THAT(error.message(), Catch::Contains("times)"));
    CHECK_THAT(error.hint(), Catch::Contains("MaxStartups"));
}

TEST_CASE("many connections at once get through a server with little room", "[remote][busy]") {
    if (cannot_run()) return;
    const Sshd sshd({"MaxStartups 2"});
    const SshTarget target = keyed_target(sshd);
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i) {
        threads.emplace_back([&] {
            try {
                good += connect_ssh(target)->run({.script = "true"}).exit_status == 0 ? 1 : 0;
            } catch (const Error& error) {
                fprintf(stderr, "%s\n", error.message().c_str());
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(good == 6);
}
