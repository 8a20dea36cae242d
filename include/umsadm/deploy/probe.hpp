#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/stream.hpp"
#include "umsadm/crypto/certificate.hpp"

namespace umsadm {

enum class Health { absent, init, ok, warn, err, unknown };  // absent: HTTP 404; unknown: no usable answer

std::string_view health_name(Health health) noexcept;

// What a TLS port shows, over one connection.
struct Probed {
    std::vector<Certificate> chain;   // as sent, leaf first; empty: nothing is served
    std::string nothing_reason;       // why nothing is served: "connection refused", or what TLS says
    std::string tls_version;          // "TLSv1.3"
    Health health = Health::unknown;  // only when it was asked for; read over the same connection as the chain
};

struct ProbeRequest {
    Endpoint endpoint;
    bool with_health = false;
    Deadline deadline;
};

// Opens a connection to the endpoint: directly, or through a host. Null: refused.
using Dial = std::function<std::unique_ptr<Stream>(const Endpoint&, const Deadline&)>;

// A look at a TLS port: connects, reads the chain whatever it is (it is compared, not trusted), and asks
// https://HOST:PORT/usg/check-status when wanted. Every function throws Code::unreachable when the port cannot be
// probed at all (no route, no such name, no answer in time).
class PortLook {
public:
    PortLook(Dial dial, ProbeRequest request);
    ~PortLook();

    // The parts of a look, for a caller who has something else to do while the server answers: begin() connects and
    // says hello, ask() takes the chain and sends the question about the health. A server may end a connection that is
    // left alone in between.
    void begin();
    void ask();
    // The rest, whatever was done before.
    Probed finish();

private:
    struct State;
    Dial m_dial;
    ProbeRequest m_request;
    std::unique_ptr<State> m_state;
};

// The whole look.
Probed probe_tls(const Dial& dial, const ProbeRequest& request);

// What a test replaces, and what execute() is given.
using Probe = std::function<Probed(const ProbeRequest&)>;

}  // namespace umsadm
