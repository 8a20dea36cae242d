#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/deadline.hpp"
#include "umsadm/base/unique_fd.hpp"

namespace umsadm::remote {

// A running ssh-agent (draft-miller-ssh-agent). Ours, because libssh2 1.10 asks agents for SHA-1 signatures only.
class SshAgent {
public:
    // Throws Code::login_refused when there is no agent at the socket.
    explicit SshAgent(const std::string& socket_path);

    struct Identity {
        Bytes blob;
        std::string comment;
    };
    std::vector<Identity> identities(const Deadline& deadline);

    // The signature as sign_for_ssh() gives it. Throws Code::login_refused when the agent does not sign.
    Bytes sign(ByteView blob, std::string_view algorithm, ByteView data, const Deadline& deadline);

private:
    Bytes ask(ByteView request, std::uint8_t expected_answer, const Deadline& deadline);
    void write(ByteView bytes, const Deadline& deadline);
    Bytes read(std::size_t size, const Deadline& deadline);
    void wait(Ready ready, int error_number, const Deadline& deadline);

    UniqueFd m_fd;
};

}  // namespace umsadm::remote
