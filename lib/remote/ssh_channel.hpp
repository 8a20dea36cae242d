#pragma once

#include <memory>
#include <optional>
#include <string>

#include "umsadm/base/stream.hpp"

#include "lib/remote/byte_channel.hpp"
#include "lib/remote/ssh_session.hpp"

namespace umsadm::remote {

// Runs a command line on the server. Throws Code::login_refused when the server forbids it.
std::unique_ptr<ByteChannel> open_exec_channel(const std::shared_ptr<SshSession>& session,
                                               const std::string& command_line, const Deadline& deadline);

// Lets the server connect to `endpoint` ("direct-tcpip"). Null when nobody listens there.
//
// An attempt that the deadline cut off goes on in libssh2 and stands in the way of others to the same connection: it is
// kept in `unfinished`, and the next call for that endpoint takes it up again. Other endpoints are refused until then.
std::unique_ptr<Stream> open_forwarded_stream(std::shared_ptr<SshSession> session, const Endpoint& endpoint,
                                              std::optional<Endpoint>& unfinished, const Deadline& deadline);

}  // namespace umsadm::remote
