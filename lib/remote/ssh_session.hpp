#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <libssh2.h>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/base/stream.hpp"
#include "umsadm/remote/known_hosts.hpp"
#include "umsadm/remote/ssh_socket.hpp"

namespace umsadm::remote {

// One SSH connection: the socket and libssh2's state. libssh2 never blocks: every wait is ours, with a deadline.
//
// libssh2 keeps a packet that was sent by half, and until that call was finished no other may be made. So each call
// runs to its end in finish(); where the deadline comes first, the connection is given up.
class SshSession {
public:
    // Says nothing yet. The host key types will be asked for in this order.
    SshSession(SshSocket socket, const Endpoint& endpoint, const std::vector<std::string>& host_key_types);
    ~SshSession() { close(); }
    SshSession(const SshSession&) = delete;
    SshSession& operator=(const SshSession&) = delete;

    // The first thing to do. Throws Code::unreachable.
    void exchange_keys(const Deadline& deadline);
    // The key exchange failed because the server hung up before it said what it is: it has too many logins at once
    // (MaxStartups), or does not want us.
    bool turned_away() const noexcept { return m_turned_away; }
    // And it said so.
    bool said_too_many() const noexcept;

    LIBSSH2_SESSION* raw() const noexcept { return m_session.get(); }
    int fd() const noexcept { return m_socket.fd.get(); }
    // How many bytes libssh2 has taken from the socket so far, in whichever call.
    std::uint64_t taken() const noexcept { return m_taken; }
    HostKey host_key() const;
    std::string banner() const;

    // Repeats a libssh2 call until it has an answer other than "again". `doing` completes "while ..." in the error.
    template <typename Call>
    auto finish(const Deadline& deadline, std::string_view doing, Call&& call) {
        ensure_alive();
        const DeadlineScope scope(*this, deadline);
        while (true) {
            const auto result = call();
            if (!would_block(result)) {
                deadline.check_interrupted();  // it may have failed because of that
                return result;
            }
            wait(deadline, doing);
        }
    }

    // One libssh2 call, however it ends, while `deadline` bounds what it reads.
    template <typename Call>
    auto attempt(const Deadline& deadline, Call&& call) {
        ensure_alive();
        const DeadlineScope scope(*this, deadline);
        return call();
    }

    // After LIBSSH2_ERROR_EAGAIN: a packet is half sent, so the same call has to come next.
    bool half_sent() const noexcept;
    bool waits_for_input() const noexcept;
    void wait(const Deadline& deadline, std::string_view doing);

    // What a failed call means when it was not an answer of the server: the connection is lost, or the time is up.
    Error lost(std::string_view doing);
    std::string last_error() const;
    // Why the connection ended: what the server said at last, what is known of the way to it, or the error of libssh2.
    std::string why_it_ended() const;

    void abandon() noexcept;
    // Says goodbye without waiting for an answer. What still uses the connection sees it end.
    void close() noexcept;

    // What a callback of libssh2 needs of the call that is being made; libssh2 hands it only this session.
    void set_callback_context(void* context) noexcept { m_callback_context = context; }
    static void* callback_context(void** abstract) noexcept {
        return static_cast<SshSession*>(*abstract)->m_callback_context;
    }

private:
    class DeadlineScope {
    public:
        DeadlineScope(SshSession& session, const Deadline& deadline) noexcept : m_session(session) {
            m_session.m_deadline = &deadline;
        }
        ~DeadlineScope() { m_session.m_deadline = nullptr; }
        DeadlineScope(const DeadlineScope&) = delete;
        DeadlineScope& operator=(const DeadlineScope&) = delete;

    private:
        SshSession& m_session;
    };

    template <typename T>
    bool would_block(T result) const noexcept {
        if constexpr (std::is_pointer_v<T>) {
            return result == nullptr && libssh2_session_last_errno(raw()) == LIBSSH2_ERROR_EAGAIN;
        } else {
            return result == LIBSSH2_ERROR_EAGAIN;
        }
    }

    void ensure_alive() const;
    void prefer_methods(const std::vector<std::string>& host_key_types);
    Error handshake_failed(int rc);
    void note_received(std::string_view bytes);
    Error not_in_time(std::string_view doing) const;

    struct FreeSession {
        int fd;
        void operator()(LIBSSH2_SESSION* session) const noexcept;
    };

    static ssize_t receive(libssh2_socket_t fd, void* buffer, size_t size, int flags, void** abstract);
    static void disconnected(LIBSSH2_SESSION* session, int reason, const char* text, int text_size,
                             const char* language, int language_size, void** abstract);

    std::string m_peer;
    SshSocket m_socket;
    std::string m_goodbye;                 // why the server ended the connection, in its words
    const Deadline* m_deadline = nullptr;  // of the call that runs now
    std::size_t m_received = 0;            // before the end of the key exchange
    std::uint64_t m_taken = 0;
    std::string m_first_words;  // the start of what was received
    bool m_time_is_up = false;  // found out by receive()
    bool m_turned_away = false;
    void* m_callback_context = nullptr;
    bool m_exchanged = false;
    bool m_abandoned = false;
    std::unique_ptr<LIBSSH2_SESSION, FreeSession> m_session;
};

}  // namespace umsadm::remote
