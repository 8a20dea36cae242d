#include "gateway_session.hpp"

#include <utility>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "login.hpp"
#include "probing.hpp"

namespace umsadm::app {
namespace {

// How long a look at a TLS port may take when nothing is waited for.
constexpr std::chrono::seconds k_look_timeout{10};
// One that was begun before the login.
constexpr std::chrono::seconds k_early_look_timeout{5};

bool is_complete(const Probed& seen, bool with_health) {
    return !seen.chain.empty() && !(with_health && seen.health == Health::unknown);
}

}  // namespace

GatewaySession::GatewaySession(Context& context, Gateway gateway, Purpose purpose)
    : m_context(context), m_gateway(std::move(gateway)), m_purpose(purpose) {}

// What goes wrong beside the login counts for nothing: the look that follows will say it.
template <typename Action>
void GatewaySession::try_early_look(Action&& action) {
    if (m_look == nullptr) return;
    try {
        action();
    } catch (const Error& error) {
        m_look.reset();
        if (error.code() == Code::interrupted) throw;
    }
}

std::unique_ptr<RemoteHost> GatewaySession::connect() { return m_context.connect(login_target(m_gateway), m_context); }

RemoteHost& GatewaySession::host() {
    if (!m_host) {
        m_host = connect();
        try_early_look([&] { m_look->ask(); });
    }
    return *m_host;
}

Probe GatewaySession::probe() {
    return probe_as_told(m_gateway.login, m_context.dial, [this]() -> RemoteHost& { return host(); });
}

Probe GatewaySession::probe_of_change() {
    return probe_as_told(m_gateway.login, m_context.dial, [this]() -> RemoteHost& {
        if (!m_host) throw Error(Code::unreachable, "there is no connection to look through");
        return *m_host;
    });
}

ProbeRequest GatewaySession::look_request(std::chrono::seconds timeout) const {
    return {
        .endpoint = {m_gateway.host, m_gateway.port},
        .with_health = m_gateway.health != HealthRule::off,
        .deadline = Deadline::in(timeout, &m_context.cancellation),
    };
}

Probed GatewaySession::look_at_port() {
    std::optional<Probed> seen;
    try_early_look([&] { seen = m_look->finish(); });
    m_look.reset();
    // A gateway may have lost patience with a login that took long: that is not its answer.
    if (seen && is_complete(*seen, m_gateway.health != HealthRule::off)) return std::move(*seen);
    return with_context(fmt::format("looking at what gateway {} serves", in_quotes(m_gateway.name)),
                        [&] { return probe()(look_request(k_look_timeout)); });
}

void GatewaySession::begin_look() {
    if (!is_probed_directly(m_gateway.login)) return;
    m_look = std::make_unique<PortLook>(m_context.dial, look_request(k_early_look_timeout));
    try_early_look([&] { m_look->begin(); });
}

const RemoteState& GatewaySession::observe() {
    const ObserveRequest request{
        .install_path = m_gateway.install_path,
        .keystore = m_gateway.keystore,
        .config = m_gateway.config,
        .config_needed = !m_gateway.store_password || m_gateway.keystore.empty(),
        .to_change = m_purpose == Purpose::change,
    };
    m_state = with_context(fmt::format("looking at gateway {}", in_quotes(m_gateway.name)),
                           [&] { return observe_gateway(host(), request); });
    return *m_state;
}

StorePasswords GatewaySession::passwords() {
    if (m_gateway.store_password) {
        return {m_context.secrets.read(m_gateway.store_password,
                                       fmt::format("password of the keystore of {}", in_quotes(m_gateway.name))),
                nullptr};
    }
    if (!state().config) throw Error(Code::failed, "the gateway's configuration was not read");
    const GatewayConfig& config = *state().config;
    return {&config.store_password, config.key_password ? &*config.key_password : nullptr};
}

std::string GatewaySession::alias() {
    if (!m_gateway.alias.empty() || !state().config) return m_gateway.alias;
    return state().config->alias;
}

CurrentOnGateway GatewaySession::current() {
    return {read_present_keystore(state().keystore, passwords(), alias()), look_at_port()};
}

Gateway load_gateway_for_run(const Site& site, std::string_view name, const LoginOptions& given) {
    Gateway gateway = load_gateway(site, name);
    gateway.login = overlay(given, overlay(gateway.login, site.load_settings().defaults));
    return gateway;
}

}  // namespace umsadm::app
