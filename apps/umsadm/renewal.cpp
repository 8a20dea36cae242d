#include "renewal.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/registry/gateway.hpp"

#include "certificate_renewal.hpp"
#include "certificate_warnings.hpp"
#include "gateway_change.hpp"
#include "inventory_loading.hpp"
#include "renewal_view.hpp"
#include "rollout.hpp"
#include "rollout_view.hpp"
#include "signing_key.hpp"

namespace umsadm::app {
namespace {

Deployment failed_deployment(const std::string& gateway, const Error& error) {
    Deployment deployment;
    deployment.gateway = gateway;
    deployment.outcome = failed_outcome(error);
    return deployment;
}

struct ChosenGateways {
    std::vector<Gateway> gateways;
    std::vector<Deployment> unknown;  // named, and not in the site
};

// A name that there is not stops nobody else: a timer's command line may be older than the site.
ChosenGateways choose_gateways(const Site& site, const GatewayChoice& choice) {
    ChosenGateways chosen;
    GatewayChoice known = choice;
    known.names.clear();
    for (const std::string& name : choice.names) {
        try {
            (void)load_gateway(site, name);
            known.names.push_back(name);
        } catch (const Error& error) {
            chosen.unknown.push_back(failed_deployment(name, error));
        }
    }
    if (choice.empty()) known.all = true;
    const bool none = known.empty() || (known.all && load_gateways(site).empty());
    if (!none) chosen.gateways = chosen_gateways(site, known);
    return chosen;
}

std::vector<GatewayHistory> load_histories(const Site& site, const std::vector<Gateway>& gateways) {
    std::vector<GatewayHistory> histories;
    for (const Gateway& gateway : gateways) histories.push_back({gateway.name, load_journal(site, gateway.name)});
    return histories;
}

class RenewalRun {
public:
    RenewalRun(Context& ctx, const Site& site, const RenewOptions& options)
        : m_ctx(ctx),
          m_site(site),
          m_options(options),
          m_hooks(ctx, site, options.hooks),
          m_chosen(choose_gateways(site, options.gateways)),
          m_before(load_inventory(site)),
          m_plan(plan_renewals(load_histories(site, m_chosen.gateways), m_before, options.within, ctx.now())),
          m_deployments(m_plan.gateways.size()) {}

    ExitCode run() {
        for (const Deployment& unknown : m_chosen.unknown) {
            show_deployment(m_ctx.out, unknown);
            call_hook(unknown);
        }
        show_renewal_plan(m_ctx.out, m_plan);
        settle_what_has_no_work();
        if (m_options.each.dry_run) {
            preview();
        } else if (m_plan.has_work()) {
            change_with_hooks();
        }
        report();
        return code();
    }

private:
    struct Issued {
        std::optional<Fingerprint> fingerprint;
        std::optional<Error> error;
    };

    bool has_work(std::size_t i) const noexcept {
        return m_plan.gateways[i].step == RenewalStep::issue || m_plan.gateways[i].step == RenewalStep::deploy;
    }

    void settle_what_has_no_work() {
        const std::vector<std::string>& named = m_options.gateways.names;
        for (std::size_t i = 0; i < m_plan.gateways.size(); ++i) {
            const GatewayRenewal& gateway = m_plan.gateways[i];
            if (gateway.step == RenewalStep::cannot) {
                call_hook(m_deployments[i].emplace(unrenewable(gateway)));
            } else if (gateway.certificate == nullptr &&
                       std::find(named.begin(), named.end(), gateway.gateway) != named.end()) {
                // Who names a gateway counts on it.
                fail(i,
                     Error(Code::not_found,
                           fmt::format("gateway {} cannot be renewed: {}", in_quotes(gateway.gateway), gateway.reason),
                           fmt::format("put a certificate of the site there once, with \"umsadm keystore update {}\"",
                                       gateway.gateway)));
            }
        }
    }

