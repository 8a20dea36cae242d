#include "server_sync_view.hpp"

#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/text.hpp"

#include "deployment.hpp"
#include "server_status_view.hpp"

namespace umsadm::app {
namespace {

std::string_view action_word(SyncAction action) noexcept {
    switch (action) {
        case SyncAction::none: return "none";
        case SyncAction::restart: return "restart";
        case SyncAction::restart_by_hand: return "restart-by-hand";
        case SyncAction::replace: return "replace";
        case SyncAction::unknown: return "unknown";
    }
    return "";
}

std::string in_words(const SyncItem& item, bool restart) {
    switch (item.action) {
        case SyncAction::none: return "nothing to do: it has the Main UMS ID";
        case SyncAction::restart: return "restart it: it has the Main UMS ID and does not use it yet";
        case SyncAction::restart_by_hand: return "nothing: it has the Main UMS ID, and is to be restarted by hand";
        case SyncAction::replace: break;
        case SyncAction::unknown: return "nothing: it could not be asked";
    }
    const std::string what = item.old_fingerprint
                                 ? fmt::format("back up {}, put the Main UMS ID in its place, read it back",
                                               item.old_fingerprint->to_string())
                                 : std::string("put the Main UMS ID there, read it back");
    return restart ? what + ", restart, wait until it is Running" : what;
}

Json steps_json(const std::vector<ServerStepReport>& steps) {
    Json list = Json::array();
    for (const ServerStepReport& step : steps) {
        Json item{{"step", step_name(step.step)}, {"ok", step.ok}, {"milliseconds", step.took.count()}};
        if (!step.detail.empty()) item["detail"] = printable(step.detail);
        list.push_back(std::move(item));
    }
    return list;
}

Style style_of_outcome(ServerOutcome outcome) noexcept {
    switch (outcome) {
        case ServerOutcome::updated:
        case ServerOutcome::restarted:
        case ServerOutcome::already_current:
        case ServerOutcome::created: return Style::good;
        case ServerOutcome::restart_needed:
        case ServerOutcome::not_started: return Style::warning;
        case ServerOutcome::restored:
        case ServerOutcome::restore_failed:
        case ServerOutcome::failed: return Style::bad;
        case ServerOutcome::planned: return Style::plain;
    }
    return Style::plain;
}

Cell fingerprint_or_nothing(const std::optional<Fingerprint>& fingerprint) {
    return fingerprint ? short_fingerprint(*fingerprint) : Cell("");
}

ExitCode result_exit_code(const ServerChangeOutcome& outcome) {
    if (outcome.error) return exit_code(outcome.error->code());
    switch (outcome.result) {
        case ServerOutcome::failed:
        case ServerOutcome::not_started: return ExitCode::failed;
        case ServerOutcome::restored: return ExitCode::restored;
        case ServerOutcome::restore_failed: return ExitCode::restore_failed;
        default: return ExitCode::done;
    }
}

}  // namespace

Json server_result_json(const ServerResult& result, const std::optional<Fingerprint>& main) {
    const SurveyedServer& server = result.server;
    const ServerChangeOutcome& outcome = result.outcome;
    Json json{{"name", server.server.name},
              {"host", server.server.host},
              {"main", server.is_main},
              {"outcome", outcome_name(outcome.result)},
              {"old_fingerprint_sha256", fingerprint_json(outcome.old_fingerprint)},
              {"new_fingerprint_sha256", fingerprint_json(outcome.new_fingerprint)},
              {"backup", outcome.backup.empty() ? Json() : Json(outcome.backup)},
              {"server_status", server_status_text(server.running)},
              {"ums_id_status", ums_id_status_text(server.status(main))},
              {"steps", steps_json(outcome.steps)}};
    if (outcome.error) json["error"] = error_json(*outcome.error);
    return json;
}

Json sync_json(const ShownMain& main, const std::vector<ServerResult>& results) {
    Json items = Json::array();
    std::map<std::string, int> counts;
    for (const ServerResult& result : results) {
        Json item = server_result_json(result, main.fingerprint());
        item["action"] = action_word(result.action);
        items.push_back(std::move(item));
        ++counts[std::string(outcome_name(result.outcome.result))];
    }
    Json summary{{"servers", results.size()}};
    for (const auto& [outcome, count] : counts) summary[outcome] = count;
    return {{"main", main_json(main)}, {"servers", {{"items", std::move(items)}}}, {"summary", std::move(summary)}};
}

void show_plan(Output& out, const SyncPlan& plan, const StoredUmsId& main, bool restart) {
    out.text(fmt::format("plan for the Main UMS ID {}", main.record.fingerprint.to_string()));
    for (const SyncItem& item : plan.items) {
        out.text(fmt::format("  server {}: {}", in_quotes(item.server), in_words(item, restart)));
    }
}

void show_results(Output& out, const ShownMain& main, const std::vector<ServerResult>& results) {
    Table table{{{"SERVER"}, {"OUTCOME"}, {"OLD"}, {"NEW"}, {"UMS ID STATUS"}}, {}};
    for (const ServerResult& result : results) {
        const UmsIdStatus status = result.server.status(main.fingerprint());
        table.rows.push_back(
            {result.server.server.name,
             {std::string(outcome_name(result.outcome.result)), style_of_outcome(result.outcome.result)},
             fingerprint_or_nothing(result.outcome.old_fingerprint),
             fingerprint_or_nothing(result.outcome.new_fingerprint),
             {std::string(ums_id_status_text(status)), style_of(status)}});
    }
    out.table(table);
    for (const ServerResult& result : results) {
        if (!result.outcome.backup.empty()) {
            out.text(fmt::format("server {}: its UMS ID of before is kept there in {}",
                                 in_quotes(result.server.server.name), in_quotes(result.outcome.backup)));
        }
    }
}

void show_errors(Output& out, const std::vector<ServerResult>& results) {
    for (const ServerResult& result : results) {
        if (result.outcome.error) out.error(*result.outcome.error);
    }
}

ExitCode results_exit_code(const std::vector<ServerResult>& results) {
    ExitCode code = ExitCode::done;
    for (const ServerResult& result : results) code = worst(code, result_exit_code(result.outcome));
    return code;
}

}  // namespace umsadm::app
