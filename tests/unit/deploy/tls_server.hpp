#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "umsadm/base/file.hpp"
#include "umsadm/base/unique_fd.hpp"

namespace umsadm::test {

// A real TLS server on a free loopback port, with what a folder says at the moment of each connection:
//   loaded.pem  private key and chain that are served; missing: the connection is closed without a word
//   health      the answer to a request: "404", or the text between the quotes of {"status": ""}; missing: no answer
//   tls12       exists: TLS 1.2 is the newest version
class TlsServer {
public:
    explicit TlsServer(Path folder);
    ~TlsServer();
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;

    std::uint16_t port() const noexcept { return m_port; }

private:
    void serve();

    Path m_folder;
    UniqueFd m_listener;
    std::uint16_t m_port = 0;
    std::atomic<bool> m_stop{false};
    std::thread m_thread;
};

}  // namespace umsadm::test
