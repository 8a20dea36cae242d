// client_usage FILE COMMAND...: runs the command and writes "WALL CPU PEAK" into FILE: milliseconds, milliseconds of
// all processes that it started, also of those that it left behind (they are ended and waited for), and the largest
// resident memory of one of them in KiB. Ends as the command does.
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

double milliseconds(const timeval& time) {
    return 1e3 * static_cast<double>(time.tv_sec) + 1e-3 * static_cast<double>(time.tv_usec);
}

// The children of this process, as the kernel lists them.
void end_children() {
    const std::string path = "/proc/self/task/" + std::to_string(::getpid()) + "/children";
    std::FILE* file = std::fopen(path.c_str(), "r");
    if (file == nullptr) return;
    for (int pid = 0; std::fscanf(file, "%d", &pid) == 1;) ::kill(pid, SIGTERM);
    std::fclose(file);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fputs("usage: client_usage FILE COMMAND [ARGUMENT...]\n", stderr);
        return 2;
    }
    // An SSH connection that is kept for later is the child of nobody: it becomes ours.
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
        std::perror("client_usage");
        return 1;
    }
    const auto began = std::chrono::steady_clock::now();
    const pid_t command = ::fork();
    if (command == 0) {
        ::execvp(argv[2], argv + 2);
        std::perror(argv[2]);
        ::_exit(127);
    }
    int status = 0;
    for (pid_t ended = 0; ended != command;) {
        int each = 0;
        ended = ::wait(&each);
        if (ended < 0 && errno != EINTR) return 1;
        if (ended == command) status = each;
    }
    const double wall = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
    end_children();
    while (::wait(nullptr) > 0 || errno == EINTR) {
    }

    rusage usage{};
    ::getrusage(RUSAGE_CHILDREN, &usage);
    std::FILE* file = std::fopen(argv[1], "w");
    if (file == nullptr) {
        std::perror(argv[1]);
        return 1;
    }
    std::fprintf(file, "%.1f %.1f %ld\n", wall, milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime),
                 usage.ru_maxrss);
    std::fclose(file);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