    void change_with_hooks() {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < m_plan.gateways.size(); ++i) {
            if (has_work(i)) names.push_back(m_plan.gateways[i].gateway);
        }
        try {
            if (m_hooks.begin(names)) {
                issue();
                deploy();
            }
            leave_out();
        } catch (const Error& error) {
            // What the pre-hook opened is closed whatever happens.
            leave_out();
            m_hooks.finish(exit_code(error.code()));
            report();
            throw;
        }
        m_hooks.finish(code());
    }

    void issue() {
        IssuerKeys keys(m_ctx, m_site, m_options.root_key_password);
        for (const StoredCertificate* const current : m_plan.due) {
            m_ctx.cancellation.check();
            Issued& made = m_issued[current];
            try {
                made.fingerprint = with_context(fmt::format("renewing {}", in_quotes(current->label())), [&] {
                    return renew_certificate(m_ctx, m_site, *current, m_before, keys, {});
                });
            } catch (const Error& error) {
                // The others are renewed all the same.
                if (error.code() == Code::interrupted) throw;
                made.error = error;
            }
        }
        m_after.emplace(load_inventory(m_site));
        for (const StoredCertificate* const current : m_plan.due) {
            const Issued& made = m_issued[current];
            if (!made.fingerprint) continue;
            const StoredCertificate& stored = *m_after->find(*made.fingerprint);
            m_ctx.out.text(fmt::format("renewed {}: created {}, until {}", in_quotes(current->label()),
                                       in_quotes(stored.label()), format_utc(stored.certificate.not_after())));
            warn_about(m_ctx.out, stored, *m_after, m_ctx.now());
        }
    }

    void deploy() {
        std::vector<std::size_t> whom;
        RolloutRequest request;
        for (std::size_t i = 0; i < m_plan.gateways.size(); ++i) {
            if (!has_work(i)) continue;
            const GatewayRenewal& gateway = m_plan.gateways[i];
            Fingerprint wanted = gateway.certificate->record.fingerprint;
            if (gateway.step == RenewalStep::issue) {
                const Issued& made = m_issued[gateway.certificate];
                if (made.error) {
                    fail(i, *made.error);
                    continue;
                }
                wanted = *made.fingerprint;
            }
            whom.push_back(i);
            request.targets.push_back({gateway.gateway, m_chosen.gateways[i].group, wanted});
        }
        roll_out_to(whom, std::move(request));
        remind_of_console(m_ctx.out, deployments());
        for (const std::size_t i : whom) call_hook(*m_deployments[i]);
    }

    // One gateway is shown with all its steps, as "keystore update" does.
    void roll_out_to(const std::vector<std::size_t>& whom, RolloutRequest request) {
        request.each = m_options.each;
        request.limits = m_options.limits;
        request.ask = false;
        request.recorded = false;  // the next call goes on by itself
        const Inventory& inventory = m_after ? *m_after : m_before;
        std::vector<Deployment> deployments;
        if (whom.size() == 1) {
            deployments.push_back(update_one(request.targets.front(), inventory));
            show_deployment(m_ctx.out, deployments.front());
        } else if (!whom.empty()) {
            deployments = roll_out(m_ctx, m_site, inventory, request);
            show_rollout(m_ctx.out, deployments);
        }
        for (std::size_t n = 0; n < whom.size(); ++n) m_deployments[whom[n]] = std::move(deployments[n]);
    }

    Deployment update_one(const RolloutTarget& target, const Inventory& inventory) {
        GatewayUpdateOptions each = m_options.each;
        each.certificate = "sha256:" + target.certificate->hex();
        try {
            return update_gateway(m_ctx, m_site, inventory, target.gateway, each);
        } catch (const Error& error) {
            return failed_deployment(target.gateway, error);
        }
    }

    void preview() {
        IssuerKeys keys(m_ctx, m_site, m_options.root_key_password);
        std::vector<std::size_t> whom;
        RolloutRequest request;
        for (std::size_t i = 0; i < m_plan.gateways.size(); ++i) {
            const GatewayRenewal& gateway = m_plan.gateways[i];
            if (gateway.step == RenewalStep::issue) {
                preview_issue(i, keys);
            } else if (gateway.step == RenewalStep::deploy) {
                whom.push_back(i);
                request.targets.push_back({gateway.gateway, {}, gateway.certificate->record.fingerprint});
            }
        }
        roll_out_to(whom, std::move(request));
    }

