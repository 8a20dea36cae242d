#include "umsadm/deploy/probe.hpp"

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/crypto/certificate_data.hpp"
#include "lib/deploy/http_reply.hpp"
#include "lib/deploy/tls_client.hpp"

namespace umsadm {
namespace {

// One connection for one question; the answer is small.
Health ask_health(TlsClient& tls, const Endpoint& endpoint, const Deadline& deadline) {
    tls.write(fmt::format("GET /usg/check-status HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\n"
                          "User-Agent: umsadm\r\nConnection: close\r\n\r\n",
                          endpoint.to_string()),
              deadline);
    std::string received;
    bool open = true;
    while (open && received.size() < k_max_http_reply) {
        open = tls.read_more(received, deadline);
        if (const auto reply = read_http_reply(received, !open)) return read_check_status(*reply);
    }
    return Health::unknown;
}

// The chain is known by then: a health page that does not answer is no reason to forget it.
Health ask_health_leniently(TlsClient& tls, const Endpoint& endpoint, const Deadline& deadline) {
    try {
        return ask_health(tls, endpoint, deadline);
    } catch (const Error& error) {
        if (error.code() == Code::interrupted) throw;
        return Health::unknown;
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

Probed probe_tls(const Dial& dial, const ProbeRequest& request) {
    const std::unique_ptr<Stream> stream = dial(request.endpoint, request.deadline);
    Probed probed;
    if (stream == nullptr) {
        probed.nothing_reason = "connection refused";
        return probed;
    }
    TlsClient tls(*stream, request.endpoint.host);
    TlsClient::Handshake handshake = tls.handshake(request.deadline);
    if (handshake.chain.empty()) {
        probed.nothing_reason = fmt::format("no TLS: {}", printable(handshake.problem));
        return probed;
    }
    with_context(fmt::format("reading the certificates that {} serves", printable(request.endpoint.to_string())), [&] {
        for (openssl::CertPtr& x509 : handshake.chain) probed.chain.push_back(certificate_from(std::move(x509)));
    });
    probed.tls_version = handshake.version;
    if (request.with_health && handshake.problem.empty()) {
        probed.health = ask_health_leniently(tls, request.endpoint, request.deadline);
    }
    return probed;
}

}  // namespace umsadm
