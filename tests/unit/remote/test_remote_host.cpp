// The contract of RemoteHost: every implementation passes the same cases.
#include <array>
#include <chrono>
#include <csignal>
#include <functional>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/remote/local_host.hpp"

#include "unit/remote/sshd_fixture.hpp"

using namespace umsadm;
using namespace umsadm::test;
using namespace std::chrono_literals;

namespace {

// One sshd and one user for all cases of this file.
struct World {
    Sshd sshd;
    TestUser sudoer{"password"};
    SshKey key = load_key(sshd.add_key("id_contract", "-t ed25519 -N ''"));
};

World& world() {
    static World one;
    return one;
}

using Open = std::function<std::unique_ptr<RemoteHost>(const Cancellation*)>;

std::unique_ptr<RemoteHost> open_ssh(const std::string& user, const Secret* sudo_password,
                                     const Cancellation* cancellation) {
    SshTarget target = world().sshd.target(user);
    target.login.keys = {world().key};
    target.login.sudo_password = sudo_password;
    target.cancellation = cancellation;
    return connect_ssh(target);
}

struct Kind {
    const char* name;
    Open open;
};

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all{
        {"local", [](const Cancellation* c) { return open_local_host(nullptr, c); }},
        {"ssh as root", [](const Cancellation* c) { return open_ssh("root", nullptr, c); }},
        {"ssh with sudo",
         [](const Cancellation* c) { return open_ssh(world().sudoer.name(), &world().sudoer.password(), c); }},
    };
    return all;
}

std::string every_byte(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((i * 167 + i / 251) & 0xFFU);
    return text;
}

template <typename Check>
void on_every_host(Check&& check, const Cancellation* cancellation = nullptr) {
    if (const auto reason = why_no_sshd()) {
        WARN("skipped: " << *reason);
        return;
    }
    for (const Kind& kind : kinds()) {
        INFO(kind.name);
        check(*kind.open(cancellation));
    }
}

}  // namespace

TEST_CASE("run gives output, error output and exit status of a script that runs as root", "[remote]") {
    on_every_host([](RemoteHost& host) {
        const auto result = host.run({.script = "id -u; echo oops >&2; exit 7"});
        CHECK(result.exit_status == 7);
        CHECK(result.text() == "0\n");
        CHECK(result.err == "oops\n");
        CHECK(host.run({.script = "true\n\n"}).exit_status == 0);
        CHECK(host.run({.script = "exit 255"}).exit_status == 255);
        CHECK(host.run({.script = "printf x"}).text() == "x");
    });
}

TEST_CASE("a script has the promised environment", "[remote]") {
    on_every_host([](RemoteHost& host) {
        const auto result = host.run({.script = "umask; echo $LC_ALL; echo $HOME; echo $PATH; ls /proc/self/fd"});
        CHECK(result.text() ==
              "0077\nC\n/root\n/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n0\n1\n2\n3\n");
        CHECK(host.run({.script = "false; echo not reached"}).text().empty());
        const auto unset = host.run({.script = "echo $no_such_variable; echo not reached"});
        CHECK(unset.exit_status != 0);
        CHECK(unset.text().empty());
        CHECK(host.run({.script = "yes | head -n 1"}).text() == "y\n");
    });
}

TEST_CASE("arguments arrive as they are", "[remote]") {
    on_every_host([](RemoteHost& host) {
        const std::vector<std::string> args{"it's", "a \"b\"", "$HOME `id`",           "line\nbreak\n",
                                            "",     "-n",      "\xC3\xA4\xE2\x82\xAC", "!x\\n*"};
        const auto result =
            host.run({.script = "echo $#; for a in \"$@\"; do printf '%s|' \"$a\"; done", .args = args});
        std::string expected = "8\n";
        for (const auto& arg : args) expected += arg + '|';
        CHECK(result.text() == expected);
        CHECK(error_of([&] { host.run({.script = "true", .args = {std::string("a\0b", 3)}}); }).code() == Code::failed);
        CHECK(host.run({.script = "echo still there"}).text() == "still there\n");
    });
}

