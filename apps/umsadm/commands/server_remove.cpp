#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/registry/server.hpp"

#include "../auditing.hpp"
#include "../context.hpp"
#include "../main_server.hpp"
#include "../server_runs.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

// Without its record nobody could settle the run any more.
void refuse_unfinished(const Site& site, const std::string& name) {
    const std::vector<ServerRun> runs = load_server_runs(site, name);
    if (unfinished_run(runs) == nullptr) return;
    throw Error(Code::refused, fmt::format("a run of server {} was cut off and is not settled", in_quotes(name)),
                fmt::format("settle it first: \"umsadm id sync {}\"", name));
}

ExitCode run_server_remove(const std::string& name, Context& ctx) {
    const Site site = ctx.open_site();
    const Server server = load_server(site, name);
    refuse_main_of_others(site, name);
    ctx.prompt.confirm(fmt::format("remove server {} ({}) from the site?", in_quotes(name), server.host));
    const bool was_main = [&] {
        const FileLock in_use = site.lock_ums_id(ctx.lock_deadline());
        const FileLock lock = site.lock(ctx.lock_deadline());
        refuse_main_of_others(site, name);
        refuse_unfinished(site, name);
        remove_server(site, name, ctx.now());
        const bool main = site.load_settings().main_server == name;
        if (main) set_main_server(site, "");
        return main;
    }();
    audit_done(ctx, site, "server remove", name);
    if (was_main) audit_main_server(ctx, site, name);
    ctx.out.result({{"name", name}, {"removed", true}});
    ctx.out.text(
        fmt::format("removed server {}; its record is in the trash, its history stays, and nothing was changed on the "
                    "server itself",
                    in_quotes(name)));
    return ExitCode::done;
}

}  // namespace

void add_server_remove(Command& group) {
    const auto name = std::make_shared<std::string>();
    group.command("remove", "Take a UMS Server out of the site")
        .describe(
            "Asks first. The record moves to the trash of the site; the journal stays, and a server of the same name "
            "continues it. The server itself is not touched. The main server goes last.")
        .argument("NAME", "name of a server", into(*name))
        .offering({OfferKind::server})
        .example("umsadm server remove ums3 --yes", "without the question")
        .run([name](Context& ctx) { return run_server_remove(*name, ctx); });
}

}  // namespace umsadm::app
