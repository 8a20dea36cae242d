#include "umsadm/jobs/site_status.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/jobs/status_remarks.hpp"

namespace umsadm {
namespace {

bool is_no_access(Code code) noexcept {
    return code == Code::unreachable || code == Code::login_refused || code == Code::host_key;
}

class ServerJudge {
public:
    ServerJudge(const ServerFacts& facts, const std::optional<Fingerprint>& main, bool offline, StatusRemarks& remarks)
        : m_facts(facts), m_main(main), m_offline(offline), m_remarks(remarks) {}

    ServerStatus run() const {
        ServerStatus status{m_facts.name, m_facts.host, std::nullopt, status_of(m_facts.is_main, m_main, m_facts.seen),
                            std::nullopt, m_facts.time};
        if (m_facts.time) status.running = m_facts.running;
        if (m_facts.seen) status.fingerprint = m_facts.seen->fingerprint;
        look_at_journal();
        look_at_service();
        if (m_facts.problem) {
            say_why_unknown(*m_facts.problem);
        } else {
            look_at_ums_id(status);
        }
        return status;
    }

private:
    void add(Severity severity, std::string_view code, std::string text, std::string_view command) const {
        m_remarks.add({"server",
                       m_facts.name,
                       {severity, std::string(code), std::move(text)},
                       false,
                       fmt::format("umsadm {}", command)});
    }

    void look_at_journal() const {
        if (!m_facts.unfinished_run) return;
        add(Severity::warning, "unfinished-run",
            "a change of its UMS ID has no end: it is under way, or it was cut off", "id sync --dry-run");
    }

    void look_at_service() const {
        if (!m_facts.time || m_facts.running) return;
        const std::string why = m_facts.not_running.empty() ? "" : ": " + printable(m_facts.not_running);
        add(Severity::warning, "not-running", "its web port does not answer" + why,
            fmt::format("server check {}", m_facts.name));
    }

    void say_why_unknown(const Error& problem) const {
        const bool no_access = is_no_access(problem.code());
        Finding finding{Severity::error, "ums-id-unreadable",
                        fmt::format("its UMS ID is unknown: {}", problem.message())};
        if (no_access) finding.code = code_name(problem.code());
        m_remarks.add(
            {"server", m_facts.name, std::move(finding), true, fmt::format("umsadm server check {}", m_facts.name)});
    }

    void look_at_ums_id(const ServerStatus& status) const {
        if (!m_facts.seen || !m_main || status.ums_id != UmsIdStatus::restart_needed) return;
        const std::string when =
            m_offline && m_facts.time ? fmt::format(", as seen on {}", format_utc(*m_facts.time)) : "";
        if (!status.fingerprint) {
            add(Severity::warning, "no-ums-id", "it has no UMS ID" + when, "id sync --restart --dry-run");
        } else if (status.fingerprint == m_main) {
            add(Severity::warning, "restart-needed", "it has the Main UMS ID and was not restarted since" + when,
                "id sync --restart --dry-run");
        } else {
            add(Severity::error, "ums-id-differs", "it has another UMS ID than the Main UMS ID" + when,
                "id sync --restart --dry-run");
        }
    }

    const ServerFacts& m_facts;
    const std::optional<Fingerprint>& m_main;
    bool m_offline;
    StatusRemarks& m_remarks;
};

std::optional<bool> judge_main(const SiteFacts& facts, StatusRemarks& remarks) {
    if (!facts.main_ums_id) {
        if (facts.servers.empty()) return std::nullopt;
        remarks.add({"ums-id",
                     "",
                     {Severity::info, "no-main-ums-id", "the site knows no Main UMS ID: nobody can say who is in sync"},
                     false,
                     "umsadm id adopt"});
        return std::nullopt;
    }
    remarks.judge_end("ums-id", "", "the Main UMS ID", *facts.main_ums_id, "umsadm id show");
    if (!facts.registered) return std::nullopt;
    const bool same = *facts.registered == facts.main_ums_id->fingerprint();
    if (!same) {
        remarks.add({"ums-id",
                     "",
                     {Severity::warning, "not-registered",
                      "the license portal has another UMS ID, as far as the site was told"},
                     false,
                     "umsadm id show"});
    }
    return same;
}

}  // namespace

Expiry expiry_of(UtcTime end, UtcTime now, long soon_days) noexcept {
    if (end <= now) return Expiry::expired;
    return days_left(end, now) <= soon_days ? Expiry::soon : Expiry::later;
}

std::string_view served_state_name(ServedState state) noexcept {
    switch (state) {
        case ServedState::as_installed: return "as-installed";
        case ServedState::differs: return "differs";
        case ServedState::nothing_served: return "nothing-served";
        case ServedState::never_deployed: return "never-deployed";
        case ServedState::not_asked: return "not-asked";
        case ServedState::unknown: break;
    }
    return "unknown";
}

bool SiteStatus::needs_attention() const noexcept {
    return count(Severity::error) != 0 || count(Severity::warning) != 0;
}

std::size_t SiteStatus::count(Severity severity) const noexcept {
    return static_cast<std::size_t>(std::count_if(
        remarks.begin(), remarks.end(), [&](const Remark& remark) { return remark.finding.severity == severity; }));
}

SiteStatus assemble_site_status(const SiteFacts& facts) {
    StatusRemarks remarks(facts.now, facts.soon_days);
    SiteStatus status;
    status.time = facts.now;
    status.offline = facts.offline;
    status.soon_days = facts.soon_days;
    status.main_ums_id = facts.main_ums_id;
    for (const GatewayFacts& gateway : facts.gateways) {
        status.gateways.push_back(judge_gateway(gateway, facts.inventory, facts.now, remarks));
    }
    std::optional<Fingerprint> main;
    if (facts.main_ums_id) main = facts.main_ums_id->fingerprint();
    for (const ServerFacts& server : facts.servers) {
        status.servers.push_back(ServerJudge(server, main, facts.offline, remarks).run());
    }
    status.main_is_registered = judge_main(facts, remarks);
    status.certificates = judge_certificates(facts.inventory, status.gateways, remarks);
    std::move(remarks).hand_over(status);
    return status;
}

}  // namespace umsadm
