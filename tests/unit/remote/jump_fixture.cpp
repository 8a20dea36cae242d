#include "unit/remote/jump_fixture.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "umsadm/base/text.hpp"

namespace umsadm::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

UniqueFd listen_somewhere(int queue, std::uint16_t& port) {
    UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::listen(listener.get(), queue) != 0 ||
        ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw std::runtime_error("cannot listen on a loopback port");
    }
    port = ntohs(address.sin_port);
    return listener;
}

}  // namespace

LoopbackServer::LoopbackServer(Talk talk) : m_talk(std::move(talk)), m_listener(listen_somewhere(50, m_port)) {
    m_thread = std::thread([this] { accept_all(); });
}

LoopbackServer::~LoopbackServer() {
    m_stop = true;
    m_thread.join();
    for (std::thread& one : m_talks) one.join();
}

void LoopbackServer::accept_all() {
    while (!m_stop) {
        pollfd entry{m_listener.get(), POLLIN, 0};
        if (::poll(&entry, 1, 50) != 1) continue;
        m_talks.emplace_back([this, fd = ::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC)] {
            const UniqueFd connection(fd);
            m_talk(connection.get(), m_stop);
        });
    }
}

SilentPort::SilentPort() : m_listener(listen_somewhere(0, m_port)) {
    const sockaddr_in address = loopback(m_port);
    for (int i = 0; i < 3; ++i) {
        m_crowd.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        (void)::connect(m_crowd.back().get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
}

JumpWorld::JumpWorld(const std::vector<std::string>& bastion_config)
    : bastion(bastion_config),
      m_bastion_key(bastion.add_key("id_bastion", "-t ed25519 -N ''")),
      m_host_key(host.add_key("id_host", "-t ed25519 -N ''")) {}

SshTarget JumpWorld::bastion_target() const {
    SshTarget target = bastion.target("root");
    target.login.keys = {load_key(m_bastion_key)};
    return target;
}

SshTarget JumpWorld::target_through(const std::shared_ptr<JumpHost>& jump) const {
    SshTarget target = host.target("root");
    target.login.keys = {load_key(m_host_key)};
    target.dial = dial_through(jump);
    return target;
}

int JumpWorld::logins() const {
    int count = 0;
    for (const std::string& line : split(bastion.log(), '\n')) count += line.starts_with("Accepted publickey ") ? 1 : 0;
    return count;
}

void JumpWorld::cut_bastion_connection() const {
    const std::string listener(trim(read_text(bastion.folder() / "pid")));
    const std::string pid = shell(fmt::format("pgrep -n -P {}", listener)).out;
    if (::kill(std::stoi(pid), SIGKILL) != 0) throw std::runtime_error("cannot end " + pid);
}

std::string read_all(int fd, std::chrono::seconds limit) {
    const Deadline deadline = Deadline::in(limit);
    std::string text;
    std::array<char, 4096> buffer{};
    while (wait_ready(fd, Ready::read, deadline)) {
        const ssize_t count = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (count == 0) return text;
        if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
        if (count < 0 && errno != EAGAIN) break;
    }
    return text + " (no end)";
}

}  // namespace umsadm::test
