#pragma once

#include <optional>
#include <vector>

#include "umsadm/jobs/site_status.hpp"
#include "umsadm/registry/gateway.hpp"
#include "umsadm/registry/login.hpp"

#include "context.hpp"
#include "main_ums_id_loading.hpp"
#include "server_survey.hpp"

namespace umsadm::app {

// What the site knows, each file read once, and what was seen where somebody was asked. It stays in its place: the
// facts refer to the inventory.
class SiteSurvey {
public:
    // Connects nowhere: of the servers what was seen last is told.
    SiteSurvey(Context& ctx, const Site& site, const LoginOptions& given);

    // Asks all gateways and servers in parallel: the TLS ports of the gateways, the servers as "id show" does. What
    // could not be asked says why; only an interruption and a question that nobody can answer are thrown.
    void ask_all();

    SiteFacts facts(long soon_days) const;

    SiteSurvey(const SiteSurvey&) = delete;
    SiteSurvey& operator=(const SiteSurvey&) = delete;

private:
    // What stands in the files of the site about its gateways and certificates.
    struct Known {
        std::vector<GatewayFacts> gateways;
        Inventory inventory;
    };
    static Known read(const Site& site, const std::vector<Gateway>& records);
    void ask_gateway(std::size_t number);

    Context& m_ctx;
    const Site& m_site;
    std::vector<Gateway> m_records;
    Known m_known;
    std::optional<StoredUmsId> m_main;
    std::vector<SurveyedServer> m_servers;
    bool m_offline = true;
};

}  // namespace umsadm::app
