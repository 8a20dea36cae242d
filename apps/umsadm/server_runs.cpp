#include "server_runs.hpp"

#include "open_run.hpp"

namespace umsadm::app {

std::vector<ServerRun> load_server_runs(const Site& site, std::string_view server) {
    return ServerJournal(site.server_journal(server), {}).load();
}

std::optional<std::string> describe_open_server_run(const Context& context, const Site& site,
                                                    const std::string& server) {
    const std::vector<ServerRun> runs = load_server_runs(site, server);
    const ServerRun* const run = unfinished_run(runs);
    if (run == nullptr) return std::nullopt;
    return describe(context, {"server", server, run->facts.started, run->facts.user, "the next \"umsadm id sync\""},
                    [&](const Deadline& deadline) { return site.lock_ums_id(deadline); });
}

}  // namespace umsadm::app
