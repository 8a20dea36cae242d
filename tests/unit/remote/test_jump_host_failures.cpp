// What a jump host may refuse, and what becomes of the tunnels when it goes away.
#include <chrono>
#include <thread>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

#include "umsadm/base/text.hpp"

#include "unit/remote/jump_fixture.hpp"

using namespace umsadm;
using namespace umsadm::test;
using namespace std::chrono_literals;

namespace {

int connections(const Sshd& sshd) {
    int count = 0;
    for (const std::string& line : split(sshd.log(), '\n')) count += line.starts_with("Connection from ") ? 1 : 0;
    return count;
}

}  // namespace

TEST_CASE("a jump host that forbids it is named, with the reason", "[remote][jump]") {
    if (cannot_run()) return;
    for (const char* rule : {"AllowTcpForwarding no", "PermitOpen 127.0.0.1:1"}) {
        INFO(rule);
        const JumpWorld world({rule});
        const Error error = error_of([&] { connect_ssh(world.target_through(world.jump())); });
        CHECK(error.code() == Code::unreachable);
        CHECK_THAT(error.message(), Catch::Contains("the jump host root@127.0.0.1"));
        CHECK_THAT(error.message(), Catch::Contains("administratively prohibited"));
        CHECK_THAT(error.hint(), Catch::Contains("AllowTcpForwarding"));
    }
}

TEST_CASE("a jump host that reaches nobody there says so, and goes on serving others", "[remote][jump]") {
    if (cannot_run()) return;
    const JumpWorld world;
    const auto jump = world.jump();
    for (const char* name : {"127.0.0.1", "no-such-host.invalid"}) {
        SshTarget nobody = world.target_through(jump);
        nobody.endpoint = {name, 1};
        const Error error = error_of([&] { connect_ssh(nobody); });
        INFO(error.message());
        CHECK(error.code() == Code::unreachable);
        CHECK_THAT(error.message(), Catch::Contains("connect failed"));
    }
    CHECK(connect_ssh(world.target_through(jump))->run({.script = "echo other"}).text() == "other\n");
    CHECK(world.logins() == 1);
}

TEST_CASE("the host key of the host is checked through the tunnel as ever", "[remote][jump]") {
    if (cannot_run()) return;
    const JumpWorld world;
    SshTarget wrong = world.target_through(world.jump());
    wrong.host_keys.pinned = {world.bastion.fingerprint()};
    CHECK(error_of([&] { connect_ssh(wrong); }).code() == Code::host_key);
    const HostKey key = fetch_host_key(wrong.endpoint, wrong.dial, Deadline::in(5s));
    CHECK(key.fingerprint == world.host.fingerprint());
}

TEST_CASE("a jump host with an unknown key is asked once, and nothing is said to it", "[remote][jump]") {
    if (cannot_run()) return;
    const JumpWorld world;
    SshTarget target = world.bastion_target();
    target.host_keys.pinned.clear();
    target.host_keys.how_to_accept = "add it to known_hosts";
    const auto jump = std::make_shared<JumpHost>(target);
    const int before = connections(world.bastion);
    for (int i = 0; i < 3; ++i) {
        const Error error = error_of([&] { connect_ssh(world.target_through(jump)); });
        CHECK(error.code() == Code::host_key);
        CHECK_THAT(error.message(), Catch::Contains("is unknown"));
        CHECK_THAT(error.hint(), Catch::EndsWith("add it to known_hosts"));
        REQUIRE_FALSE(error.frames().empty());
        CHECK_THAT(error.frames().front(), Catch::StartsWith("connecting to the jump host root@127.0.0.1"));
    }
    CHECK(connections(world.bastion) == before + 1);
    CHECK(world.logins() == 0);
}

