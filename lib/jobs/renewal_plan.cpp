#include "umsadm/jobs/renewal_plan.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

std::string end_in_words(const StoredCertificate& stored, UtcTime now) {
    const UtcTime end = stored.certificate.not_after();
    if (end <= now) return fmt::format("{} has expired on {}", in_quotes(stored.label()), format_utc(end));
    const long left = days_left(end, now);
    return fmt::format("{} ends on {}, in {} day{}", in_quotes(stored.label()), format_utc(end), left,
                       left == 1 ? "" : "s");
}

// The last run that was to bring this certificate there; null when there was none.
const JournalRun* last_try(const std::vector<JournalRun>& runs, const Fingerprint& leaf) noexcept {
    const auto found =
        std::find_if(runs.rbegin(), runs.rend(), [&](const JournalRun& run) { return run.facts.new_leaf == leaf; });
    return found == runs.rend() ? nullptr : &*found;
}

bool was_installed(const std::vector<JournalRun>& runs, const Fingerprint& leaf) noexcept {
    return std::any_of(runs.begin(), runs.end(),
                       [&](const JournalRun& run) { return is_installation(run) && run.facts.new_leaf == leaf; });
}

class GatewayPlanner {
public:
    GatewayPlanner(const GatewayHistory& history, const Inventory& inventory, std::chrono::days within, UtcTime now)
        : m_runs(history.runs),
          m_inventory(inventory),
          m_within(within),
          m_now(now),
          m_open(unfinished_run(history.runs)),
          m_installation(newest_installation(history.runs)) {
        m_plan.gateway = history.gateway;
    }

    GatewayRenewal run() && {
        decide();
        return std::move(m_plan);
    }

private:
    void decide() {
        const JournalRun* const run = m_open != nullptr ? m_open : m_installation;
        if (run == nullptr) return set(RenewalStep::nothing, nullptr, "nothing was deployed to it yet");
        const StoredCertificate* const there = m_inventory.find(run->facts.new_leaf);
        if (m_open != nullptr && (there == nullptr || m_open->facts.action == RunAction::rollback)) {
            return refuse_open_run(there);
        }
        if (there == nullptr) {
            return set(RenewalStep::nothing, nullptr, "the site does not have the certificate that it uses");
        }
        const StoredCertificate& newest = *m_inventory.newest(there->record.name);
        if (m_open == nullptr && &newest == there) return decide_about_installed(newest);
        decide_about_newer(*there, newest);
    }

    // The gateway has the newest generation.
    void decide_about_installed(const StoredCertificate& installed) {
        const bool made_by_renewal = installed.record.origin == CertificateOrigin::renewed;
        if (made_by_renewal ? is_due_after_half(installed) : ends_within(installed)) return renew(installed);
        if (!m_installation->end->verified) return decide_about_unverified(installed);
        std::string why = end_in_words(installed, m_now);
        if (ends_within(installed)) why += "; a renewal made it, and half of its life is not over";
        set(RenewalStep::nothing, &installed, std::move(why));
    }

    // --no-restart and --no-verify are somebody's wish, for as long as what was there before lasts.
    void decide_about_unverified(const StoredCertificate& installed) {
        const auto used = used_certificate(m_runs);
        const StoredCertificate* const before = used ? m_inventory.find(*used) : nullptr;
        if (before == nullptr || !ends_within(*before)) {
            return set(RenewalStep::nothing, &installed,
                       fmt::format("{} is installed, and was not seen served yet", in_quotes(installed.label())));
        }
        set(RenewalStep::deploy, &installed,
            fmt::format("{} is installed, but was not seen served, and {}", in_quotes(installed.label()),
                        end_in_words(*before, m_now)));
    }

    // The site has another generation than the gateway, or a run to it was cut off.
    void decide_about_newer(const StoredCertificate& there, const StoredCertificate& newest) {
        if (newest.certificate.not_before() > m_now) {
            return set(RenewalStep::nothing, &there,
                       fmt::format("{} is valid from {}", in_quotes(newest.label()),
                                   format_utc(newest.certificate.not_before())));
        }
        if (was_rolled_back(newest)) return decide_about_rolled_back(there, newest);
        if (!newest.has_key_file()) return decide_without_key(there, newest);
        const bool expired = newest.certificate.not_after() <= m_now;
        if (is_due_after_half(newest) && (expired || can_issue(newest))) return renew(newest);
        set(RenewalStep::deploy, &newest, why_deploy(newest));
    }

    bool was_rolled_back(const StoredCertificate& newest) const noexcept {
        return m_open == nullptr && m_installation->facts.action == RunAction::rollback &&
               was_installed(m_runs, newest.record.fingerprint);
    }

    void decide_about_rolled_back(const StoredCertificate& there, const StoredCertificate& newest) {
        const std::string what = fmt::format("it was rolled back from {} to {} on {}", in_quotes(newest.label()),
                                             in_quotes(there.label()), format_utc(m_installation->facts.started));
        if (!ends_within(there)) return set(RenewalStep::nothing, &there, what);
        refuse(&there, {Severity::error, "rolled-back", fmt::format("{}, and {}", what, end_in_words(there, m_now))});
    }

    void decide_without_key(const StoredCertificate& there, const StoredCertificate& newest) {
        const std::string what = fmt::format("the private key of {} is {}", in_quotes(newest.label()),
                                             newest.has_key() ? "in a token and cannot leave it" : "not in the site");
        if (!ends_within(there)) return set(RenewalStep::nothing, &there, what);
        if (can_issue(newest)) return renew(newest);
        refuse(&there, {Severity::error, "key-missing", fmt::format("{}, and {}", what, end_in_words(there, m_now))});
    }

