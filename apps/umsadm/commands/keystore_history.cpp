#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/text.hpp"
#include "umsadm/registry/gateway.hpp"

#include "../context.hpp"
#include "../deployment.hpp"
#include "../gateway_change.hpp"
#include "../inventory_loading.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

Json optional_text(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json run_json(const JournalRun& run) {
    const RunFacts& facts = run.facts;
    Json steps = Json::array();
    for (const JournalStep& step : run.steps) {
        if (step.state == StepState::started) continue;
        steps.push_back(
            {{"time", format_utc(step.time)}, {"step", step_name(step.step)}, {"ok", step.state == StepState::done}});
    }
    Json json = {{"run", facts.run},
                 {"action", action_name(facts.action)},
                 {"started", format_utc(facts.started)},
                 {"ended", run.end ? Json(format_utc(run.end->time)) : Json(nullptr)},
                 {"user", facts.user},
                 {"outcome", run.end ? Json(outcome_name(run.end->outcome)) : Json(nullptr)},
                 {"verified", run.end && run.end->verified},
                 {"settled_later", run.end && run.end->settled_later},
                 {"old_fingerprint_sha256", fingerprint_json(facts.old_leaf)},
                 {"new_fingerprint_sha256", facts.new_leaf.to_string()},
                 {"backup", optional_text(facts.backup_path)},
                 {"reason", optional_text(facts.reason)},
                 {"error", run.end ? optional_text(run.end->error) : Json(nullptr)},
                 {"steps", std::move(steps)}};
    return json;
}

std::string name_of(const Inventory& inventory, const std::optional<Fingerprint>& fingerprint) {
    if (!fingerprint) return "-";
    const StoredCertificate* certificate = inventory.find(*fingerprint);
    return certificate != nullptr ? certificate->label() : fingerprint->to_string().substr(0, 11) + "...";
}

Style style_of(const JournalRun& run) {
    if (!run.end) return Style::warning;
    switch (run.end->outcome) {
        case RunOutcome::updated:
        case RunOutcome::already_current: return Style::good;
        case RunOutcome::installed: return Style::plain;
        case RunOutcome::restore_failed: return Style::bad;
        default: return Style::warning;
    }
}

ExitCode run_keystore_history(Context& ctx, const std::string& name) {
    const Site site = ctx.open_site();
    const Gateway gateway = load_gateway(site, name);
    const auto runs = load_journal(site, gateway.name);
    const Inventory inventory = load_inventory(site);

    Json items = Json::array();
    Table table{{{"STARTED"}, {"ACTION"}, {"OUTCOME"}, {"VERIFIED"}, {"FROM"}, {"TO"}, {"BY"}, {"BACKUP"}}, {}, true};
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        const RunFacts& facts = run->facts;
        items.push_back(run_json(*run));
        table.rows.push_back(
            {format_utc(facts.started), std::string(action_name(facts.action)),
             Cell(run->end ? std::string(outcome_name(run->end->outcome)) : "unfinished", style_of(*run)),
             run->end && run->end->verified ? "yes" : "no",
             Cell(name_of(inventory, facts.old_leaf), facts.old_leaf ? facts.old_leaf->to_string() : ""),
             Cell(name_of(inventory, facts.new_leaf), facts.new_leaf.to_string()), facts.user,
             Cell(Path(facts.backup_path).filename().string(), facts.backup_path)});
    }
    ctx.out.result({{"items", std::move(items)}});
    if (runs.empty()) {
        ctx.out.text(fmt::format("nothing was done on gateway {} yet", in_quotes(name)));
    } else {
        ctx.out.table(table);
    }
    return ExitCode::done;
}

}  // namespace

void add_keystore_history(Command& group) {
    const auto gateway = std::make_shared<std::string>();
    group.command("history", "Everything that was done to a gateway's keystore, newest first")
        .describe("From the journal of the site; nothing is connected.")
        .argument("GATEWAY", "name of a gateway", into(*gateway))
        .example("umsadm keystore history berlin", "with the backups that a rollback can take")
        .run([gateway](Context& ctx) { return run_keystore_history(ctx, *gateway); });
}

}  // namespace umsadm::app