TEST_CASE("a jump host that does not let us in is asked once", "[remote][jump]") {
    if (cannot_run()) return;
    const JumpWorld world;
    SshTarget target = world.bastion_target();
    target.login.keys.clear();
    const auto jump = std::make_shared<JumpHost>(target);
    const int before = connections(world.bastion);
    for (int i = 0; i < 3; ++i) {
        const Error error = error_of([&] { connect_ssh(world.target_through(jump)); });
        CHECK(error.code() == Code::login_refused);
        CHECK_THAT(error.hint(), Catch::Contains("never with a password"));
    }
    CHECK(connections(world.bastion) == before + 1);
}

TEST_CASE("a lost jump host ends all its tunnels, and is connected to again", "[remote][jump]") {
    if (cannot_run()) return;
    const JumpWorld world;
    const auto jump = world.jump();
    const auto busy = connect_ssh(world.target_through(jump));
    const auto idle = connect_ssh(world.target_through(jump));
    std::thread cutting([&] {
        std::this_thread::sleep_for(300ms);
        world.cut_bastion_connection();
    });
    const auto before = std::chrono::steady_clock::now();
    for (RemoteHost* host : {busy.get(), idle.get()}) {
        const Error error = error_of([&] { host->run({.script = "sleep 5"}); });
        CHECK(error.code() == Code::unreachable);
        CHECK_THAT(error.message(), Catch::Contains("the connection to the jump host root@127.0.0.1"));
    }
    CHECK(std::chrono::steady_clock::now() - before < 4s);
    cutting.join();
    CHECK(connect_ssh(world.target_through(jump))->run({.script = "echo again"}).text() == "again\n");
    CHECK(world.logins() == 2);
}

TEST_CASE("a jump host that was lost while idle is connected to again", "[remote][jump]") {
    if (cannot_run()) return;
    const JumpWorld world;
    const auto jump = world.jump();
    connect_ssh(world.target_through(jump))->run({.script = "true"});
    world.cut_bastion_connection();
    CHECK(connect_ssh(world.target_through(jump))->run({.script = "echo again"}).text() == "again\n");
}

TEST_CASE("a host that does not answer holds up nobody else", "[remote][jump]") {
    if (cannot_run()) return;
    const JumpWorld world;
    const auto jump = world.jump();
    connect_ssh(world.target_through(jump))->run({.script = "true"});
    const SilentPort silent;
    std::vector<std::thread> stuck;
    for (int i = 0; i < 2; ++i) {
        stuck.emplace_back([&] {
            const Error error = error_of([&] { jump->open(silent.endpoint(), Deadline::in(6s)); });
            if (error.message().find("in time") == std::string::npos) std::terminate();
        });
    }
    std::this_thread::sleep_for(300ms);
    const auto before = std::chrono::steady_clock::now();
    CHECK(connect_ssh(world.target_through(jump))->run({.script = "echo other"}).text() == "other\n");
    CHECK(std::chrono::steady_clock::now() - before < 5s);
    for (std::thread& thread : stuck) thread.join();
    CHECK(world.logins() <= 4);
}

TEST_CASE("waiting for a jump host ends in time, or when the user interrupts", "[remote][jump]") {
    if (cannot_run()) return;
    const JumpWorld world;
    const LoopbackServer mute([](int, const std::atomic<bool>& stop) {
        while (!stop) std::this_thread::sleep_for(20ms);
    });
    SshTarget target = world.bastion_target();
    target.endpoint = mute.endpoint();
    auto jump = std::make_shared<JumpHost>(target);
    auto before = std::chrono::steady_clock::now();
    CHECK_THAT(error_of([&] {
                   jump->open({"127.0.0.1", 1}, Deadline::in(500ms));
               }).message(),
               Catch::Contains("did not let us in in time"));
    Cancellation cancellation;
    std::thread user([&] {
        std::this_thread::sleep_for(300ms);
        cancellation.request();
    });
    const Deadline long_one = Deadline::in(20s, &cancellation);
    CHECK(error_of([&] { jump->open({"127.0.0.1", 1}, long_one); }).code() == Code::interrupted);
    user.join();
    jump.reset();
    CHECK(std::chrono::steady_clock::now() - before < 4s);
}
