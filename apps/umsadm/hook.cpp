#include "hook.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/spawn.hpp"
#include "umsadm/base/unique_fd.hpp"

namespace umsadm::app {
namespace {

constexpr const char* k_shell = "/bin/sh";
constexpr std::chrono::milliseconds k_slice{20};
constexpr std::chrono::seconds k_last_words{5};  // between SIGTERM and SIGKILL
constexpr std::array<const char*, 12> k_inherited{
    "PATH",   "HOME",     "USER", "LOGNAME", "SHELL",           "LANG",
    "LC_ALL", "LC_CTYPE", "TZ",   "TMPDIR",  "XDG_RUNTIME_DIR", "CREDENTIALS_DIRECTORY"};

std::vector<std::string> environment_of(const Hook& hook) {
    std::vector<std::string> lines;
    for (const char* const name : k_inherited) {
        if (const char* const value = std::getenv(name); value != nullptr)
            lines.push_back(fmt::format("{}={}", name, value));
    }
    for (const auto& [name, value] : hook.variables) lines.push_back(fmt::format("{}={}", name, value));
    return lines;
}

pid_t start(const Hook& hook) {
    const UniqueFd nowhere(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!nowhere) throw system_error("cannot open /dev/null", errno);
    return spawn({{k_shell, "-c", hook.command},
                  environment_of(hook),
                  nowhere.get(),
                  hook.quiet ? nowhere.get() : STDERR_FILENO,
                  STDERR_FILENO});
}

// Its status when it has ended until then.
std::optional<int> wait_for(pid_t pid, const Deadline& deadline, const Cancellation* cancellation) {
    while (true) {
        int status = 0;
        const pid_t ended = ::waitpid(pid, &status, WNOHANG);
        if (ended == pid) return status;
        if (ended < 0 && errno != EINTR) throw system_error("cannot wait for a hook", errno);
        if (deadline.passed() || (cancellation != nullptr && cancellation->requested())) return std::nullopt;
        sleep_for(k_slice, deadline);
    }
}

// The whole process group: a shell's own child would go on without it.
void end(pid_t pid) {
    ::kill(-pid, SIGTERM);
    const auto gone = wait_for(pid, Deadline::in(k_last_words), nullptr);
    ::kill(-pid, SIGKILL);
    if (!gone) wait_for(pid, Deadline::in(k_last_words), nullptr);
}

std::optional<std::string> judge(int status) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::nullopt;
    if (WIFSIGNALED(status)) return fmt::format("it was ended by signal {}", WTERMSIG(status));
    return fmt::format("it ended with exit code {}", WEXITSTATUS(status));
}

}  // namespace

std::optional<std::string> run_hook(const Hook& hook, const Cancellation* cancellation) {
    const pid_t pid = start(hook);
    if (const auto status = wait_for(pid, Deadline::in(hook.limit), cancellation)) return judge(*status);
    end(pid);
    if (cancellation != nullptr && cancellation->requested()) return "it was interrupted";
    return fmt::format("it did not end within {} s and was ended", hook.limit.count());
}

}  // namespace umsadm::app
