#pragma once

#include <memory>

#include "umsadm/base/stream.hpp"
#include "umsadm/base/unique_fd.hpp"

namespace umsadm {

// A connected, non-blocking socket (TCP_NODELAY, keepalive, 30 s user timeout, close-on-exec).
// Tries every address of the host; looking up its name counts towards the deadline. Returns an empty descriptor when
// the host answered "connection refused": nobody listens there, which is an answer. Throws Code::unreachable for
// everything else (no such name, no answer of a name server, no route, time is up); the message names host, port and
// reason.
UniqueFd connect_socket(const Endpoint& endpoint, const Deadline& deadline);

// The same as a Stream; a null pointer when the connection was refused.
std::unique_ptr<Stream> connect_tcp(const Endpoint& endpoint, const Deadline& deadline);

}  // namespace umsadm
