#include "server_session.hpp"

#include <utility>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "login.hpp"
#include "probing.hpp"

namespace umsadm::app {
namespace {

// How long a look at the web port may take when nothing is waited for.
constexpr std::chrono::seconds k_look_timeout{10};

}  // namespace

ServerSession::ServerSession(Context& context, Server server) : m_context(context), m_server(std::move(server)) {}

std::unique_ptr<RemoteHost> ServerSession::connect() { return m_context.connect(login_target(m_server), m_context); }

RemoteHost& ServerSession::host() {
    if (!m_host) m_host = connect();
    return *m_host;
}

std::unique_ptr<UmsIdStore> ServerSession::store() { return open_ums_id_store(host(), m_server); }

const Secret* ServerSession::file_password() {
    if (m_server.ums_id_store != UmsIdStoreKind::file) return nullptr;
    return m_context.secrets.read(m_server.ums_id_password,
                                  fmt::format("password of the UMS ID of {}", in_quotes(m_server.name)));
}

ServerUmsId ServerSession::identify(const UmsIdReading& reading) { return umsadm::identify(reading, file_password()); }

ServerUmsId ServerSession::look(const std::optional<Fingerprint>& known) {
    return with_context(fmt::format("looking at the UMS ID of server {}", in_quotes(m_server.name)),
                        [&] { return identify(store()->look(known)); });
}

Probe ServerSession::probe() {
    return probe_as_told(m_server.login, m_context.dial, [this]() -> RemoteHost& { return host(); });
}

Probe ServerSession::probe_of_change() {
    return probe_as_told(m_server.login, m_context.dial, [this]() -> RemoteHost& {
        if (!m_host) throw Error(Code::unreachable, "there is no connection to look through");
        return *m_host;
    });
}

WebPort ServerSession::look_at_web_port() {
    // Connected first: that nobody gets in says nothing about the port.
    if (m_server.login.probe == ProbePath::ssh) host();
    const ProbeRequest request{.endpoint = web_endpoint(),
                               .deadline = Deadline::in(k_look_timeout, &m_context.cancellation)};
    try {
        const Probed probed = probe()(request);
        return {!probed.chain.empty(), probed.nothing_reason, probed.tls_version};
    } catch (const Error& error) {
        if (error.code() != Code::unreachable) throw;
        return {false, error.message(), {}};
    }
}

Server for_this_run(Server server, const LoginOptions& given, const LoginOptions& defaults) {
    server.login = overlay(given, overlay(server.login, defaults));
    return server;
}

Server load_server_for_run(const Site& site, std::string_view name, const LoginOptions& given) {
    return for_this_run(load_server(site, name), given, site.load_settings().defaults);
}

}  // namespace umsadm::app
