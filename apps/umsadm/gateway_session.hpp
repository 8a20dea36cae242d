#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "umsadm/base/secret.hpp"
#include "umsadm/deploy/execute.hpp"
#include "umsadm/deploy/observe.hpp"
#include "umsadm/deploy/probe.hpp"
#include "umsadm/jobs/update_keystore.hpp"
#include "umsadm/registry/gateway.hpp"
#include "umsadm/remote/remote_host.hpp"

#include "context.hpp"

namespace umsadm::app {

enum class Purpose { look, change };

// One gateway as a command works with it: its record with the login of this run, the connection, what is seen there.
class GatewaySession {
public:
    // `gateway` as load_gateway_for_run() made it. Nothing is connected yet.
    GatewaySession(Context& context, Gateway gateway, Purpose purpose = Purpose::look);

    const Gateway& gateway() const noexcept { return m_gateway; }

    // Connects at the first call.
    RemoteHost& host();
    std::unique_ptr<RemoteHost>& host_handle() noexcept { return m_host; }
    std::unique_ptr<RemoteHost> connect();

    // Looks at the gateway's TLS port: directly, or through its host with "--probe ssh".
    Probe probe();
    // The same while a change is made: it never connects by itself, because the change has to hold its lock again
    // first.
    Probe probe_of_change();
    // What is served now. Throws Code::unreachable when the port cannot be probed at all.
    Probed look_at_port();
    // Has the round trips of look_at_port() go on beside the login, which is about to begin. What look_at_port() then
    // returns may be as old as the login took, 5 s at most.
    void begin_look();

    // Reads configuration and keystore; changes nothing. With Purpose::change it tries to take the lock by the way
    // (ObserveRequest::to_change).
    const RemoteState& observe();
    // What observe() saw last; it looks when nobody did yet.
    const RemoteState& state() { return m_state ? *m_state : observe(); }
    // The passwords of the keystore: from the record or the command line, else from the gateway's configuration.
    StorePasswords passwords();
    // The key entry that is served: from the record or the command line, else from the configuration; may be empty.
    std::string alias();
    // The keystore, decoded, and what is served.
    CurrentOnGateway current();

private:
    ProbeRequest look_request(std::chrono::seconds timeout) const;
    template <typename Action>
    void try_early_look(Action&& action);

    Context& m_context;
    Gateway m_gateway;
    Purpose m_purpose;
    std::unique_ptr<RemoteHost> m_host;
    std::optional<RemoteState> m_state;
    std::unique_ptr<PortLook> m_look;  // that is under way
};

// The record of a gateway with the login of this run: command line before record before the site's defaults.
Gateway load_gateway_for_run(const Site& site, std::string_view name, const LoginOptions& given);

}  // namespace umsadm::app
