#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/error.hpp"
#include "umsadm/jobs/ums_id.hpp"
#include "umsadm/registry/login.hpp"
#include "umsadm/registry/server.hpp"

#include "context.hpp"
#include "main_ums_id_loading.hpp"
#include "server_session.hpp"

namespace umsadm::app {

// What a server showed.
struct SurveyedServer {
    Server server;  // with the login of this run
    bool is_main = false;
    bool running = false;
    std::string not_running;          // why not; may be empty
    std::optional<ServerUmsId> seen;  // empty: its UMS ID could not be looked at
    std::optional<Error> problem;     // why not
    std::optional<UtcTime> time;      // empty: it was never asked

    std::optional<Fingerprint> fingerprint() const { return seen ? seen->fingerprint : std::nullopt; }
    UmsIdStatus status(const std::optional<Fingerprint>& main) const { return status_of(is_main, main, seen); }
};

// All servers of the site, with the login of this run, not asked yet; the main server first, then by name.
std::vector<SurveyedServer> load_servers_for_run(const Site& site, const LoginOptions& given);

// Asks all of them in parallel, each over a connection of its own. What could not be asked says why; only an
// interruption and a question that nobody can answer are thrown. Keeps what was seen in the site.
void survey(Context& ctx, const Site& site, std::vector<SurveyedServer>& servers,
            const std::optional<StoredUmsId>& main);

// Asks one, over a connection that is there or is made.
void survey_one(Context& ctx, ServerSession& session, SurveyedServer& server, const std::optional<StoredUmsId>& main);

// Warns of runs that have no end: commands that change nothing leave them to the next sync.
void warn_of_open_runs(Context& ctx, const Site& site, const std::vector<SurveyedServer>& servers);

// Keeps what was seen for recall(); a server that could not be asked keeps what it showed before. What cannot be kept
// is a warning.
void remember(Context& ctx, const Site& site, const SurveyedServer& server);
// Connects nowhere: fills in what was seen last.
void recall(const Site& site, std::vector<SurveyedServer>& servers);

}  // namespace umsadm::app
