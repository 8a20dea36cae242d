#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../login.hpp"
#include "../main_ums_id_storing.hpp"
#include "../server_status_view.hpp"
#include "../server_sync.hpp"
#include "../ums_id_sync.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

// Nothing was done yet to any of them.
std::vector<ServerResult> untouched(const std::vector<SurveyedServer>& servers) {
    std::vector<ServerResult> results;
    for (const SurveyedServer& server : servers) {
        ServerResult result{server, SyncAction::none, {}};
        result.outcome.result = ServerOutcome::not_started;
        result.outcome.old_fingerprint = result.outcome.new_fingerprint = server.fingerprint();
        results.push_back(std::move(result));
    }
    return results;
}

const Server* main_server_of(const std::vector<SurveyedServer>& servers) {
    const auto found =
        std::find_if(servers.begin(), servers.end(), [](const SurveyedServer& one) { return one.is_main; });
    return found == servers.end() ? nullptr : &found->server;
}

std::string question(const SyncPlan& plan, bool restart) {
    const auto count = [&](SyncAction action) {
        const auto number = std::count_if(plan.items.begin(), plan.items.end(),
                                          [&](const SyncItem& item) { return item.action == action; });
        return fmt::format("{} server{}", number, number == 1 ? "" : "s");
    };
    const bool replaces = std::any_of(plan.items.begin(), plan.items.end(),
                                      [](const SyncItem& item) { return item.action == SyncAction::replace; });
    if (!replaces) return fmt::format("restart {}, one after the other?", count(SyncAction::restart));
    return fmt::format("give the Main UMS ID to {}{}?", count(SyncAction::replace),
                       restart ? ", and restart one after the other" : "");
}

void say_who_waits_for_a_restart(Context& ctx, const ShownMain& main, const std::vector<ServerResult>& results) {
    const bool waits = std::any_of(results.begin(), results.end(), [&](const ServerResult& result) {
        return result.outcome.result == ServerOutcome::restart_needed && !result.outcome.error &&
               result.server.status(main.fingerprint()) == UmsIdStatus::restart_needed;
    });
    if (!waits) return;
    ctx.out.note(
        "a server uses its new UMS ID after its next restart: \"umsadm id sync --restart\", or there "
        "\"umsadmin-cli server restart\"");
}

// People have seen the state of servers that nothing was done to.
enum class Done { nothing, something };

ExitCode finish(Context& ctx, const ShownMain& main, const std::vector<ServerResult>& results, Done done) {
    ctx.out.result(sync_json(main, results));
    if (done == Done::something || !ctx.out.for_people()) show_results(ctx.out, main, results);
    show_errors(ctx.out, results);
    say_who_waits_for_a_restart(ctx, main, results);
    const ExitCode code = results_exit_code(results);
    // An interruption is said once, and never in the place of what is worse.
    if (code != ExitCode::restore_failed && code != ExitCode::interrupted) ctx.cancellation.check();
    return code;
}

// Decides, asks and prepares. What stops the whole run then is in the JSON, beside what was seen.
template <typename Function>
void with_result(Context& ctx, const ShownMain& main, const std::vector<ServerResult>& results, Function&& function) {
    Json json = sync_json(main, results);
    ctx.out.result(json);
    try {
        function();
    } catch (const Error& error) {
        json["error"] = error_json(error);
        ctx.out.result(std::move(json));
        throw;
    }
}

void warn_of_registered(Context& ctx, const SyncPlan& plan, const std::optional<Fingerprint>& registered) {
    std::vector<std::string> losers;
    for (const SyncItem& item : plan.items) {
        if (item.action != SyncAction::replace || !registered || item.old_fingerprint != registered) continue;
        losers.push_back(in_quotes(item.server));
    }
    if (losers.empty()) return;
    ctx.out.warning(fmt::format("the UMS ID that is registered in the license portal is taken from {}: {}",
                                fmt::join(losers, ", "), k_unregistered_means));
}