    void refuse_open_run(const StoredCertificate* there) {
        refuse(there, {Severity::error, "unfinished-run",
                       fmt::format("a {} that began on {} was cut off: which certificate it shall have is not known",
                                   m_open->facts.action == RunAction::rollback ? "rollback" : "run",
                                   format_utc(m_open->facts.started))});
    }

    std::string why_deploy(const StoredCertificate& newest) const {
        const std::string label = in_quotes(newest.label());
        if (m_open != nullptr) {
            return fmt::format("a run that began on {} has no end; {} goes there", format_utc(m_open->facts.started),
                               label);
        }
        const JournalRun* const tried = last_try(m_runs, newest.record.fingerprint);
        if (tried == nullptr || !tried->end) return fmt::format("{} was not deployed there yet", label);
        return fmt::format("the deployment of {} on {} ended with \"{}\"", label, format_utc(tried->facts.started),
                           outcome_name(tried->end->outcome));
    }

    bool can_issue(const StoredCertificate& stored) const {
        const Chain chain = m_inventory.chain_of(stored.certificate, m_now);
        return chain.certificates.size() > 1 && m_inventory.holder_of_key(chain.certificates[1]) != nullptr;
    }

    void renew(const StoredCertificate& stored) {
        const std::string why = end_in_words(stored, m_now);
        // What was made here and cannot be made again is a failure with a reason, which the attempt gives. What came
        // from elsewhere comes from there again: whoever sends it has time until the last third.
        if (stored.record.origin != CertificateOrigin::imported || can_issue(stored)) {
            return set(RenewalStep::issue, &stored, why);
        }
        const bool last_third = stored.certificate.not_after() - m_now <= std::chrono::seconds(m_within) / 3;
        refuse(&stored, {last_third ? Severity::error : Severity::warning, "renewed-elsewhere",
                         fmt::format("{}, and is signed by {}, whose key is not in the site", why,
                                     in_quotes(stored.certificate.issuer()))});
    }

    bool ends_within(const StoredCertificate& stored) const {
        return stored.certificate.not_after() - m_now <= m_within;
    }

    bool is_due_after_half(const StoredCertificate& stored) const {
        const auto life = stored.certificate.not_after() - stored.certificate.not_before();
        const auto left = stored.certificate.not_after() - m_now;
        return left <= std::min(std::chrono::seconds(m_within), life / 2);
    }

    void set(RenewalStep step, const StoredCertificate* certificate, std::string reason) {
        m_plan.step = step;
        m_plan.certificate = certificate;
        m_plan.reason = std::move(reason);
    }

    void refuse(const StoredCertificate* certificate, Finding finding) {
        set(RenewalStep::cannot, certificate, finding.text);
        m_plan.finding = std::move(finding);
    }

    const std::vector<JournalRun>& m_runs;
    const Inventory& m_inventory;
    std::chrono::days m_within;
    UtcTime m_now;
    const JournalRun* m_open;          // the last run, when it has no end
    const JournalRun* m_installation;  // what put the present keystore there; null: none of ours
    GatewayRenewal m_plan;
};

// Each once; and where one is made, nobody is sent the generation before.
void collect_due(RenewalPlan& plan) {
    std::map<std::string, const StoredCertificate*> due;
    for (const GatewayRenewal& gateway : plan.gateways) {
        if (gateway.step != RenewalStep::issue) continue;
        if (due.emplace(gateway.certificate->record.name, gateway.certificate).second) {
            plan.due.push_back(gateway.certificate);
        }
    }
    for (GatewayRenewal& gateway : plan.gateways) {
        if (gateway.step == RenewalStep::deploy && due.contains(gateway.certificate->record.name)) {
            gateway.step = RenewalStep::issue;
        }
    }
}

void judge_authorities(RenewalPlan& plan, const Inventory& inventory, std::chrono::days within, UtcTime now) {
    for (const GatewayRenewal& gateway : plan.gateways) {
        if (gateway.certificate == nullptr) continue;
        const std::vector<Certificate> chain = inventory.chain_of(gateway.certificate->certificate, now).certificates;
        for (std::size_t i = 1; i < chain.size(); ++i) {
            if (chain[i].not_after() - now > within) continue;
            const StoredCertificate* const authority = inventory.find(chain[i].fingerprint());
            const bool known = std::any_of(plan.authorities.begin(), plan.authorities.end(),
                                           [&](const AuthorityEnd& one) { return one.authority == authority; });
            if (known) continue;
            const bool expired = chain[i].not_after() <= now;
            const Severity severity = expired ? Severity::error : Severity::warning;
            plan.authorities.push_back(
                {authority,
                 {severity, expired ? "expired" : "expires-soon",
                  fmt::format("the {} {}", chain[i].is_self_signed() ? "root" : "intermediate CA",
                              end_in_words(*authority, now))}});
        }
    }
}

}  // namespace

bool RenewalPlan::has_work() const noexcept {
    return std::any_of(gateways.begin(), gateways.end(), [](const GatewayRenewal& gateway) {
        return gateway.step == RenewalStep::issue || gateway.step == RenewalStep::deploy;
    });
}

RenewalPlan plan_renewals(const std::vector<GatewayHistory>& histories, const Inventory& inventory,
                          std::chrono::days within, UtcTime now) {
    RenewalPlan plan;
    plan.gateways.reserve(histories.size());
    for (const GatewayHistory& history : histories) {
        plan.gateways.push_back(GatewayPlanner(history, inventory, within, now).run());
    }
    collect_due(plan);
    judge_authorities(plan, inventory, within, now);
    return plan;
}

}  // namespace umsadm
