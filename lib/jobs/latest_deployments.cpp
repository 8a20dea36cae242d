#include "umsadm/jobs/latest_deployments.hpp"

#include <algorithm>
#include <utility>

namespace umsadm {
namespace {

using RunOfGateway = std::pair<const GatewayFacts*, const JournalRun*>;

// Of two that began in the same second, the later line of a journal is the newer run.
bool is_newer(const RunOfGateway& a, const RunOfGateway& b) noexcept {
    if (a.second->facts.started != b.second->facts.started) return a.second->facts.started > b.second->facts.started;
    if (a.first != b.first) return a.first < b.first;
    return a.second > b.second;
}

DeploymentRecord record_of(const RunOfGateway& one, const Inventory& inventory) {
    const RunFacts& facts = one.second->facts;
    DeploymentRecord record;
    record.gateway = one.first->name;
    record.action = facts.action;
    record.started = facts.started;
    record.user = facts.user;
    record.before = facts.old_leaf;
    if (facts.old_leaf) record.before_name = inventory.name_of(*facts.old_leaf);
    record.after = facts.new_leaf;
    record.after_name = inventory.name_of(facts.new_leaf);
    record.reason = facts.reason;
    if (const auto& end = one.second->end; end) {
        record.outcome = end->outcome;
        record.verified = end->verified;
        record.error = end->error;
    }
    return record;
}

}  // namespace

LatestDeployments latest_deployments(const SiteFacts& facts, std::size_t at_most) {
    std::vector<RunOfGateway> runs;
    for (const GatewayFacts& gateway : facts.gateways) {
        for (const JournalRun& run : gateway.runs) {
            if (run.facts.action != RunAction::verify) runs.emplace_back(&gateway, &run);
        }
    }
    LatestDeployments latest;
    latest.total = runs.size();
    const auto shown = static_cast<std::ptrdiff_t>(std::min(at_most, runs.size()));
    std::partial_sort(runs.begin(), runs.begin() + shown, runs.end(), is_newer);
    runs.resize(static_cast<std::size_t>(shown));
    latest.items.reserve(runs.size());
    for (const RunOfGateway& run : runs) latest.items.push_back(record_of(run, facts.inventory));
    return latest;
}

}  // namespace umsadm
