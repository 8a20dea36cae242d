#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "umsadm/base/secret.hpp"
#include "umsadm/deploy/probe.hpp"
#include "umsadm/deploy/ums_id_store.hpp"
#include "umsadm/jobs/ums_id.hpp"
#include "umsadm/registry/server.hpp"
#include "umsadm/remote/remote_host.hpp"

#include "context.hpp"

namespace umsadm::app {

// What the web port of a server showed.
struct WebPort {
    bool running = false;     // it answered with TLS
    std::string not_running;  // why not
    std::string tls_version;  // "TLSv1.3"
};

// One server as a command works with it: its record with the login of this run, the connection, what is seen there.
// Sessions of different servers may be used in different threads; one session in one thread at a time.
class ServerSession {
public:
    // `server` as for_this_run() made it. Nothing is connected yet.
    ServerSession(Context& context, Server server);

    const Server& server() const noexcept { return m_server; }

    // Connects at the first call.
    RemoteHost& host();
    std::unique_ptr<RemoteHost>& host_handle() noexcept { return m_host; }
    // Another connection.
    std::unique_ptr<RemoteHost> connect();

    // The store of its UMS ID, over the connection of this moment. It must not be used after that one was replaced.
    std::unique_ptr<UmsIdStore> store();
    // Of the PKCS#12 file of a file store; null for umsadmin-cli.
    const Secret* file_password();
    ServerUmsId identify(const UmsIdReading& reading);
    // Looks at its UMS ID and changes nothing. `known`: a fingerprint whose certificate the caller has.
    ServerUmsId look(const std::optional<Fingerprint>& known = std::nullopt);

    Endpoint web_endpoint() const { return {m_server.host, m_server.web_port}; }
    // Looks at the server's web port: directly, or through its host with "--probe ssh".
    Probe probe();
    // The same while a change is made: it never connects by itself, because the change has to hold its lock again
    // first.
    Probe probe_of_change();
    // A port that cannot be reached is one that does not run. Throws what connecting to the host throws with
    // "--probe ssh", and Code::interrupted.
    WebPort look_at_web_port();

private:
    Context& m_context;
    Server m_server;
    std::unique_ptr<RemoteHost> m_host;
};

// A record with the login of this run: command line before record before the site's defaults.
Server for_this_run(Server server, const LoginOptions& given, const LoginOptions& defaults);
Server load_server_for_run(const Site& site, std::string_view name, const LoginOptions& given);

}  // namespace umsadm::app