    // Whether it could be signed: what is not there yet cannot be proved against the gateway.
    void preview_issue(std::size_t i, IssuerKeys& keys) {
        const StoredCertificate& current = *m_plan.gateways[i].certificate;
        try {
            with_context(fmt::format("renewing {}", in_quotes(current.label())),
                         [&] { (void)signing_key_for(current, m_before, keys, m_ctx.now()); });
        } catch (const Error& error) {
            if (error.code() == Code::interrupted) throw;
            return fail(i, error);
        }
        Deployment& deployment = m_deployments[i].emplace();
        deployment.gateway = m_plan.gateways[i].gateway;
        deployment.certificate =
            fmt::format("{}@{}", current.record.name, next_generation(m_site, current.record.name));
        deployment.outcome.result = RunOutcome::planned;
        m_ctx.out.text(fmt::format("would make {} and put it onto gateway {}", in_quotes(deployment.certificate),
                                   in_quotes(deployment.gateway)));
    }

    void fail(std::size_t i, const Error& error) {
        const Deployment& deployment = m_deployments[i].emplace(failed_deployment(m_plan.gateways[i].gateway, error));
        show_deployment(m_ctx.out, deployment);
        call_hook(deployment);
    }

    void call_hook(const Deployment& deployment) {
        if (!m_options.each.dry_run) m_hooks.after(deployment);
    }

    // What has not begun when everything ends.
    void leave_out() {
        for (std::size_t i = 0; i < m_plan.gateways.size(); ++i) {
            if (!has_work(i) || m_deployments[i]) continue;
            Deployment& deployment = m_deployments[i].emplace();
            deployment.gateway = m_plan.gateways[i].gateway;
            deployment.outcome.result = RunOutcome::not_started;
            show_deployment(m_ctx.out, deployment);
            m_left_out = true;
        }
    }

    std::vector<Deployment> deployments() const {
        std::vector<Deployment> all = m_chosen.unknown;
        for (const auto& deployment : m_deployments) {
            if (deployment) all.push_back(*deployment);
        }
        return all;
    }

    ExitCode code() const {
        ExitCode code = deployments_exit_code(deployments());
        for (const AuthorityEnd& end : m_plan.authorities) {
            if (end.finding.severity == Severity::error) code = worst(code, ExitCode::refused);
        }
        if (m_hooks.failed()) code = worst(code, ExitCode::failed);
        return m_left_out && m_ctx.cancellation.requested() ? worst(code, ExitCode::interrupted) : code;
    }

    void report() {
        const Inventory now = load_inventory(m_site);
        RenewalReport report{deployments(), {}, now};
        for (const StoredCertificate* const current : m_plan.due) {
            const auto made = m_issued.find(current);
            if (made == m_issued.end() || !made->second.fingerprint) continue;
            report.issued.push_back(now.find(*made->second.fingerprint));
        }
        m_ctx.out.result(renewal_json(m_plan, report, m_hooks.json(), m_ctx.now()));
    }

    Context& m_ctx;
    const Site& m_site;
    const RenewOptions& m_options;
    RenewalHooks m_hooks;
    ChosenGateways m_chosen;
    Inventory m_before;
    RenewalPlan m_plan;                                    // of the chosen gateways, in their order
    std::vector<std::optional<Deployment>> m_deployments;  // of each gateway of the plan; empty: nothing became of it
    std::map<const StoredCertificate*, Issued> m_issued;   // by what is due
    std::optional<Inventory> m_after;                      // with what was issued
    bool m_left_out = false;                               // something has not begun
};

}  // namespace

ExitCode renew_gateways(Context& ctx, const RenewOptions& options) {
    SilentPrompt nobody;
    Context silent = ctx.speaking_through(ctx.out, nobody);
    const Site site = silent.open_site();
    std::optional<FileLock> lock;
    if (!options.each.dry_run) lock.emplace(site.lock_renewals(silent.lock_deadline()));
    return RenewalRun(silent, site, options).run();
}

}  // namespace umsadm::app
