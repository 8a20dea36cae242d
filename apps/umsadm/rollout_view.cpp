#include "rollout_view.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "umsadm/registry/rollout_record.hpp"

#include "certificate_view.hpp"

namespace umsadm::app {
namespace {

Style style_of(RunOutcome outcome) noexcept {
    switch (outcome) {
        case RunOutcome::updated:
        case RunOutcome::already_current: return Style::good;
        case RunOutcome::installed:
        case RunOutcome::planned:
        case RunOutcome::skipped: return Style::plain;
        case RunOutcome::not_started: return Style::warning;
        case RunOutcome::restored:
        case RunOutcome::failed: return Style::warning;
        case RunOutcome::restore_failed: return Style::bad;
    }
    return Style::plain;
}

std::vector<Cell> row_of(const Deployment& deployment) {
    const Outcome& outcome = deployment.outcome;
    return {deployment.gateway,
            {std::string(outcome_name(outcome.result)), style_of(outcome.result)},
            deployment.certificate.empty() ? "-" : deployment.certificate,
            end_cell(deployment.old_not_after),
            end_cell(deployment.new_not_after),
            fmt::format("{:.1f}", static_cast<double>(deployment.took.count()) / 1000),
            outcome.backup.empty() ? "-" : outcome.backup,
            outcome.error ? outcome.error->message() : "-"};
}

Table table_of(const std::vector<Deployment>& deployments) {
    Table table{{{"GATEWAY"},
                 {"OUTCOME"},
                 {"CERTIFICATE"},
                 {"OLD_EXPIRY"},
                 {"NEW_EXPIRY"},
                 {"SECONDS", Align::right},
                 {"BACKUP", Align::left, For::machines},
                 {"ERROR", Align::left, For::machines}},
                {}};
    for (const Deployment& deployment : deployments) table.rows.push_back(row_of(deployment));
    return table;
}

}  // namespace

void show_rollout(Output& out, const std::vector<Deployment>& deployments) {
    if (deployments.empty()) return out.text("nothing is left to do");
    out.table(table_of(deployments));
    std::map<RunOutcome, std::size_t> counts;
    for (const Deployment& deployment : deployments) ++counts[deployment.outcome.result];
    std::string words;
    for (const auto& [outcome, count] : counts) {
        words += fmt::format("{}{} {}", words.empty() ? "" : ", ", count, outcome_name(outcome));
    }
    out.text(fmt::format("{} gateways: {}", deployments.size(), words));
}

void hint_at_resume(Output& out, const std::vector<Deployment>& deployments) {
    const bool any_left = std::any_of(deployments.begin(), deployments.end(), [](const Deployment& deployment) {
        return deployment.outcome.result != RunOutcome::planned && !is_finished(deployment.outcome.result);
    });
    if (any_left) {
        out.note("next: repair what failed, then \"umsadm keystore update --resume\" takes up exactly what is left");
    }
}

}  // namespace umsadm::app
