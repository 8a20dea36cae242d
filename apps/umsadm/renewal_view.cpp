#include "renewal_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "certificate_view.hpp"

namespace umsadm::app {
namespace {

Json certificates_json(const std::vector<const StoredCertificate*>& certificates, const Inventory& inventory,
                       UtcTime now) {
    Json items = Json::array();
    for (const StoredCertificate* const stored : certificates) {
        items.push_back(certificate_json(*stored, inventory, now));
    }
    return {{"items", std::move(items)}};
}

Json untouched_json(const RenewalPlan& plan) {
    Json items = Json::array();
    for (const GatewayRenewal& gateway : plan.gateways) {
        if (gateway.step != RenewalStep::nothing) continue;
        items.push_back(
            {{"gateway", gateway.gateway},
             {"certificate", gateway.certificate == nullptr ? Json(nullptr) : Json(gateway.certificate->label())},
             {"reason", printable(gateway.reason)}});
    }
    return {{"items", std::move(items)}};
}

void show_refusal(Output& out, const GatewayRenewal& gateway) {
    const std::string text = fmt::format("gateway {}: {}", in_quotes(gateway.gateway), gateway.finding->text);
    const std::string hint = fmt::format("\"umsadm explain {}\" says what to do", gateway.finding->code);
    if (gateway.finding->severity == Severity::error) {
        out.error(Error(Code::refused, text, hint));
    } else {
        out.warning(text);
        out.note(fmt::format("umsadm: hint: {}", hint));
    }
}

}  // namespace

Json renewal_json(const RenewalPlan& plan, const RenewalReport& report, const Json& hooks, UtcTime now) {
    Json json = deployments_json(report.deployments);
    json["due"] = certificates_json(plan.due, report.inventory, now);
    json["issued"] = certificates_json(report.issued, report.inventory, now);
    json["untouched"] = untouched_json(plan);
    Json ran{{"items", hooks}};
    json["hooks"] = std::move(ran);
    Findings findings;
    for (const AuthorityEnd& end : plan.authorities) findings.push_back(end.finding);
    json["findings"] = findings_json(findings);
    return json;
}

void show_renewal_plan(Output& out, const RenewalPlan& plan) {
    for (const GatewayRenewal& gateway : plan.gateways) {
        const std::string name = in_quotes(gateway.gateway);
        switch (gateway.step) {
            case RenewalStep::nothing:
                out.verbose(fmt::format("gateway {}: nothing to do: {}", name, gateway.reason));
                break;
            case RenewalStep::deploy:
            case RenewalStep::issue: out.note(fmt::format("gateway {}: {}", name, gateway.reason)); break;
            case RenewalStep::cannot: show_refusal(out, gateway); break;
        }
    }
    for (const AuthorityEnd& end : plan.authorities) {
        const std::string hint = "it is not renewed by a timer, devices have to get it first: docs/root-exchange.md";
        if (end.finding.severity == Severity::error) {
            out.error(Error(Code::refused, end.finding.text, hint));
        } else {
            out.warning(fmt::format("{}; {}", end.finding.text, hint));
        }
    }
}

Deployment unrenewable(const GatewayRenewal& gateway) {
    Deployment deployment;
    deployment.gateway = gateway.gateway;
    deployment.outcome.result = RunOutcome::skipped;
    if (gateway.certificate != nullptr) deployment.outcome.old_leaf = gateway.certificate->record.fingerprint;
    deployment.outcome.findings = {*gateway.finding};
    return deployment;
}

}  // namespace umsadm::app
