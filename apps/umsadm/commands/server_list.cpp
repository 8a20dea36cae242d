#include <nlohmann/json.hpp>

#include "../context.hpp"
#include "../server_view.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

ExitCode run_server_list(Context& ctx) {
    const Site site = ctx.open_site();
    const std::vector<ShownServer> all = look_up(site, load_servers(site));
    Json items = Json::array();
    for (const ShownServer& shown : all) items.push_back(server_json(shown));
    ctx.out.result({{"items", std::move(items)}});
    if (all.empty()) ctx.out.note("there is no server yet: umsadm server add NAME --host HOST");
    if (!all.empty() || ctx.out.options().machine_readable) ctx.out.table(server_table(all));
    return ExitCode::done;
}

}  // namespace

void add_server_list(Command& group) {
    group.command("list", "List the UMS Servers, and which one is the main server")
        .describe("From the records of the site; nothing is connected. \"umsadm id show\" asks them for their UMS IDs.")
        .example("umsadm server list", "all servers and how to log in there")
        .run(run_server_list);
}

}  // namespace umsadm::app
