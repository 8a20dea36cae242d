#pragma once

#include <functional>
#include <string>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/stream.hpp"
#include "umsadm/base/unique_fd.hpp"

namespace umsadm {

// A connected, non-blocking socket that SSH is spoken over: TCP, or one end of a pair whose other end leads through
// somebody else.
struct SshSocket {
    UniqueFd fd;
    // Why it ended, when that was not the host's doing. May be absent; empty text: it was the host, or nobody knows.
    std::function<std::string()> why_it_ended = {};
};

// Opens a socket to the SSH server at an endpoint. Throws Code::unreachable, also when nobody listens there, and
// Code::interrupted.
using SshDial = std::function<SshSocket(const Endpoint& endpoint, const Deadline& deadline)>;

// TCP, straight from this machine.
SshSocket dial_directly(const Endpoint& endpoint, const Deadline& deadline);

}  // namespace umsadm
