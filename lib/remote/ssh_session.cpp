#include "lib/remote/ssh_session.hpp"

#include <cerrno>

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "umsadm/base/text.hpp"

namespace umsadm::remote {
namespace {

// Banner and key exchange are a few KiB. A server that sends more is none.
constexpr std::size_t k_most_before_keys = 256U * 1024;
constexpr std::size_t k_kept_first_words = 64;
constexpr int k_most_attempts_to_free = 100;
constexpr const char* k_hint_too_many = "it may have too many logins at once (MaxStartups); try again later";

// No SHA-1, no CBC; AES-GCM, ChaCha20 and the newer key exchanges are not in libssh2 1.10.
constexpr const char* k_key_exchanges =
    "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
    "diffie-hellman-group14-sha256,diffie-hellman-group16-sha512,diffie-hellman-group-exchange-sha256";
constexpr const char* k_ciphers = "aes128-ctr,aes256-ctr,aes192-ctr";
constexpr const char* k_macs = "hmac-sha2-256,hmac-sha2-512";

std::string join(const std::vector<std::string>& parts) {
    std::string joined;
    for (const std::string& part : parts) joined += (joined.empty() ? "" : ",") + part;
    return joined;
}

}  // namespace

SshSession::SshSession(SshSocket socket, const Endpoint& endpoint, const std::vector<std::string>& host_key_types)
    : m_peer(printable(endpoint.to_string())),
      m_socket(std::move(socket)),
      m_session(libssh2_session_init_ex(nullptr, nullptr, nullptr, this), FreeSession{fd()}) {
    if (m_session == nullptr) throw Error(Code::failed, "out of memory");
    libssh2_session_set_blocking(raw(), 0);
    libssh2_session_callback_set(raw(), LIBSSH2_CALLBACK_RECV, reinterpret_cast<void*>(&SshSession::receive));
    libssh2_session_callback_set(raw(), LIBSSH2_CALLBACK_DISCONNECT,
                                 reinterpret_cast<void*>(&SshSession::disconnected));
    prefer_methods(host_key_types);
}

void SshSession::close() noexcept {
    if (m_abandoned) return;
    libssh2_session_disconnect_ex(raw(), SSH_DISCONNECT_BY_APPLICATION, "done", "");
    abandon();
}

void SshSession::FreeSession::operator()(LIBSSH2_SESSION* session) const noexcept {
    // libssh2 frees nothing as long as it thinks that it could still send.
    ::shutdown(fd, SHUT_RDWR);
    for (int i = 0; i < k_most_attempts_to_free && libssh2_session_free(session) == LIBSSH2_ERROR_EAGAIN; ++i) {
    }
}

void SshSession::prefer_methods(const std::vector<std::string>& host_key_types) {
    const std::string host_keys = join(host_key_types);
    for (const auto& [method, names] : {std::pair{LIBSSH2_METHOD_KEX, k_key_exchanges},
                                        {LIBSSH2_METHOD_HOSTKEY, host_keys.c_str()},
                                        {LIBSSH2_METHOD_CRYPT_CS, k_ciphers},
                                        {LIBSSH2_METHOD_CRYPT_SC, k_ciphers},
                                        {LIBSSH2_METHOD_MAC_CS, k_macs},
                                        {LIBSSH2_METHOD_MAC_SC, k_macs}}) {
        if (libssh2_session_method_pref(raw(), method, names) != 0) {
            throw Error(Code::failed, fmt::format("libssh2 knows none of the algorithms {}", names));
        }
    }
}

void SshSession::exchange_keys(const Deadline& deadline) {
    const int rc = finish(deadline, "exchanging keys", [&] { return libssh2_session_handshake(raw(), fd()); });
    if (rc != 0) throw handshake_failed(rc);
    m_exchanged = true;
}

Error SshSession::handshake_failed(int rc) {
    const auto failed = [&](std::string_view why, std::string hint) {
        return Error(Code::unreachable, fmt::format("{}: {}", m_peer, why), std::move(hint));
    };
    if (said_too_many()) {
        m_turned_away = true;
        return failed("the SSH server takes no more logins at the moment: " + in_quotes(trim(m_first_words)),
                      k_hint_too_many);
    }
    if (m_received == 0 && !m_time_is_up) {
        m_turned_away = true;
        const std::string why = m_socket.why_it_ended ? m_socket.why_it_ended() : std::string();
        return failed(why.empty() ? "the connection was closed before the SSH server said anything" : why,
                      k_hint_too_many);
    }
    if (m_received > k_most_before_keys || rc == LIBSSH2_ERROR_BANNER_RECV) {
        return failed("this is not an SSH server", "check host and port");
    }
    if (rc == LIBSSH2_ERROR_KEX_FAILURE || rc == LIBSSH2_ERROR_METHOD_NONE) {
        return failed(
            "the SSH server has no algorithm in common with umsadm, most likely because it has only an RSA host key",
            "make an ed25519 host key there with \"ssh-keygen -A\" and restart its sshd");
    }
    if (m_goodbye.empty())
        return failed("the key exchange failed: " + last_error(), "check that this is an SSH server");
    return failed("the SSH server ended the connection: " + m_goodbye, {});
}

bool SshSession::said_too_many() const noexcept {
    return m_first_words.starts_with("Exceeded MaxStartups") || m_first_words.starts_with("Not allowed at this time");
}

void SshSession::note_received(std::string_view bytes) {
    m_received += bytes.size();
    if (m_first_words.size() < k_kept_first_words) {
        m_first_words += bytes.substr(0, k_kept_first_words - m_first_words.size());
    }
}

HostKey SshSession::host_key() const {
    size_t size = 0;
    int type = 0;
    const char* blob = libssh2_session_hostkey(raw(), &size, &type);
    if (blob == nullptr) throw Error(Code::unreachable, fmt::format("{} showed no host key", m_peer));
    return make_host_key(as_bytes({blob, size}));
}

std::string SshSession::banner() const {
    const char* banner = libssh2_session_banner_get(raw());
    return banner == nullptr ? "" : banner;
}

bool SshSession::half_sent() const noexcept {
    return (libssh2_session_block_directions(raw()) & LIBSSH2_SESSION_BLOCK_OUTBOUND) != 0;
}

bool SshSession::waits_for_input() const noexcept {
    return (libssh2_session_block_directions(raw()) & LIBSSH2_SESSION_BLOCK_INBOUND) != 0;
}

void SshSession::wait(const Deadline& deadline, std::string_view doing) {
    const Ready ready = !half_sent() ? Ready::read : waits_for_input() ? Ready::both : Ready::write;
    try {
        if (wait_ready(fd(), ready, deadline)) return;
    } catch (...) {
        if (half_sent()) abandon();
        throw;
    }
    if (half_sent()) abandon();
    throw not_in_time(doing);
}

Error SshSession::not_in_time(std::string_view doing) const {
    return Error(Code::unreachable, fmt::format("{} did not answer in time while {}", m_peer, doing));
}

Error SshSession::lost(std::string_view doing) {
    const std::string why = why_it_ended();
    abandon();
    if (m_time_is_up) return not_in_time(doing);
    return Error(Code::unreachable, fmt::format("the connection to {} was lost while {}: {}", m_peer, doing, why));
}

std::string SshSession::why_it_ended() const {
    if (!m_goodbye.empty()) return m_goodbye;
    const std::string why = m_socket.why_it_ended ? m_socket.why_it_ended() : std::string();
    return why.empty() ? last_error() : why;
}

std::string SshSession::last_error() const {
    char* text = nullptr;
    int size = 0;
    const int rc = libssh2_session_last_error(raw(), &text, &size, 0);
    if (size > 0) return printable({text, static_cast<std::size_t>(size)});
    return fmt::format("error {} of libssh2", rc);
}

void SshSession::ensure_alive() const {
    if (m_abandoned) throw Error(Code::unreachable, fmt::format("the connection to {} was given up", m_peer));
}

void SshSession::abandon() noexcept {
    m_abandoned = true;
    ::shutdown(fd(), SHUT_RDWR);
}

ssize_t SshSession::receive(libssh2_socket_t fd, void* buffer, size_t size, int flags, void** abstract) {
    auto& self = *static_cast<SshSession*>(*abstract);
    // A server that never stops sending keeps libssh2 busy inside one call, so the deadline is looked at here as well.
    if (self.m_deadline != nullptr) {
        const Cancellation* cancellation = self.m_deadline->cancellation();
        self.m_time_is_up = self.m_deadline->passed();
        if (self.m_time_is_up || (cancellation != nullptr && cancellation->requested())) return -ETIMEDOUT;
    }
    if (!self.m_exchanged && self.m_received > k_most_before_keys) return -ECONNABORTED;
    const ssize_t count = ::recv(fd, buffer, size, flags);
    if (count < 0) return -errno;
    self.m_taken += static_cast<std::uint64_t>(count);
    if (!self.m_exchanged) self.note_received({static_cast<const char*>(buffer), static_cast<std::size_t>(count)});
    // Without it the delayed acknowledgement of this side and Nagle's algorithm of the other wait 40 ms for each other.
    const int on = 1;
    (void)::setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    return count;
}

void SshSession::disconnected(LIBSSH2_SESSION* /*session*/, int reason, const char* text, int text_size,
                              const char* /*language*/, int /*language_size*/, void** abstract) {
    auto& self = *static_cast<SshSession*>(*abstract);
    self.m_goodbye =
        text_size > 0 ? in_quotes({text, static_cast<std::size_t>(text_size)}) : fmt::format("reason {}", reason);
}

}  // namespace umsadm::remote
