#include "umsadm/deploy/probe.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/crypto/certificate_data.hpp"
#include "lib/deploy/http_reply.hpp"
#include "lib/deploy/tls_client.hpp"

namespace umsadm {
namespace {

std::string health_question(const Endpoint& endpoint) {
    return fmt::format(
        "GET /usg/check-status HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\n"
        "User-Agent: umsadm\r\nConnection: close\r\n\r\n",
        endpoint.to_string());
}

// One connection for one question; the answer is small.
Health read_health(TlsClient& tls, const Deadline& deadline) {
    std::string received;
    bool open = true;
    while (open && received.size() < k_max_http_reply) {
        open = tls.read_more(received, deadline);
        if (const auto reply = read_http_reply(received, !open)) return read_check_status(*reply);
    }
    return Health::unknown;
}

// The chain is known by then: a health page that does not answer is no reason to forget it.
template <typename Action>
void leniently(Action&& action) {
    try {
        std::forward<Action>(action)();
    } catch (const Error& error) {
        if (error.code() == Code::interrupted) throw;
    }
}

}  // namespace

std::string_view health_name(Health health) noexcept {
    switch (health) {
        case Health::absent: return "absent";
        case Health::init: return "init";
        case Health::ok: return "ok";
        case Health::warn: return "warn";
        case Health::err: return "err";
        case Health::unknown: return "unknown";
    }
    return "unknown";
}

struct PortLook::State {
    std::unique_ptr<Stream> stream;
    std::optional<TlsClient> tls;
    Probed seen;
    bool asked = false;       // the chain was taken, and what is to be asked was
    bool has_health = false;  // an answer about the health may come
};

PortLook::PortLook(Dial dial, ProbeRequest request) : m_dial(std::move(dial)), m_request(std::move(request)) {}

PortLook::~PortLook() = default;

void PortLook::begin() {
    if (m_state != nullptr) return;
    auto state = std::make_unique<State>();
    state->stream = m_dial(m_request.endpoint, m_request.deadline);
    if (state->stream == nullptr) {
        state->seen.nothing_reason = "connection refused";
        state->asked = true;
    } else {
        state->tls.emplace(*state->stream, m_request.endpoint.host);
        state->tls->say_hello(m_request.deadline);
    }
    m_state = std::move(state);
}

void PortLook::ask() {
    begin();
    State& state = *m_state;
    if (state.asked) return;
    TlsClient::Handshake handshake = state.tls->handshake(m_request.deadline);
    state.asked = true;
    if (handshake.chain.empty()) {
        state.seen.nothing_reason = fmt::format("no TLS: {}", printable(handshake.problem));
        return;
    }
    with_context(fmt::format("reading the certificates that {} serves", printable(m_request.endpoint.to_string())),
                 [&] {
                     for (openssl::CertPtr& x509 : handshake.chain)
                         state.seen.chain.push_back(certificate_from(std::move(x509)));
                 });
    state.seen.tls_version = handshake.version;
    if (!m_request.with_health || !handshake.problem.empty()) return;
    leniently([&] {
        state.tls->write(health_question(m_request.endpoint), m_request.deadline);
        state.has_health = true;
    });
}

Probed PortLook::finish() {
    ask();
    if (m_state->has_health) {
        leniently([&] { m_state->seen.health = read_health(*m_state->tls, m_request.deadline); });
    }
    return std::move(m_state->seen);
}

Probed probe_tls(const Dial& dial, const ProbeRequest& request) { return PortLook(dial, request).finish(); }

}  // namespace umsadm
