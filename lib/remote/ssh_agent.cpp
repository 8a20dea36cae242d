#include "lib/remote/ssh_agent.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/remote/wire.hpp"

namespace umsadm::remote {
namespace {

constexpr std::uint8_t k_request_identities = 11;
constexpr std::uint8_t k_identities_answer = 12;
constexpr std::uint8_t k_sign_request = 13;
constexpr std::uint8_t k_sign_response = 14;
constexpr std::uint32_t k_rsa_sha2_256 = 2;
constexpr std::uint32_t k_rsa_sha2_512 = 4;
constexpr std::size_t k_largest_answer = 256U * 1024;
constexpr const char* k_what = "the answer of the ssh-agent";

Error agent_error(std::string_view why) {
    return Error(Code::login_refused, fmt::format("the ssh-agent cannot be used: {}", why));
}

}  // namespace

SshAgent::SshAgent(const std::string& socket_path)
    : m_fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_path.size() >= sizeof address.sun_path) throw agent_error("the path of its socket is too long");
    std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size() + 1);
    // A connection to a Unix socket is made or refused at once.
    if (!m_fd || ::connect(m_fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw agent_error(fmt::format("{}: {}", in_quotes(socket_path), std::generic_category().message(errno)));
    }
}

std::vector<SshAgent::Identity> SshAgent::identities(const Deadline& deadline) {
    const Bytes answer = ask(WireWriter().byte(k_request_identities).bytes(), k_identities_answer, deadline);
    WireReader reader(answer, k_what);
    const std::uint32_t count = reader.u32();
    std::vector<Identity> found;
    for (std::uint32_t i = 0; i < count; ++i) {
        Identity identity;
        identity.blob = to_bytes(reader.string());
        identity.comment = reader.text();
        found.push_back(std::move(identity));
    }
    return found;
}

Bytes SshAgent::sign(ByteView blob, std::string_view algorithm, ByteView data, const Deadline& deadline) {
    const std::uint32_t flags = algorithm == "rsa-sha2-512"   ? k_rsa_sha2_512
                                : algorithm == "rsa-sha2-256" ? k_rsa_sha2_256
                                                              : 0;
    const Bytes request = WireWriter().byte(k_sign_request).string(blob).string(data).u32(flags).take();
    const Bytes answer = ask(request, k_sign_response, deadline);
    const ByteView signature = WireReader(answer, k_what).string();
    WireReader reader(signature, k_what);
    if (reader.text() != algorithm) throw agent_error("it signs with another algorithm than it was asked for");
    return to_bytes(reader.string());
}

Bytes SshAgent::ask(ByteView request, std::uint8_t expected_answer, const Deadline& deadline) {
    write(WireWriter().string(request).bytes(), deadline);
    const std::uint32_t size = WireReader(read(4, deadline), k_what).u32();
    if (size == 0 || size > k_largest_answer) throw agent_error("its answer has an impossible length");
    Bytes answer = read(size, deadline);
    if (answer[0] != expected_answer) throw agent_error("it refuses");
    answer.erase(answer.begin());
    return answer;
}

void SshAgent::write(ByteView bytes, const Deadline& deadline) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(m_fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count >= 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        } else {
            wait(Ready::write, errno, deadline);
        }
    }
}

Bytes SshAgent::read(std::size_t size, const Deadline& deadline) {
    Bytes bytes(size);
    std::size_t at = 0;
    while (at < size) {
        const ssize_t count = ::recv(m_fd.get(), bytes.data() + at, size - at, 0);
        if (count == 0) throw agent_error("it hung up");
        if (count > 0) {
            at += static_cast<std::size_t>(count);
        } else {
            wait(Ready::read, errno, deadline);
        }
    }
    return bytes;
}

void SshAgent::wait(Ready ready, int error_number, const Deadline& deadline) {
    if (error_number == EINTR) return;
    if (error_number != EAGAIN && error_number != EWOULDBLOCK) {
        throw agent_error(std::generic_category().message(error_number));
    }
    if (!wait_ready(m_fd.get(), ready, deadline)) throw agent_error("it did not answer in time");
}

}  // namespace umsadm::remote
