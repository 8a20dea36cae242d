#include "terminal.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/base/unique_fd.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_longest_line = 4096;  // what a terminal hands over at once (N_TTY_BUF_SIZE)

class EchoOff {
public:
    explicit EchoOff(int fd) : m_fd(fd) {
        if (::tcgetattr(m_fd, &m_before) != 0) throw system_error("cannot read the settings of the terminal", errno);
        termios quiet = m_before;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ECHONL);
        // A stopped program would leave the shell without an echo.
        quiet.c_cc[VSUSP] = _POSIX_VDISABLE;
        // TCSAFLUSH: what was typed before the question is no answer to it.
        if (::tcsetattr(m_fd, TCSAFLUSH, &quiet) != 0) throw system_error("cannot switch the echo off", errno);
    }
    ~EchoOff() { ::tcsetattr(m_fd, TCSAFLUSH, &m_before); }
    EchoOff(const EchoOff&) = delete;
    EchoOff& operator=(const EchoOff&) = delete;

private:
    int m_fd;
    termios m_before{};
};

void say(int fd, std::string_view text) {
    if (::write(fd, text.data(), text.size()) < 0) throw system_error("cannot write to the terminal", errno);
}

// Waits for ever: it is a person who is asked, and the interrupt key ends it.
void wait_for_input(int fd, const Cancellation& cancellation) {
    while (!wait_ready(fd, Ready::read, Deadline::in(std::chrono::hours(1), &cancellation))) {
    }
}

}  // namespace

Secret ask_secret(std::string_view question, const Cancellation& cancellation) {
    const UniqueFd terminal(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!terminal) {
        throw Error(Code::needs_answer, fmt::format("the {} is needed and there is no terminal to ask on", question),
                    "give it with a password source: file:PATH, fd:N or env:NAME");
    }
    std::array<char, k_longest_line> line{};
    ssize_t count = 0;
    {
        const EchoOff echo_off(terminal.get());
        say(terminal.get(), printable(question) + ": ");
        wait_for_input(terminal.get(), cancellation);
        count = ::read(terminal.get(), line.data(), line.size());
        say(terminal.get(), "\n");
    }
    if (count <= 0) throw Error(Code::needs_answer, fmt::format("no answer to the question for the {}", question));
    std::string_view answer(line.data(), static_cast<std::size_t>(count));
    if (answer.ends_with('\n')) answer.remove_suffix(1);
    Secret secret(answer);
    wipe_memory(line.data(), line.size());
    return secret;
}

}  // namespace umsadm::app
