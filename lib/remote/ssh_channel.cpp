#include "lib/remote/ssh_channel.hpp"

#include <array>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm::remote {
namespace {

constexpr std::chrono::seconds k_close_timeout{3};
constexpr int k_attempts_to_open = 5;
constexpr std::chrono::milliseconds k_open_again_after{100};
constexpr std::size_t k_chunk = 64U * 1024;

// An open channel, closed in the end. It keeps its session alive.
class OpenChannel {
public:
    OpenChannel(std::shared_ptr<SshSession> session, LIBSSH2_CHANNEL* channel)
        : m_session(std::move(session)), m_channel(channel) {}
    OpenChannel(OpenChannel&& other) noexcept
        : m_session(std::move(other.m_session)), m_channel(std::exchange(other.m_channel, nullptr)) {}
    OpenChannel& operator=(OpenChannel&&) = delete;
    ~OpenChannel() {
        if (m_channel == nullptr) return;
        try {
            const Deadline deadline = Deadline::in(k_close_timeout);
            m_session->finish(deadline, "closing a channel", [&] { return libssh2_channel_free(m_channel); });
        } catch (const Error&) {
            m_session->abandon();  // then libssh2 frees the channel together with the session
        }
    }

    SshSession& session() const noexcept { return *m_session; }
    LIBSSH2_CHANNEL* raw() const noexcept { return m_channel; }

    // Appends what has arrived, as much as one call of libssh2 gives. Returns whether that was anything. To go on as
    // long as there is more would let a server that sends faster than we read keep us here: nobody would look at
    // limits.
    bool read_available(int stream, Bytes& into, const Deadline& deadline) const {
        std::array<char, k_chunk> buffer;
        while (true) {
            const ssize_t count = m_session->attempt(
                deadline, [&] { return libssh2_channel_read_ex(raw(), stream, buffer.data(), buffer.size()); });
            if (count == LIBSSH2_ERROR_EAGAIN && m_session->half_sent()) {
                m_session->wait(deadline, "making room for its answer");
                continue;
            }
            if (count < 0 && count != LIBSSH2_ERROR_EAGAIN) throw failed(deadline, "reading its answer");
            if (count > 0) into.insert(into.end(), buffer.begin(), buffer.begin() + count);
            return count > 0;
        }
    }

    // Writes as much as the server takes now, without waiting for it to take more.
    std::size_t write_available(ByteView bytes, const Deadline& deadline) const {
        std::size_t written = 0;
        while (written < bytes.size()) {
            const ByteView rest = bytes.subspan(written);
            const ssize_t count = m_session->attempt(deadline, [&] {
                return libssh2_channel_write_ex(raw(), 0, reinterpret_cast<const char*>(rest.data()), rest.size());
            });
            if (count > 0) {
                written += static_cast<std::size_t>(count);
            } else if (count == LIBSSH2_ERROR_EAGAIN && m_session->half_sent()) {
                m_session->wait(deadline, "sending to it");
            } else if (count == 0 || count == LIBSSH2_ERROR_EAGAIN) {
                break;
            } else if (count == LIBSSH2_ERROR_CHANNEL_CLOSED || count == LIBSSH2_ERROR_CHANNEL_EOF_SENT) {
                break;  // the process is gone; its last words are still to be read
            } else {
                throw failed(deadline, "sending to it");
            }
        }
        return written;
    }

private:
    Error failed(const Deadline& deadline, std::string_view doing) const {
        deadline.check_interrupted();
        return m_session->lost(doing);
    }

    std::shared_ptr<SshSession> m_session;
    LIBSSH2_CHANNEL* m_channel;
};

LIBSSH2_CHANNEL* open_session_channel(SshSession& session, const Deadline& deadline) {
    for (int attempt = 1;; ++attempt) {
        LIBSSH2_CHANNEL* channel =
            session.finish(deadline, "opening a session", [&] { return libssh2_channel_open_session(session.raw()); });
        if (channel != nullptr) return channel;
        if (libssh2_session_last_errno(session.raw()) != LIBSSH2_ERROR_CHANNEL_FAILURE) {
            throw session.lost("opening a session");
        }
        if (attempt == k_attempts_to_open) {
            throw Error(Code::login_refused,
                        fmt::format("the SSH server allows no session for this login: {}", session.last_error()),
                        "look at MaxSessions in its sshd_config");
        }
        // With "MaxSessions 1" the first shell, which found no terminal for sudo, may still count for a moment.
        sleep_for(k_open_again_after, deadline);
    }
}

class ExecChannel final : public ByteChannel {
public:
    explicit ExecChannel(OpenChannel channel) : m_channel(std::move(channel)) {}