// What there is before anything is decided: all servers asked, runs that were cut off settled.
std::vector<SurveyedServer> look(const SyncOptions& options, Context& ctx, const Site& site, const ShownMain& main) {
    std::vector<SurveyedServer> servers = load_servers_for_run(site, options.login);
    if (servers.empty()) {
        throw Error(Code::not_found, "the site has no server", "add them with \"umsadm server add\"");
    }
    survey(ctx, site, servers, main.main);
    if (options.dry_run) {
        warn_of_open_runs(ctx, site, servers);
    } else {
        settle_servers(ctx, site, options, *main.main, servers);
    }
    if (ctx.out.for_people()) show_server_status(ctx.out, servers, main, SurveyTime::now);
    return servers;
}

ExitCode sync(const SyncOptions& options, Context& ctx, const Site& site, const StoredUmsId& main) {
    const ShownMain shown{main, registered_fingerprint(site), false};
    const std::vector<SurveyedServer> servers = look(options, ctx, site, shown);
    SyncPlan plan;
    with_result(ctx, shown, untouched(servers), [&] { plan = decide(site, options, main, servers); });
    std::vector<ServerResult> results = planned_results(plan, servers, main);
    if (plan.changes_anything() || options.dry_run) {
        if (ctx.out.for_people()) show_plan(ctx.out, plan, main, options.restart);
        warn_of_registered(ctx, plan, shown.registered);
    }
    if (options.dry_run || !plan.changes_anything()) {
        ctx.out.text(options.dry_run ? "nothing was changed (dry run)" : "nothing to do");
        return finish(ctx, shown, results, Done::nothing);
    }
    UmsIdSource source(ctx, site, main, plan, main_server_of(servers));
    with_result(ctx, shown, results, [&] {
        ctx.prompt.confirm(question(plan, options.restart));
        source.prepare();
        ctx.cancellation.check();
    });
    apply(ctx, site, options, main, source, results);
    return finish(ctx, shown, results, Done::something);
}

ExitCode run_id_sync(const SyncOptions& options, Context& ctx) {
    if (!options.replace_main.empty()) check_is_fingerprint(options.replace_main);
    const Site site = ctx.open_site();
    for (const std::string& name : options.servers) load_server(site, name);
    if (options.dry_run) return sync(options, ctx, site, need_main(site));
    const FileLock lock = site.lock_ums_id(ctx.lock_deadline());
    return sync(options, ctx, site, need_main(site));
}

}  // namespace

void add_id_sync(Command& id) {
    const auto options = std::make_shared<SyncOptions>();
    Command& command = id.command("sync", "Give the Main UMS ID to every server that differs");
    command
        .describe(
            "Asks all servers, shows what differs, and asks you. Then, one server after the other: the present UMS ID "
            "is kept (on the server, and here where it can be read), the Main UMS ID is put in its place and read "
            "back; with --restart the server is restarted and waited for. What fails puts the old one back; a server "
            "that does not come back from its restart stops everything after it.\n"
            "Refused (exit code 4) when the main server itself has another UMS ID than the site: see \"umsadm id "
            "adopt\", or --replace-main.")
        .argument("SERVER", "names of servers (default: all)", into(options->servers), Need::optional)
        .flag("--restart", "restart each server that needs it, one at a time, and wait until it is Running",
              options->restart)
        .flag("--dry-run", "look and decide, change nothing", options->dry_run)
        .option("--wait", "SECONDS",
                "how long a server may take from a restart until it is Running (default: as "
                "stored, 300)",
                into(options->wait_seconds))
        .heading("Override")
        .option("--replace-main", "FINGERPRINT",
                "the main server has this UMS ID, and it is to be replaced by that of the site",
                into(options->replace_main))
        .flag("--force", "also when a server has the UMS ID that is registered, and the site another one",
              options->force);
    add_login_options(command, options->login);
    command.example("umsadm id sync --dry-run", "what differs, and what would be done")
        .example("umsadm id sync --restart", "asks, then brings all servers in sync")
        .example("umsadm id sync ums3 --restart --yes", "one server, from a script")
        .run([options](Context& ctx) { return run_id_sync(*options, ctx); });
}

}  // namespace umsadm::app
