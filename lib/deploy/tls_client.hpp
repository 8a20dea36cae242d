#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "umsadm/base/stream.hpp"

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

// A TLS client over a Stream that takes any certificate: it looks at a server, it trusts nobody.
class TlsClient {
public:
    // `server_name` is sent as SNI when it is a DNS name. The stream has to outlive this object.
    TlsClient(Stream& stream, const std::string& server_name);
    ~TlsClient();
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    struct Handshake {
        std::vector<openssl::CertPtr> chain;  // as sent, leaf first; empty: nothing was shown
        std::string version;                  // "TLSv1.3"
        std::string problem;                  // why there is no connection; empty: there is one
    };
    // Sends the first message of the handshake and waits for nothing. May be left out. A connection that is lost here
    // is an answer of handshake().
    void say_hello(const Deadline& deadline);
    // What the server does, closing the connection included, is an answer. Throws when it is silent until the deadline.
    Handshake handshake(const Deadline& deadline);

    void write(std::string_view text, const Deadline& deadline);
    // Appends what comes to `text`; false at the end of the connection, orderly or not.
    bool read_more(std::string& text, const Deadline& deadline);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace umsadm
