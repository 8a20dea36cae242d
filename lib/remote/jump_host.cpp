#include "umsadm/remote/jump_host.hpp"

#include <mutex>
#include <vector>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/remote/jump_connection.hpp"

namespace umsadm {
namespace {

constexpr int k_most_lost_connections = 3;

}  // namespace

class JumpHost::Connections {
public:
    Connections(SshTarget target, std::string name) : m_target(std::move(target)), m_name(std::move(name)) {}

    std::shared_ptr<remote::JumpConnection> usable() {
        const std::lock_guard lock(m_mutex);
        std::erase_if(m_all, [](const auto& connection) { return connection->is_over() && !connection->refusal(); });
        for (const auto& connection : m_all) {
            if (const auto refusal = connection->refusal()) throw Error(*refusal);
            if (!connection->is_held_up()) return connection;
        }
        m_all.push_back(std::make_shared<remote::JumpConnection>(m_target, m_name));
        return m_all.back();
    }

private:
    SshTarget m_target;
    std::string m_name;
    std::mutex m_mutex;
    std::vector<std::shared_ptr<remote::JumpConnection>> m_all;
};

JumpHost::JumpHost(SshTarget target)
    : m_name(fmt::format("{}@{}", printable(target.login.user), printable(target.endpoint.to_string()))),
      m_connections(std::make_unique<Connections>(std::move(target), m_name)) {}

JumpHost::~JumpHost() = default;

SshSocket JumpHost::open(const Endpoint& endpoint, const Deadline& deadline) {
    for (int lost = 0;;) {
        remote::JumpConnection::Opened opened = m_connections->usable()->open(endpoint, deadline);
        if (opened.socket) return std::move(*opened.socket);
        // Nothing was said to the host behind yet, so another connection may be tried.
        if (opened.lost && ++lost == k_most_lost_connections) throw Error(*opened.lost);
    }
}

SshDial dial_through(std::shared_ptr<JumpHost> jump) {
    return [jump = std::move(jump)](const Endpoint& endpoint, const Deadline& deadline) {
        SshSocket socket = jump->open(endpoint, deadline);
        // The tunnel ends with the jump host, so whoever holds the one holds the other.
        socket.why_it_ended = [jump, why = std::move(socket.why_it_ended)] { return why(); };
        return socket;
    };
}

}  // namespace umsadm
