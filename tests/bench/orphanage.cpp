// orphanage COMMAND...: runs the command and is the parent of every process below it that loses its own. The CPU time
// of those that have ended is in /proc/PID/stat of this one (cutime, cstime): what an SSH session leaves to itself when
// its connection ends, which nobody would wait for otherwise. Ends as the command does.
#include <cerrno>
#include <cstdio>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fputs("usage: orphanage COMMAND [ARGUMENT...]\n", stderr);
        return 2;
    }
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
        std::perror("orphanage");
        return 1;
    }
    const pid_t command = ::fork();
    if (command == 0) {
        ::execvp(argv[1], argv + 1);
        std::perror(argv[1]);
        ::_exit(127);
    }
    for (;;) {
        int status = 0;
        const pid_t ended = ::wait(&status);
        if (ended == command) return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
        if (ended < 0 && errno != EINTR) return 1;
    }
}
