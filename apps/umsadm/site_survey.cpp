#include "site_survey.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "umsadm/base/error.hpp"
#include "umsadm/base/stream.hpp"

#include "gateway_session.hpp"
#include "in_parallel.hpp"
#include "server_runs.hpp"

namespace umsadm::app {
namespace {

GatewayFacts facts_without_runs(const Gateway& gateway) {
    return {.name = gateway.name,
            .endpoint = Endpoint{gateway.host, gateway.port}.to_string(),
            .health = gateway.health,
            .runs = {},
            .served = std::nullopt,
            .problem = std::nullopt,
            .labels = gateway.labels,
            .group = gateway.group};
}

std::map<std::string, Fingerprint> used_certificates(const std::vector<GatewayFacts>& gateways) {
    std::map<std::string, Fingerprint> used;
    for (const GatewayFacts& gateway : gateways) {
        if (const auto fingerprint = used_certificate(gateway.runs)) used.emplace(gateway.name, *fingerprint);
    }
    return used;
}

std::vector<Gateway> with_login(std::vector<Gateway> gateways, const LoginOptions& given,
                                const LoginOptions& defaults) {
    for (Gateway& gateway : gateways) gateway.login = overlay(given, overlay(gateway.login, defaults));
    return gateways;
}

}  // namespace

SiteSurvey::SiteSurvey(Context& ctx, const Site& site, const LoginOptions& given)
    : m_ctx(ctx),
      m_site(site),
      m_records(with_login(load_gateways(site), given, site.load_settings().defaults)),
      m_known(read(site, m_records)),
      m_main(load_main(site)),
      m_servers(load_servers_for_run(site, given)) {
    recall(site, m_servers);
    // Never seen is no failure: nobody tried.
    for (SurveyedServer& server : m_servers) server.problem.reset();
}

SiteSurvey::Known SiteSurvey::read(const Site& site, const std::vector<Gateway>& records) {
    std::vector<GatewayFacts> gateways;
    std::transform(records.begin(), records.end(), std::back_inserter(gateways), facts_without_runs);
    std::optional<Inventory> inventory;
    // A large site has thousands of files, and to decode the certificates takes as long as to read all journals.
    const auto read_part = [&](std::size_t number) {
        if (number == 0) {
            inventory.emplace(load_certificates(site), std::map<std::string, Fingerprint>{});
        } else {
            GatewayFacts& gateway = gateways[number - 1];
            gateway.runs = Journal(site.gateway_journal(gateway.name), Clock{}).load();
        }
    };
    in_parallel(records.size() + 1, read_part, processors());
    inventory->set_used(used_certificates(gateways));
    return {std::move(gateways), std::move(*inventory)};
}

void SiteSurvey::ask_all() {
    m_offline = false;
    in_parallel(m_servers.size() + m_records.size(), [&](std::size_t number) {
        if (number < m_servers.size()) {
            ServerSession session(m_ctx, m_servers[number].server);
            survey_one(m_ctx, session, m_servers[number], m_main);
        } else {
            ask_gateway(number - m_servers.size());
        }
    });
    for (const SurveyedServer& server : m_servers) remember(m_ctx, m_site, server);
}

void SiteSurvey::ask_gateway(std::size_t number) {
    GatewaySession session(m_ctx, m_records[number]);
    try {
        m_known.gateways[number].served = session.look_at_port();
    } catch (const Error& error) {
        if (error.code() == Code::interrupted || error.code() == Code::needs_answer) throw;
        m_known.gateways[number].problem = error;
    }
}

SiteFacts SiteSurvey::facts(long soon_days) const {
    SiteFacts facts{.inventory = m_known.inventory,
                    .gateways = m_known.gateways,
                    .servers = {},
                    .main_ums_id = std::nullopt,
                    .registered = registered_fingerprint(m_site),
                    .offline = m_offline,
                    .soon_days = soon_days,
                    .now = m_ctx.now()};
    if (m_main) facts.main_ums_id = m_main->certificate;
    for (const SurveyedServer& one : m_servers) {
        const bool unfinished = unfinished_run(load_server_runs(m_site, one.server.name)) != nullptr;
        facts.servers.push_back({one.server.name, one.server.host, one.is_main, unfinished, one.running,
                                 one.not_running, one.seen, one.problem, one.time});
    }
    return facts;
}

}  // namespace umsadm::app
