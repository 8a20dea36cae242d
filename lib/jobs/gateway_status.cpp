#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/jobs/status_remarks.hpp"

namespace umsadm {
namespace {

// When this certificate was last seen served, as far as the journal tells.
std::optional<UtcTime> last_verified(const std::vector<JournalRun>& runs, const Fingerprint& installed) noexcept {
    const auto found = std::find_if(runs.rbegin(), runs.rend(), [&](const JournalRun& run) {
        return is_installation(run) && run.end->verified && run.facts.new_leaf == installed;
    });
    if (found == runs.rend()) return std::nullopt;
    return found->end->time;
}

class GatewayJudge {
public:
    GatewayJudge(const GatewayFacts& facts, const Inventory& inventory, UtcTime now, StatusRemarks& remarks)
        : m_facts(facts), m_inventory(inventory), m_now(now), m_remarks(remarks) {
        m_status.name = facts.name;
        m_status.endpoint = facts.endpoint;
        m_status.labels = facts.labels;
        m_status.group = facts.group;
    }

    GatewayStatus run() && {
        look_at_journal();
        look_at_port();
        if (m_status.state == ServedState::differs) say_what_differs();
        if (m_status.certificate) {
            m_status.certificate_name = m_inventory.name_of(m_status.certificate->fingerprint());
            m_remarks.judge_end("gateway", m_facts.name,
                                fmt::format("its certificate {}", in_quotes(m_status.certificate_name)),
                                *m_status.certificate, end_command());
        }
        look_at_health();
        look_for_newer();
        return std::move(m_status);
    }

private:
    void add(Severity severity, std::string_view code, std::string text, std::string_view command) {
        m_remarks.add({"gateway",
                       m_facts.name,
                       {severity, std::string(code), std::move(text)},
                       false,
                       fmt::format("umsadm {} {}", command, m_facts.name)});
    }

    void look_at_journal() {
        if (const JournalRun* const run = newest_installation(m_facts.runs); run != nullptr) {
            m_status.installed = run->facts.new_leaf;
            m_status.installed_name = m_inventory.name_of(run->facts.new_leaf);
            m_status.last_verified = last_verified(m_facts.runs, run->facts.new_leaf);
            if (const StoredCertificate* const stored = m_inventory.find(run->facts.new_leaf); stored != nullptr) {
                m_status.certificate = stored->certificate;
                m_status.newest = m_inventory.newest(stored->record.name);
            }
        }
        if (const JournalRun* const open = unfinished_run(m_facts.runs); open != nullptr) {
            add(Severity::warning, "unfinished-run",
                fmt::format("a run that began on {} has no end: it is under way, or it was cut off",
                            format_utc(open->facts.started)),
                "gateway check");
        }
    }

    void look_at_port() {
        if (m_facts.problem) {
            m_status.state = ServedState::unknown;
            Finding finding{Severity::error, "port-unreachable",
                            fmt::format("what it serves is unknown: {}", m_facts.problem->message())};
            m_remarks.add({"gateway", m_facts.name, std::move(finding), true,
                           fmt::format("umsadm gateway check {}", m_facts.name)});
        } else if (!m_facts.served) {
            m_status.state = m_status.installed ? ServedState::not_asked : ServedState::never_deployed;
        } else if (m_facts.served->chain.empty()) {
            m_status.state = ServedState::nothing_served;
            add(Severity::error, "not-served",
                fmt::format("it serves nothing: {}", printable(m_facts.served->nothing_reason)), "gateway check");
        } else {
            compare(m_facts.served->chain.front());
        }
    }

    void compare(const Certificate& leaf) {
        m_status.served = leaf.fingerprint();
        m_status.certificate = leaf;
        m_status.health = m_facts.served->health;
        if (!m_status.installed) {
            m_status.state = ServedState::never_deployed;
        } else if (*m_status.installed == leaf.fingerprint()) {
            m_status.state = ServedState::as_installed;
            m_status.last_verified = m_now;
        } else {
            m_status.state = ServedState::differs;
        }
    }

    void say_what_differs() {
        add(Severity::error, "served-differs",
            fmt::format("it serves {}, and {} was installed", in_quotes(m_inventory.name_of(*m_status.served)),
                        in_quotes(m_status.installed_name)),
            "gateway check");
        const StoredCertificate* const installed = m_inventory.find(*m_status.installed);
        if (installed == nullptr) return;
        const Chain served_chain = m_inventory.chain_of(*m_status.certificate, m_now);
        const Chain installed_chain = m_inventory.chain_of(installed->certificate, m_now);
        if (!served_chain.complete || !installed_chain.complete) return;
        if (same_authority(served_chain.top(), installed_chain.top())) return;
        add(Severity::error, "root-differs",
            fmt::format("what it serves comes from the root {}, and devices know {}",
                        in_quotes(served_chain.top().subject()), in_quotes(installed_chain.top().subject())),
            "gateway check");
    }

    void look_at_health() {
        if (!m_status.health || m_facts.health == HealthRule::off) return;
        if (*m_status.health == Health::err) {
            add(Severity::error, "health-err", "its health page says \"err\"", "gateway check");
        } else if (m_facts.health == HealthRule::require && *m_status.health != Health::ok) {
            add(Severity::error, "health",
                fmt::format("its health page says \"{}\", and \"ok\" is required", health_name(*m_status.health)),
                "gateway check");
        }
    }

    // A renewal that is there already and can be deployed.
    const StoredCertificate* newer() const {
        const StoredCertificate* const newest = m_status.newest;
        if (newest == nullptr || newest->record.fingerprint == *m_status.installed) return nullptr;
        if (newest->record.fingerprint == m_status.served) return nullptr;
        if (!newest->has_key_file() || newest->certificate.not_after() <= m_now) return nullptr;
        return newest;
    }

    std::string end_command() const {
        if (newer() != nullptr) return fmt::format("umsadm keystore update {}", m_facts.name);
        return fmt::format("umsadm cert renew --gateway {}", m_facts.name);
    }

    void look_for_newer() {
        const StoredCertificate* const newest = newer();
        if (newest == nullptr) return;
        add(Severity::warning, "not-deployed",
            fmt::format("the site has {} for it, and {} was installed", in_quotes(newest->label()),
                        in_quotes(m_status.installed_name)),
            "keystore update");
    }

    const GatewayFacts& m_facts;
    const Inventory& m_inventory;
    UtcTime m_now;
    StatusRemarks& m_remarks;
    GatewayStatus m_status;
};

}  // namespace

GatewayStatus judge_gateway(const GatewayFacts& facts, const Inventory& inventory, UtcTime now,
                            StatusRemarks& remarks) {
    return GatewayJudge(facts, inventory, now, remarks).run();
}

}  // namespace umsadm
