#include "lib/remote/local_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/spawn.hpp"
#include "umsadm/base/unique_fd.hpp"

namespace umsadm::remote {
namespace {

constexpr std::chrono::seconds k_end_timeout{2};
constexpr std::size_t k_chunk = 64U * 1024;

struct Ends {
    UniqueFd ours;
    UniqueFd theirs;
};

// Sockets and not pipes: writing to one that nobody reads can be told to raise no signal.
Ends make_ends() {
    std::array<int, 2> fds{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) != 0) {
        throw system_error("cannot make a pair of sockets", errno);
    }
    Ends ends{UniqueFd(fds[0]), UniqueFd(fds[1])};
    if (::fcntl(fds[0], F_SETFL, O_NONBLOCK) != 0) throw system_error("cannot prepare a socket", errno);
    return ends;
}

class LocalProcess final : public ByteChannel {
public:
    LocalProcess(const std::vector<std::string>& arguments, const ProcessSettings& process)
        : m_ends_when_given_up(process.ends_when_given_up) {
        Ends input = make_ends();
        Ends output = make_ends();
        Ends error = make_ends();
        m_pid = spawn({arguments, process.environment, input.theirs.get(), output.theirs.get(), error.theirs.get()});
        m_input = std::move(input.ours);
        m_output = std::move(output.ours);
        m_error = std::move(error.ours);
    }

    ~LocalProcess() override {
        close_ends();
        if (m_given_up && m_ends_when_given_up) {
            ::kill(-m_pid, SIGKILL);  // its session, and so all that it started
            ::waitpid(m_pid, nullptr, 0);
            return;
        }
        // Its last script may still run, and is meant to: then it is left to itself.
        const Deadline deadline = Deadline::in(m_given_up ? std::chrono::seconds(0) : k_end_timeout);
        while (::waitpid(m_pid, nullptr, WNOHANG) == 0 && !deadline.passed()) ::poll(nullptr, 0, 1);
    }

    Moved exchange(ByteView input, Bytes& out, Bytes& err, const Deadline& deadline) override {
        while (true) {
            wait(!input.empty(), deadline);
            Moved moved;
            if (!input.empty()) moved.written = write_available(input);
            const std::size_t before = out.size() + err.size();
            read_available(m_output, out);
            read_available(m_error, err);
            moved.ended = !m_output && !m_error;
            if (moved.written > 0 || moved.ended || out.size() + err.size() > before) return moved;
        }
    }

    void abandon() noexcept override {
        m_given_up = true;
        close_ends();
    }

private:
    void close_ends() noexcept {
        m_input.reset();
        m_output.reset();
        m_error.reset();
    }

    void wait(bool wants_to_write, const Deadline& deadline) const {
        std::array<pollfd, 3> entries{{{wants_to_write ? m_input.get() : -1, POLLOUT, 0},
                                       {m_output.get(), POLLIN, 0},
                                       {m_error.get(), POLLIN, 0}}};
        while (true) {
            deadline.check_interrupted();
            const int count = ::poll(entries.data(), entries.size(), static_cast<int>(deadline.slice().count()));
            if (count < 0 && errno != EINTR) throw system_error("cannot wait for a process", errno);
            // Also when there is something to read: a command may print for ever.
            if (deadline.passed()) throw Error(Code::unreachable, "a command on this machine did not end in time");
            if (count > 0) return;
        }
    }

    // What a process that is gone does not take any more is no failure here: its last words are still to be read.
    std::size_t write_available(ByteView bytes) {
        std::size_t written = 0;
        while (written < bytes.size() && m_input) {
            const ssize_t count = ::send(m_input.get(), bytes.data() + written, bytes.size() - written, MSG_NOSIGNAL);
            if (count >= 0) {
                written += static_cast<std::size_t>(count);
            } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
                break;
            } else if (errno != EINTR) {
                m_input.reset();
            }
        }
        return written;
    }

    // One piece only: a process that prints faster than we read must not keep us here.
    static void read_available(UniqueFd& fd, Bytes& into) {
        std::array<std::uint8_t, k_chunk> buffer;
        while (fd) {
            const ssize_t count = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
            if (count > 0) into.insert(into.end(), buffer.begin(), buffer.begin() + count);
            if (count > 0 || (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))) return;
            if (count == 0 || errno != EINTR) fd.reset();
        }
    }

    pid_t m_pid = -1;
    UniqueFd m_input;
    UniqueFd m_output;
    UniqueFd m_error;
    bool m_given_up = false;
    const bool m_ends_when_given_up;
};

}  // namespace

std::unique_ptr<ByteChannel> start_process(const std::vector<std::string>& arguments, const ProcessSettings& settings) {
    return std::make_unique<LocalProcess>(arguments, settings);
}

}  // namespace umsadm::remote
