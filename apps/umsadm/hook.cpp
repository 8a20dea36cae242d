#include "hook.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "umsadm/base/error.hpp"

namespace umsadm::app {
namespace {

constexpr const char* k_shell = "/bin/sh";
constexpr std::chrono::milliseconds k_slice{20};
constexpr std::chrono::seconds k_last_words{5};  // between SIGTERM and SIGKILL
constexpr std::array<const char*, 12> k_inherited{
    "PATH",   "HOME",     "USER", "LOGNAME", "SHELL",           "LANG",
    "LC_ALL", "LC_CTYPE", "TZ",   "TMPDIR",  "XDG_RUNTIME_DIR", "CREDENTIALS_DIRECTORY"};

// Variables as posix_spawn() takes them.
class Environment {
public:
    explicit Environment(const Hook& hook) {
        for (const char* const name : k_inherited) {
            if (const char* const value = std::getenv(name); value != nullptr) add(name, value);
        }
        for (const auto& [name, value] : hook.variables) add(name, value);
        for (std::string& line : m_lines) m_pointers.push_back(line.data());
        m_pointers.push_back(nullptr);
    }

    char** data() noexcept { return m_pointers.data(); }

private:
    void add(std::string_view name, std::string_view value) { m_lines.push_back(fmt::format("{}={}", name, value)); }

    std::vector<std::string> m_lines;
    std::vector<char*> m_pointers;
};

class SpawnSettings {
public:
    SpawnSettings() {
        ::posix_spawn_file_actions_init(&m_actions);
        ::posix_spawnattr_init(&m_attributes);
        sigset_t none;
        ::sigemptyset(&none);
        sigset_t all;
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&m_attributes, &none);
        ::posix_spawnattr_setsigdefault(&m_attributes, &all);
        ::posix_spawnattr_setpgroup(&m_attributes, 0);
        ::posix_spawnattr_setflags(&m_attributes,
                                   POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~SpawnSettings() {
        ::posix_spawn_file_actions_destroy(&m_actions);
        ::posix_spawnattr_destroy(&m_attributes);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;

    void connect(bool quiet) {
        ::posix_spawn_file_actions_addopen(&m_actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        if (quiet) {
            ::posix_spawn_file_actions_addopen(&m_actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        } else {
            ::posix_spawn_file_actions_adddup2(&m_actions, STDERR_FILENO, STDOUT_FILENO);
        }
        ::posix_spawn_file_actions_addclosefrom_np(&m_actions, STDERR_FILENO + 1);
    }

    pid_t spawn(std::string command, Environment& environment) const {
        std::string shell = k_shell;
        std::string option = "-c";
        std::array<char*, 4> argv{shell.data(), option.data(), command.data(), nullptr};
        pid_t pid = -1;
        const int rc = ::posix_spawn(&pid, k_shell, &m_actions, &m_attributes, argv.data(), environment.data());
        if (rc != 0) throw system_error(fmt::format("cannot start {}", k_shell), rc);
        return pid;
    }

private:
    posix_spawn_file_actions_t m_actions{};
    posix_spawnattr_t m_attributes{};
};

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
    Environment environment(hook);
    SpawnSettings settings;
    settings.connect(hook.quiet);
    const pid_t pid = settings.spawn(hook.command, environment);
    if (const auto status = wait_for(pid, Deadline::in(hook.limit), cancellation)) return judge(*status);
    end(pid);
    if (cancellation != nullptr && cancellation->requested()) return "it was interrupted";
    return fmt::format("it did not end within {} s and was ended", hook.limit.count());
}

}  // namespace umsadm::app
