#include "deployment.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/text.hpp"

namespace umsadm::app {
namespace {

Json steps_json(const std::vector<StepReport>& steps) {
    Json list = Json::array();
    for (const StepReport& step : steps) {
        Json item = {{"step", step_name(step.step)}, {"ok", step.ok}, {"milliseconds", step.took.count()}};
        if (!step.detail.empty()) item["detail"] = printable(step.detail);
        list.push_back(std::move(item));
    }
    return list;
}

Json time_json(const std::optional<UtcTime>& time) { return time ? Json(format_utc(*time)) : Json(nullptr); }

ExitCode deployment_exit_code(const Outcome& outcome) {
    if (outcome.error) return exit_code(outcome.error->code());
    switch (outcome.result) {
        case RunOutcome::failed:
        case RunOutcome::not_started: return ExitCode::failed;
        case RunOutcome::restored: return ExitCode::restored;
        case RunOutcome::restore_failed: return ExitCode::restore_failed;
        default: break;
    }
    return has_errors(outcome.findings) ? ExitCode::refused : ExitCode::done;
}

}  // namespace

std::string headline(const Deployment& deployment) {
    const std::string gateway = in_quotes(deployment.gateway);
    const std::string certificate =
        deployment.certificate.empty() ? "its new certificate" : in_quotes(deployment.certificate);
    switch (deployment.outcome.result) {
        case RunOutcome::updated: return fmt::format("gateway {} updated: it serves {}", gateway, certificate);
        case RunOutcome::already_current:
            return fmt::format("gateway {} is already current: it serves {}", gateway, certificate);
        case RunOutcome::installed:
            return fmt::format("gateway {}: {} is installed, not verified", gateway, certificate);
        case RunOutcome::planned: return fmt::format("gateway {}: nothing was changed (dry run)", gateway);
        case RunOutcome::restored: return fmt::format("gateway {} failed, its old state is back", gateway);
        case RunOutcome::restore_failed:
            return fmt::format("gateway {} failed and could not be put back: act now", gateway);
        case RunOutcome::skipped: return fmt::format("gateway {} skipped: its certificate is not due", gateway);
        case RunOutcome::not_started: return fmt::format("gateway {} not started", gateway);
        case RunOutcome::failed: return fmt::format("gateway {} failed, nothing was changed", gateway);
    }
    return {};
}

Outcome failed_outcome(const Error& error) {
    Outcome outcome;
    outcome.result = error.code() == Code::restore_failed ? RunOutcome::restore_failed : RunOutcome::failed;
    outcome.error = error;
    return outcome;
}

bool ends_the_whole_run(const Error& error) noexcept {
    return error.code() == Code::interrupted || error.code() == Code::needs_answer || error.code() == Code::usage;
}

Json fingerprint_json(const std::optional<Fingerprint>& fingerprint) {
    return fingerprint ? Json(fingerprint->to_string()) : Json(nullptr);
}

Json deployment_json(const Deployment& deployment) {
    const Outcome& outcome = deployment.outcome;
    Json json = {{"gateway", deployment.gateway},
                 {"outcome", outcome_name(outcome.result)},
                 {"certificate", deployment.certificate.empty() ? Json(nullptr) : Json(deployment.certificate)},
                 {"old_fingerprint_sha256", fingerprint_json(outcome.old_leaf)},
                 {"new_fingerprint_sha256", fingerprint_json(outcome.new_leaf)},
                 {"old_not_after", time_json(deployment.old_not_after)},
                 {"new_not_after", time_json(deployment.new_not_after)},
                 {"backup", outcome.backup.empty() ? Json(nullptr) : Json(outcome.backup)},
                 {"verified", outcome.verified},
                 {"findings", findings_json(outcome.findings)},
                 {"steps", steps_json(outcome.steps)},
                 {"milliseconds", deployment.took.count()}};
    if (outcome.error) json["error"] = error_json(*outcome.error);
    return json;
}

Json deployments_json(const std::vector<Deployment>& deployments) {
    Json list = Json::array();
    std::map<std::string, int> counts;
    for (const Deployment& deployment : deployments) {
        list.push_back(deployment_json(deployment));
        ++counts[std::string(outcome_name(deployment.outcome.result))];
    }
    Json summary = {{"gateways", deployments.size()}};
    for (const auto& [outcome, count] : counts) summary[outcome] = count;
    return {{"deployments", std::move(list)}, {"summary", std::move(summary)}};
}

void show_deployment(Output& out, const Deployment& deployment) {
    const Outcome& outcome = deployment.outcome;
    if (outcome.error) out.error(*outcome.error);
    out.text(headline(deployment));
    if (!outcome.backup.empty()) out.text(fmt::format("  the keystore of before is {}", in_quotes(outcome.backup)));
    if (outcome.result == RunOutcome::installed) {
        out.text(fmt::format("  after its restart: umsadm keystore verify {}", deployment.gateway));
    }
}

void remind_of_console(Output& out, const std::vector<Deployment>& deployments) {
    const bool deployed_any = std::any_of(deployments.begin(), deployments.end(), [](const Deployment& deployment) {
        const RunOutcome result = deployment.outcome.result;
        return result == RunOutcome::updated || result == RunOutcome::installed;
    });
    if (!deployed_any) return;
    out.note(
        "the UMS Console does not know a certificate that was made here: import it there, with its key, "
        "see \"umsadm cert export --help\"");
}

ExitCode deployments_exit_code(const std::vector<Deployment>& deployments) {
    ExitCode code = ExitCode::done;
    for (const Deployment& deployment : deployments) code = worst(code, deployment_exit_code(deployment.outcome));
    return code;
}

}  // namespace umsadm::app
