#include <array>
#include <csignal>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "umsadm/base/spawn.hpp"
#include "umsadm/base/unique_fd.hpp"

#include "unit/error_of.hpp"

using namespace umsadm;
using umsadm::test::error_of;

namespace {

struct Ended {
    pid_t pid = -1;
    int status = -1;
    std::string out;
};

Ended run(const std::string& script, std::vector<std::string> environment = {}) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    const UniqueFd ours(ends[0]);
    UniqueFd theirs(ends[1]);
    const UniqueFd nowhere(::open("/dev/null", O_RDWR | O_CLOEXEC));
    Ended ended;
    ended.pid = spawn({{"/bin/sh", "-c", script}, std::move(environment), nowhere.get(), theirs.get(), STDERR_FILENO});
    theirs.reset();
    std::array<char, 4096> buffer{};
    for (ssize_t count = 0; (count = ::read(ours.get(), buffer.data(), buffer.size())) > 0;) {
        ended.out.append(buffer.data(), static_cast<std::size_t>(count));
    }
    REQUIRE(::waitpid(ended.pid, &ended.status, 0) == ended.pid);
    return ended;
}

}  // namespace

TEST_CASE("what is spawned has its own session, three descriptors and the environment that it was given", "[base]") {
    const UniqueFd inherited(::open("/dev/null", O_RDONLY));  // as a descriptor that a secret comes from: no O_CLOEXEC
    const Ended ended =
        run("read -r _ _ _ _ _ session _ </proc/$$/stat; echo $session; ls /proc/$$/fd; env | grep -v "
            "'^PWD=\\|^SHLVL=\\|^_='; exit 3",
            {"NAME=value"});
    CHECK(ended.out == fmt::format("{}\n0\n1\n2\nNAME=value\n", ended.pid));
    CHECK(WEXITSTATUS(ended.status) == 3);
}

TEST_CASE("what is spawned blocks and ignores no signal, whatever we do", "[base]") {
    struct Restore {
        void (*before)(int) = std::signal(SIGUSR1, SIG_IGN);
        ~Restore() { std::signal(SIGUSR1, before); }
    } const restore;
    const Ended ended = run("kill -USR1 $$; echo still here");
    CHECK(ended.out.empty());
    CHECK((WIFSIGNALED(ended.status) && WTERMSIG(ended.status) == SIGUSR1));
}

TEST_CASE("a program that is not there cannot be spawned, and is named", "[base]") {
    const Error error = error_of([] { spawn({{"/nowhere/program"}, {}, 0, 1, 2}); });
    CHECK(error.code() == Code::failed);
    CHECK_THAT(error.message(), Catch::StartsWith("cannot start /nowhere/program"));
}
