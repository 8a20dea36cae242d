#include "tls_server.hpp"

#include <array>
#include <csignal>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "umsadm/base/text.hpp"

namespace umsadm::test {
namespace {

namespace fs = std::filesystem;

struct FreeContext {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
struct FreeConnection {
    void operator()(SSL* connection) const noexcept { SSL_free(connection); }
};

std::string answer_for(const std::string& health) {
    if (health == "404") return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    const std::string body = "{\"status\": \"" + health + "\"}";
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

void answer_request(SSL* connection, const fs::path& folder) {
    std::string request;
    std::array<char, 1024> buffer{};
    std::size_t count = 0;
    while (request.find("\r\n\r\n") == std::string::npos) {
        if (SSL_read_ex(connection, buffer.data(), buffer.size(), &count) != 1) return;
        request.append(buffer.data(), count);
    }
    const fs::path health = folder / "health";
    if (request.rfind("GET /usg/check-status HTTP/1.1\r\n", 0) != 0 || !fs::exists(health)) return;
    const std::string answer = answer_for(std::string(trim(read_text_file(health, 100))));
    SSL_write_ex(connection, answer.data(), answer.size(), &count);
    SSL_shutdown(connection);
}

void serve_one(int fd, const fs::path& folder) {
    const fs::path loaded = folder / "loaded.pem";
    if (!fs::exists(loaded)) return;
    const std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_server_method()));
    if (fs::exists(folder / "tls12")) SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
    if (SSL_CTX_use_certificate_chain_file(context.get(), loaded.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context.get(), loaded.c_str(), SSL_FILETYPE_PEM) != 1) {
        return;
    }
    const std::unique_ptr<SSL, FreeConnection> connection(SSL_new(context.get()));
    SSL_set_fd(connection.get(), fd);
    if (SSL_accept(connection.get()) == 1) answer_request(connection.get(), folder);
    ERR_clear_error();
}

}  // namespace

TlsServer::TlsServer(Path folder) : m_folder(std::move(folder)) {
    std::signal(SIGPIPE, SIG_IGN);
    m_listener = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(m_listener.get(), generic, size) != 0 || ::listen(m_listener.get(), 16) != 0 ||
        ::getsockname(m_listener.get(), generic, &size) != 0) {
        throw std::runtime_error("no loopback port");
    }
    m_port = ntohs(address.sin_port);
    m_thread = std::thread([this] { serve(); });
}

TlsServer::~TlsServer() {
    m_stop = true;
    m_thread.join();
}

void TlsServer::serve() {
    while (!m_stop) {
        pollfd entry{m_listener.get(), POLLIN, 0};
        if (::poll(&entry, 1, 20) <= 0) continue;
        const UniqueFd fd(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!fd) continue;
        const timeval limit{2, 0};
        ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        serve_one(fd.get(), m_folder);
    }
}

}  // namespace umsadm::test
