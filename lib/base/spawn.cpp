#include "umsadm/base/spawn.hpp"

#include <csignal>

#include <spawn.h>
#include <unistd.h>

#include "umsadm/base/error.hpp"

namespace umsadm {
namespace {

// As C takes a list of texts.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

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
        ::posix_spawnattr_setflags(&m_attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~SpawnSettings() {
        ::posix_spawn_file_actions_destroy(&m_actions);
        ::posix_spawnattr_destroy(&m_attributes);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;

    void give(int fd, int as) { ::posix_spawn_file_actions_adddup2(&m_actions, fd, as); }
    void give_nothing_else() { ::posix_spawn_file_actions_addclosefrom_np(&m_actions, STDERR_FILENO + 1); }

    int spawn(pid_t& pid, char* const* arguments, char* const* environment) const {
        return ::posix_spawn(&pid, arguments[0], &m_actions, &m_attributes, arguments, environment);
    }

private:
    posix_spawn_file_actions_t m_actions{};
    posix_spawnattr_t m_attributes{};
};

}  // namespace

pid_t spawn(const SpawnRequest& request) {
    std::vector<std::string> arguments = request.arguments;
    std::vector<std::string> environment = request.environment;
    SpawnSettings settings;
    settings.give(request.input, STDIN_FILENO);
    settings.give(request.output, STDOUT_FILENO);
    settings.give(request.error, STDERR_FILENO);
    settings.give_nothing_else();
    pid_t pid = -1;
    const int rc = settings.spawn(pid, pointers_to(arguments).data(), pointers_to(environment).data());
    if (rc != 0) throw system_error("cannot start " + arguments.front(), rc);
    return pid;
}

}  // namespace umsadm
