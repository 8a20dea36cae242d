#include "server_survey.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"
#include "umsadm/crypto/pem.hpp"
#include "umsadm/registry/last_seen.hpp"

#include "in_parallel.hpp"
#include "server_runs.hpp"

namespace umsadm::app {
namespace {

void look_at_ums_id(ServerSession& session, SurveyedServer& server, const std::optional<StoredUmsId>& main) {
    std::optional<Fingerprint> known;
    if (main) known = main->record.fingerprint;
    server.seen = session.look(known);
    if (known && server.seen->fingerprint == known) server.seen->certificate = main->certificate;
}

void fill_in(const LastSeen& last, SurveyedServer& server) {
    server.time = last.time;
    server.running = last.running;
    ServerUmsId seen;
    seen.fingerprint = last.fingerprint;
    if (!last.certificate_pem.empty()) seen.certificate = read_pem_certificates(last.certificate_pem).front();
    seen.restart_pending = last.restart_pending;
    server.seen = std::move(seen);
}

}  // namespace

std::vector<SurveyedServer> load_servers_for_run(const Site& site, const LoginOptions& given) {
    const SiteSettings settings = site.load_settings();
    std::vector<SurveyedServer> servers;
    for (Server& server : load_servers(site)) {
        SurveyedServer one;
        one.is_main = server.name == settings.main_server;
        one.server = for_this_run(std::move(server), given, settings.defaults);
        servers.push_back(std::move(one));
    }
    std::stable_partition(servers.begin(), servers.end(), [](const SurveyedServer& one) { return one.is_main; });
    return servers;
}

void survey_one(Context& ctx, ServerSession& session, SurveyedServer& server, const std::optional<StoredUmsId>& main) {
    server.running = false;
    server.not_running.clear();
    server.seen.reset();
    server.problem.reset();
    server.time = ctx.now();
    try {
        WebPort port = session.look_at_web_port();
        server.running = port.running;
        server.not_running = std::move(port.not_running);
        look_at_ums_id(session, server, main);
    } catch (const Error& error) {
        if (error.code() == Code::interrupted || error.code() == Code::needs_answer) throw;
        server.problem = error;
    }
}

void survey(Context& ctx, const Site& site, std::vector<SurveyedServer>& servers,
            const std::optional<StoredUmsId>& main) {
    in_parallel(servers.size(), [&](std::size_t i) {
        ServerSession session(ctx, servers[i].server);
        survey_one(ctx, session, servers[i], main);
    });
    for (const SurveyedServer& server : servers) remember(ctx, site, server);
}

void warn_of_open_runs(Context& ctx, const Site& site, const std::vector<SurveyedServer>& servers) {
    for (const SurveyedServer& server : servers) {
        if (const auto open = describe_open_server_run(ctx, site, server.server.name)) ctx.out.warning(*open);
    }
}

void remember(Context& ctx, const Site& site, const SurveyedServer& server) {
    if (!server.seen) return;
    LastSeen last;
    last.time = server.time.value_or(ctx.now());
    last.running = server.running;
    last.fingerprint = server.seen->fingerprint;
    if (server.seen->certificate) last.certificate_pem = server.seen->certificate->pem();
    last.restart_pending = server.seen->restart_pending;
    try {
        save_last_seen(site, server.server.name, last);
    } catch (const Error& error) {
        ctx.out.warning(
            fmt::format("what server {} showed could not be kept: {}", in_quotes(server.server.name), error.message()));
    }
}

void recall(const Site& site, std::vector<SurveyedServer>& servers) {
    for (SurveyedServer& server : servers) {
        if (const auto last = load_last_seen(site, server.server.name)) {
            fill_in(*last, server);
        } else {
            server.problem = Error(Code::not_found, "nothing was ever seen of it");
        }
    }
}

}  // namespace umsadm::app
