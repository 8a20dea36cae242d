#include "lib/remote/tunnel.hpp"

#include <cerrno>

#include <sys/socket.h>

namespace umsadm::remote {
namespace {

bool is_full(int error_number) noexcept { return error_number == EAGAIN || error_number == EWOULDBLOCK; }

}  // namespace

pollfd Tunnel::question() const noexcept {
    int events = 0;
    if (!m_said_all && !window_full) events |= POLLIN;
    if (!m_rest.empty()) events |= POLLOUT;
    return {m_socket.get(), static_cast<short>(events), 0};
}

void Tunnel::note(short events) noexcept {
    if ((events & (POLLIN | POLLHUP | POLLERR)) != 0) m_something_to_read = true;
    if ((events & (POLLHUP | POLLERR)) != 0) m_user_left = true;
    // What the server does not take now, nobody waits for any more.
    if (m_user_left && (m_said_all || window_full)) hang_up();
}

std::size_t Tunnel::look(std::span<char> buffer) {
    if (!m_something_to_read || m_said_all || m_over) return 0;
    while (true) {
        const ssize_t count = ::recv(m_socket.get(), buffer.data(), buffer.size(), MSG_PEEK | MSG_DONTWAIT);
        if (count > 0) return static_cast<std::size_t>(count);
        if (count < 0 && errno == EINTR) continue;
        m_something_to_read = false;
        if (count < 0 && is_full(errno)) return 0;
        m_said_all = true;
        if (m_user_left || count < 0) hang_up();
        return 0;
    }
}

void Tunnel::take(std::span<char> sent) {
    while (::recv(m_socket.get(), sent.data(), sent.size(), MSG_DONTWAIT) < 0 && errno == EINTR) {
    }
}

void Tunnel::give(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(m_socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
        } else if (is_full(errno)) {
            break;
        } else if (errno != EINTR) {
            hang_up();
            return;
        }
    }
    m_rest = to_bytes(as_bytes(bytes));
}

bool Tunnel::takes_more() {
    if (!m_rest.empty()) {
        const Bytes rest = std::exchange(m_rest, {});
        give(as_text(rest));
    }
    return m_rest.empty() && !m_over;
}

void Tunnel::give_end() noexcept {
    ::shutdown(m_socket.get(), SHUT_WR);
    m_end_given = true;
}

void Tunnel::hang_up() noexcept {
    m_over = true;
    m_rest.clear();
    m_socket.reset();
}

}  // namespace umsadm::remote
