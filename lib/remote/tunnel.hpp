#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <libssh2.h>
#include <poll.h>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/unique_fd.hpp"

namespace umsadm::remote {

// One tunnel of a pump: a channel of its SSH connection, and our end of a pair of sockets. Who uses the tunnel has the
// other end and knows nothing of channels. Nothing here waits, and nothing calls libssh2.
class Tunnel {
public:
    Tunnel(LIBSSH2_CHANNEL* channel, UniqueFd socket) : m_channel(channel), m_socket(std::move(socket)) {}

    LIBSSH2_CHANNEL* channel() const noexcept { return m_channel; }

    // What to wait for at the socket, and what came of it.
    pollfd question() const noexcept;
    void note(short events) noexcept;

    // From the user to the channel. Shows what the user sent and leaves it where it is; take() removes what was sent
    // on. Empty when there is nothing at the moment; at the end of what the user sends said_all() becomes true.
    std::size_t look(std::span<char> buffer);
    void take(std::span<char> sent);
    bool said_all() const noexcept { return m_said_all; }

    // From the channel to the user.
    void give(std::string_view bytes);
    // Whether all that was given has gone: only then more is to be read from the channel.
    bool takes_more();
    void give_end() noexcept;
    bool end_given() const noexcept { return m_end_given; }

    // There is nobody to send to any more, here or there: only the channel is to be closed.
    void hang_up() noexcept;
    bool is_over() const noexcept { return m_over; }

    bool window_full = false;  // the server takes nothing at the moment
    bool end_sent = false;     // it knows that the user has said all
    bool close_sent = false;
    bool closed_by_server = false;
    bool closed = false;  // the channel is gone

private:
    LIBSSH2_CHANNEL* m_channel;
    UniqueFd m_socket;
    Bytes m_rest;  // for the user, when its socket was full: at most what was read at once
    bool m_something_to_read = false;
    bool m_user_left = false;
    bool m_said_all = false;
    bool m_end_given = false;
    bool m_over = false;
};

}  // namespace umsadm::remote
