#include "process.hpp"

#include <csignal>

#include <fcntl.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace umsadm::app {
namespace {

// A closed stdin reads as empty and a closed stderr swallows what it gets. A closed stdout stays one that cannot be
// written to: a result that nobody got must not look like success.
void open_if_closed(int fd, int flags) noexcept {
    if (::fcntl(fd, F_GETFD) >= 0) return;
    const int opened = ::open("/dev/null", flags);
    if (opened >= 0 && opened != fd) {
        ::dup2(opened, fd);
        ::close(opened);
    }
}

}  // namespace

void prepare_process() noexcept {
    open_if_closed(STDIN_FILENO, O_RDONLY);
    open_if_closed(STDOUT_FILENO, O_RDONLY);
    open_if_closed(STDERR_FILENO, O_WRONLY);

    // Copies of secrets that a library leaves behind are overwritten when their memory is freed.
    ::mallopt(M_PERTURB, 0x5A);
    // Threads of a rollout wait for their hosts most of the time. A heap for each would keep what its busiest moment
    // needed; with two the next thread takes it over.
    ::mallopt(M_ARENA_MAX, 2);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);

    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

}  // namespace umsadm::app