TEST_CASE("input and output are binary-clean", "[remote]") {
    const std::string bytes = every_byte(100'000);
    on_every_host([&](RemoteHost& host) {
        const auto result = host.run({.script = "cat; cat /dev/null >&2", .input = as_bytes(bytes)});
        CHECK(result.exit_status == 0);
        CHECK((result.text() == bytes));
    });
}

TEST_CASE("twenty megabytes go both ways at once", "[remote]") {
    const std::string bytes = every_byte(20'000'000);
    on_every_host([&](RemoteHost& host) {
        const auto result =
            host.run({.script = "tee /dev/stderr", .input = as_bytes(bytes), .timeout = 60s, .max_output = 32'000'000});
        CHECK((result.text() == bytes));
        CHECK(result.err.size() == 64U * 1024);
    });
}

TEST_CASE("input that a script does not read is gone before the next one", "[remote]") {
    const std::string bytes = every_byte(3'000'000);
    on_every_host([&](RemoteHost& host) {
        CHECK(host.run({.script = "head -c 3 >/dev/null; echo enough", .input = as_bytes(bytes)}).text() == "enough\n");
        CHECK(host.run({.script = "exit 3", .input = as_bytes(bytes)}).exit_status == 3);
        CHECK(host.run({.script = "cat"}).text().empty());
        CHECK(host.run({.script = "echo next"}).text() == "next\n");
    });
}

TEST_CASE("more output than allowed is an error that leaves the connection usable", "[remote]") {
    on_every_host([](RemoteHost& host) {
        const auto error = error_of([&] { host.run({.script = "head -c 5000000 /dev/zero", .max_output = 1000}); });
        CHECK(error.code() == Code::failed);
        CHECK(host.run({.script = "head -c 1000 /dev/zero", .max_output = 1000}).out.size() == 1000);
    });
}

TEST_CASE("a script that was killed says by which signal", "[remote]") {
    on_every_host([](RemoteHost& host) {
        CHECK(host.run({.script = "kill -9 $$"}).exit_status == 137);
        CHECK(host.run({.script = "kill -9 $$", .input = as_bytes("unread")}).exit_status == 137);
        CHECK(host.run({.script = "echo alive"}).text() == "alive\n");
    });
}

TEST_CASE("a child that a script leaves behind does not delay its answer", "[remote]") {
    on_every_host([](RemoteHost& host) {
        const auto before = std::chrono::steady_clock::now();
        const auto result = host.run({.script = "sleep 20 & echo $!"});
        CHECK(result.exit_status == 0);
        CHECK(std::chrono::steady_clock::now() - before < 5s);
        CHECK(host.run({.script = "kill $1", .args = {std::string(trim(result.text()))}}).exit_status == 0);
    });
}

TEST_CASE("a script that takes too long ends the connection", "[remote]") {
    on_every_host([](RemoteHost& host) {
        const auto before = std::chrono::steady_clock::now();
        CHECK(error_of([&] { host.run({.script = "sleep 3", .timeout = 1s}); }).code() == Code::unreachable);
        CHECK(std::chrono::steady_clock::now() - before < 3s);
        CHECK(error_of([&] { host.run({.script = "true"}); }).code() == Code::unreachable);
    });
}

TEST_CASE("a script that never stops printing ends in time, and in bounded memory", "[remote]") {
    on_every_host([](RemoteHost& host) {
        const auto before = std::chrono::steady_clock::now();
        const auto error = error_of([&] { host.run({.script = "timeout 5 yes", .timeout = 1s}); });
        CHECK(error.code() == Code::unreachable);
        CHECK_THAT(error.message(), Catch::Contains("in time"));
        CHECK(std::chrono::steady_clock::now() - before < 3s);
    });
}

TEST_CASE("an interruption ends the wait for a script, not the script", "[remote]") {
    if (const auto reason = why_no_sshd()) {
        WARN("skipped: " << *reason);
        return;
    }
    for (const Kind& kind : kinds()) {
        INFO(kind.name);
        const TempFolder folder;
        const auto mark = folder.path() / "mark";
        Cancellation cancellation;
        const auto host = kind.open(&cancellation);
        cancellation.request();
        CHECK(error_of([&] { host->run({.script = "true"}); }).code() == Code::interrupted);
        CHECK(error_of([&] { host->run({.script = "true"}); }).code() == Code::unreachable);
    }
}

TEST_CASE("a script that prints goes on after the connection is lost", "[remote]") {
    if (const auto reason = why_no_sshd()) {
        WARN("skipped: " << *reason);
        return;
    }
    for (const Kind& kind : kinds()) {
        INFO(kind.name);
        const TempFolder folder;
        const std::string mark = (folder.path() / "mark").string();
        const auto host = kind.open(nullptr);
        // More output than any buffer on the way holds, after we are gone.
        const auto error = error_of([&] {
            host->run({.script = "sleep 1.5; head -c 3000000 /dev/zero; echo text; echo text >&2; touch \"$1\"",
                       .args = {mark},
                       .timeout = 1s});
        });
        CHECK(error.code() == Code::unreachable);
        for (int i = 0; i < 60 && !std::filesystem::exists(mark); ++i) ::usleep(50'000);
        CHECK(std::filesystem::exists(mark));
    }
}

TEST_CASE("a folder is locked until its holder goes", "[remote]") {
    if (const auto reason = why_no_sshd()) {
        WARN("skipped: " << *reason);
        return;
    }
    for (const Kind& kind : kinds()) {
        INFO(kind.name);
        const TempFolder folder;
        const std::string path = folder.path().string();
        auto first = kind.open(nullptr);
        const auto second = kind.open(nullptr);
        CHECK(first->lock_folder(path));
        CHECK(first->lock_folder(path));
        CHECK_FALSE(second->lock_folder(path));
        // What a script starts does not hold it.
        const auto child =
            first->run({.script = "cat >&2; sleep 15 >/dev/null 2>&1 & echo $!", .input = as_bytes("x")});
        CHECK(first->run({.script = "echo usable"}).text() == "usable\n");
        CHECK(error_of([&] { first->lock_folder("/"); }).code() == Code::failed);
        first.reset();
        bool locked = false;
        for (int i = 0; i < 100 && !(locked = second->lock_folder(path)); ++i) ::usleep(20'000);
        CHECK(locked);
        CHECK(second->run({.script = "kill $1", .args = {std::string(trim(child.text()))}}).exit_status == 0);
    }
}

TEST_CASE("a lock goes with a process that is killed", "[remote]") {
    if (const auto reason = why_no_sshd()) {
        WARN("skipped: " << *reason);
        return;
    }
    for (const Kind& kind : kinds()) {
        INFO(kind.name);
        const TempFolder folder;
        const std::string path = folder.path().string();
        std::array<int, 2> pipe{};
        REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
        world();  // made before the fork: the child must not make one of its own
        const pid_t child = ::fork();
        if (child == 0) {
            const auto holder = kind.open(nullptr);
            const char answer = holder->lock_folder(path) ? 'y' : 'n';
            (void)!::write(pipe[1], &answer, 1);
            while (true) ::pause();
        }
        char answer = 0;
        REQUIRE(::read(pipe[0], &answer, 1) == 1);
        CHECK(answer == 'y');
        const auto second = kind.open(nullptr);
        CHECK_FALSE(second->lock_folder(path));
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        ::close(pipe[0]);
        ::close(pipe[1]);
        bool locked = false;
        for (int i = 0; i < 100 && !(locked = second->lock_folder(path)); ++i) ::usleep(20'000);
        CHECK(locked);
    }
}

TEST_CASE("scripts run in turn up to the first that fails, in one round trip", "[remote]") {
    on_every_host([](RemoteHost& host) {
        const std::string half = every_byte(300'000);
        const TempFolder folder;
        const std::string mark = (folder.path() / "mark").string();
        const std::vector<Command> commands{
            {.script = "cat; echo first >&2", .input = as_bytes(half)},
            {.script = "sleep 0.3; head -c 10 >/dev/null; echo second", .input = as_bytes(half)},
            {.script = "cat; echo third >&2; exit 7", .input = as_bytes(half)},
            {.script = "touch \"$1\"", .args = {mark}, .input = as_bytes(half)},
            {.script = "touch \"$1\"", .args = {mark}},
        };
        const auto results = host.run_in_turn(commands);
        REQUIRE(results.size() == 3);
        CHECK(results[0].exit_status == 0);
        CHECK(results[0].text() == half);
        CHECK(results[0].err == "first\n");
        CHECK(results[1].text() == "second\n");
        CHECK(results[1].err.empty());
        CHECK(results[1].took >= 250ms);
        CHECK(results[2].exit_status == 7);
        CHECK(results[2].text() == half);
        CHECK(results[2].err == "third\n");
        CHECK_FALSE(std::filesystem::exists(mark));
        CHECK(host.run({.script = "echo usable"}).text() == "usable\n");
        const std::vector<Command> good{{.script = "echo 1"}, {.script = "echo 2"}, {.script = "echo 3"}};
        CHECK(host.run_in_turn(good).size() == 3);
    });
}

TEST_CASE("no answer is overlooked, whatever comes in between", "[remote]") {
    // Output, error output and news about the window come at moments that vary: what the one call of libssh2 takes in
    // may be for the other.
    on_every_host([](RemoteHost& host) {
        const std::vector<Command> commands{{.script = "echo a >&2; echo b", .timeout = 3s},
                                            {.script = "echo c; echo d >&2", .timeout = 3s}};
        for (int i = 0; i < 1500; ++i) REQUIRE(host.run_in_turn(commands).size() == 2);
    });
}

TEST_CASE("a folder can be locked by the way", "[remote]") {
    if (const auto reason = why_no_sshd()) {
        WARN("skipped: " << *reason);
        return;
    }
    for (const Kind& kind : kinds()) {
        INFO(kind.name);
        const TempFolder folder;
        const std::string path = folder.path().string();
        const auto first = kind.open(nullptr);
        const auto second = kind.open(nullptr);
        CHECK(first->run({.script = "echo 1", .try_lock = path}).text() == "1\n");
        CHECK_FALSE(second->lock_folder(path));
        CHECK(first->lock_folder(path));
        CHECK(second->run({.script = "echo 2", .try_lock = path}).text() == "2\n");
        CHECK_FALSE(second->lock_folder(path));
        // The wrong one was tried: it is free again when the right one is locked.
        const std::string inside = (folder.path() / "inside").string();
        std::filesystem::create_directory(inside);
        for (const std::string& wrong : {inside, std::string("/no/such"), std::string("relative")}) {
            const auto third = kind.open(nullptr);
            CHECK(third->run({.script = "echo 3", .try_lock = wrong}).text() == "3\n");
            CHECK_FALSE(third->lock_folder(path));
        }
        CHECK(second->lock_folder(inside));
    }
}

TEST_CASE("lock_folder says what is wrong with a folder", "[remote]") {
    on_every_host([](RemoteHost& host) {
        CHECK_THAT(error_of([&] { host.lock_folder("/no/such"); }).message(), Catch::Contains("/no/such"));
        CHECK(error_of([&] { host.lock_folder("/etc/passwd"); }).code() == Code::failed);
        CHECK(error_of([&] { host.lock_folder("relative"); }).code() == Code::failed);
        CHECK(host.run({.script = "echo usable"}).text() == "usable\n");
        CHECK(host.lock_folder("/tmp"));
    });
}

TEST_CASE("a host connects to its own ports", "[remote]") {
    on_every_host([](RemoteHost& host) {
        const auto deadline = Deadline::in(5s);
        const Endpoint sshd{"127.0.0.1", world().sshd.port()};
        for (int i = 0; i < 2; ++i) {
            const auto stream = host.connect_from_here(sshd, deadline);
            REQUIRE(stream);
            stream->write(as_bytes("SSH-2.0-test\r\n"), deadline);
            std::array<std::uint8_t, 8> buffer{};
            REQUIRE(stream->read(buffer, deadline) == 8);
            CHECK(as_text(buffer) == "SSH-2.0-");
            CHECK(host.run({.script = "echo between"}).text() == "between\n");
        }
        CHECK(host.connect_from_here({"127.0.0.1", 1}, deadline) == nullptr);
        CHECK(host.run({.script = "echo after"}).text() == "after\n");
    });
}