    Moved exchange(ByteView input, Bytes& out, Bytes& err, const Deadline& deadline) override {
        while (true) {
            Moved moved;
            if (!input.empty()) moved.written = m_channel.write_available(input, deadline);
            // Both every time: output that nobody reads closes the window of the other one.
            const bool out_arrived = m_channel.read_available(0, out, deadline);
            const std::uint64_t taken = m_channel.session().taken();
            const bool err_arrived = m_channel.read_available(SSH_EXTENDED_DATA_STDERR, err, deadline);
            moved.ended = !out_arrived && !err_arrived && libssh2_channel_eof(m_channel.raw()) == 1;
            if (moved.written > 0 || out_arrived || err_arrived || moved.ended) return moved;
            // What libssh2 took in while it looked for error output may be output: nothing more might come to wake us.
            if (m_channel.session().taken() != taken) continue;
            m_channel.session().wait(deadline, "a command ran");
        }
    }

    void abandon() noexcept override { m_channel.session().abandon(); }

private:
    OpenChannel m_channel;
};

class ForwardedStream final : public Stream {
public:
    ForwardedStream(OpenChannel channel, Endpoint endpoint)
        : m_channel(std::move(channel)), m_endpoint(std::move(endpoint)) {}

    std::size_t read(std::span<std::uint8_t> buffer, const Deadline& deadline) override {
        SshSession& session = m_channel.session();
        const ssize_t count = session.finish(deadline, doing("reading from"), [&] {
            return libssh2_channel_read_ex(m_channel.raw(), 0, reinterpret_cast<char*>(buffer.data()), buffer.size());
        });
        if (count >= 0) return static_cast<std::size_t>(count);
        throw session.lost(doing("reading from"));
    }

    void write(ByteView bytes, const Deadline& deadline) override {
        SshSession& session = m_channel.session();
        while (!bytes.empty()) {
            const ssize_t count = session.finish(deadline, doing("writing to"), [&] {
                return libssh2_channel_write_ex(m_channel.raw(), 0, reinterpret_cast<const char*>(bytes.data()),
                                                bytes.size());
            });
            if (count == LIBSSH2_ERROR_CHANNEL_CLOSED) {
                throw Error(Code::unreachable,
                            fmt::format("the connection to {} was closed by it", printable(m_endpoint.to_string())));
            }
            if (count < 0) throw session.lost(doing("writing to"));
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        }
    }

private:
    std::string doing(std::string_view verb) const {
        return fmt::format("{} {}", verb, printable(m_endpoint.to_string()));
    }

    OpenChannel m_channel;
    Endpoint m_endpoint;
};

}  // namespace

std::unique_ptr<ByteChannel> open_exec_channel(const std::shared_ptr<SshSession>& session,
                                               const std::string& command_line, const Deadline& deadline) {
    LIBSSH2_CHANNEL* raw = open_session_channel(*session, deadline);
    OpenChannel channel(session, raw);
    const int rc =
        session->finish(deadline, "starting a shell", [&] { return libssh2_channel_exec(raw, command_line.c_str()); });
    if (rc == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED) {
        throw Error(Code::login_refused, "the SSH server allows no command for this login");
    }
    if (rc != 0) throw session->lost("starting a shell");
    return std::make_unique<ExecChannel>(std::move(channel));
}

std::unique_ptr<Stream> open_forwarded_stream(std::shared_ptr<SshSession> session, const Endpoint& endpoint,
                                              std::optional<Endpoint>& unfinished, const Deadline& deadline) {
    if (unfinished && *unfinished != endpoint) {
        throw Error(Code::unreachable,
                    fmt::format("the SSH server is still trying to connect to {}", printable(unfinished->to_string())));
    }
    unfinished = endpoint;
    const std::string doing = fmt::format("connecting to {} through it", printable(endpoint.to_string()));
    LIBSSH2_CHANNEL* raw = session->finish(deadline, doing, [&] {
        return libssh2_channel_direct_tcpip_ex(session->raw(), endpoint.host.c_str(), endpoint.port, "127.0.0.1", 0);
    });
    unfinished.reset();
    if (raw != nullptr) return std::make_unique<ForwardedStream>(OpenChannel(session, raw), endpoint);
    if (libssh2_session_last_errno(session->raw()) != LIBSSH2_ERROR_CHANNEL_FAILURE) throw session->lost(doing);
    const std::string reason = session->last_error();
    if (reason.find("connect failed") != std::string::npos) return nullptr;
    throw Error(Code::unreachable,
                fmt::format("the SSH server does not connect to {}: {}", printable(endpoint.to_string()), reason),
                "allow it with AllowTcpForwarding and PermitOpen in its sshd_config, or use --probe direct");
}

}  // namespace umsadm::remote
