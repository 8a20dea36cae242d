#pragma once

#include <optional>
#include <vector>

#include "umsadm/deploy/sync_server.hpp"
#include "umsadm/jobs/sync_ums_id.hpp"

#include "exit_code.hpp"
#include "json.hpp"
#include "output.hpp"
#include "server_survey.hpp"
#include "ums_id_view.hpp"

namespace umsadm::app {

// What "id sync" did to one server, or "id create --server".
struct ServerResult {
    SurveyedServer server;  // as it was seen last
    SyncAction action = SyncAction::none;
    ServerChangeOutcome outcome;
};

Json server_result_json(const ServerResult& result, const std::optional<Fingerprint>& main);
// {"main": {...}, "servers": {"items": [...]}, "summary": {...}}
Json sync_json(const ShownMain& main, const std::vector<ServerResult>& results);

// What is going to be done, a line for each server.
void show_plan(Output& out, const SyncPlan& plan, const StoredUmsId& main, bool restart);
// The closing table.
void show_results(Output& out, const ShownMain& main, const std::vector<ServerResult>& results);
// Why something failed.
void show_errors(Output& out, const std::vector<ServerResult>& results);

// The highest code of any server.
ExitCode results_exit_code(const std::vector<ServerResult>& results);

}  // namespace umsadm::app
