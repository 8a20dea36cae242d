#include "killed_child.hpp"

#include <csignal>
#include <cstdlib>

#include <catch2/catch.hpp>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace umsadm::test {

void die() {
    ::kill(::getpid(), SIGKILL);
    ::pause();
}

bool run_child(const std::string& test_case, const std::vector<std::string>& environment) {
    std::vector<std::string> lines = environment;
    lines.emplace_back("PATH=/usr/sbin:/usr/bin:/sbin:/bin");
    if (const char* folder = std::getenv("TMPDIR"); folder != nullptr) lines.push_back(std::string("TMPDIR=") + folder);
    std::vector<char*> child_environment;
    for (std::string& line : lines) child_environment.push_back(line.data());
    child_environment.push_back(nullptr);
    std::string program = "/proc/self/exe";
    std::string name = test_case;
    std::string option = "-o";
    std::string nowhere = "/dev/null";
    std::vector<char*> arguments{program.data(), name.data(), option.data(), nowhere.data(), nullptr};
    pid_t child = 0;
    REQUIRE(::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments.data(), child_environment.data()) == 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status)) {
        REQUIRE(WTERMSIG(status) == SIGKILL);
        return true;
    }
    REQUIRE(WEXITSTATUS(status) == 0);
    return false;
}

std::string from_environment(const char* name) {
    const char* value = std::getenv(name);
    REQUIRE(value != nullptr);
    return value;
}

}  // namespace umsadm::test
