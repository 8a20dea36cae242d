#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"

#include "../login.hpp"
#include "../server_status_view.hpp"
#include "../server_survey.hpp"
#include "../ums_id_view.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct IdShowOptions {
    bool check = false;
    bool full = false;
    bool offline = false;
    LoginOptions login;
};

Json shown_json(const ShownMain& main, const std::vector<SurveyedServer>& servers) {
    Json items = Json::array();
    for (const SurveyedServer& server : servers) items.push_back(server_status_json(server, main.fingerprint()));
    return {{"main", main_json(main)}, {"servers", {{"items", std::move(items)}}}};
}

void say_what_to_do(Context& ctx, const ShownMain& main, const std::vector<SurveyedServer>& servers) {
    if (servers.empty()) ctx.out.note("the site has no server: add them with \"umsadm server add\"");
    if (!main.main) {
        ctx.out.note("the site has no Main UMS ID: take that of your main server with \"umsadm id adopt\"");
    }
    const bool differs = std::any_of(servers.begin(), servers.end(), [&](const SurveyedServer& server) {
        return server.status(main.fingerprint()) == UmsIdStatus::restart_needed;
    });
    if (differs) ctx.out.note("see what would bring them in sync: umsadm id sync --restart --dry-run");
}

ExitCode verdict(const ShownMain& main, const std::vector<SurveyedServer>& servers) {
    if (servers.empty()) {
        throw Error(Code::not_found, "the site has no server to check", "add them with \"umsadm server add\"");
    }
    const bool good = std::all_of(servers.begin(), servers.end(), [&](const SurveyedServer& server) {
        const UmsIdStatus status = server.status(main.fingerprint());
        return status == UmsIdStatus::main || status == UmsIdStatus::in_sync;
    });
    return good ? ExitCode::done : ExitCode::refused;
}

ExitCode run_id_show(const IdShowOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    ShownMain main = look_up_main(site);
    main.full = options.full;
    std::vector<SurveyedServer> servers = load_servers_for_run(site, options.login);
    if (options.offline) {
        recall(site, servers);
    } else {
        survey(ctx, site, servers, main.main);
    }
    warn_of_open_runs(ctx, site, servers);
    ctx.out.result(shown_json(main, servers));
    if (!ctx.out.options().machine_readable) ctx.out.details(main_details(main, ctx.now()));
    if (!servers.empty()) ctx.out.text();
    show_server_status(ctx.out, servers, main, options.offline ? SurveyTime::past : SurveyTime::now);
    say_what_to_do(ctx, main, servers);
    return options.check ? verdict(main, servers) : ExitCode::done;
}

}  // namespace

void add_id_show(Command& id) {
    const auto options = std::make_shared<IdShowOptions>();
    Command& command = id.command("show", "Show the Main UMS ID, and which servers have it");
    command
        .describe(
            "Asks all servers at the same time. UMS ID status is \"Main UMS ID\" for the main server, \"In sync\", "
            "\"Not in sync, please restart server\", or \"Unknown\" for a server that could not be asked. Server "
            "status is \"Running\" when its web port answers with TLS.")
        .flag("--check", "exit code 4 unless every server is \"Main UMS ID\" or \"In sync\"", options->check)
        .flag("--full", "the whole UMS ID and whole fingerprints", options->full)
        .flag("--offline", "what was seen last, with its time; connects nowhere", options->offline);
    add_login_options(command, options->login);
    command.example("umsadm id show", "what the UMS Console shows under UMS ID, of all servers")
        .example("umsadm id show --check --quiet", "for a job that watches")
        .run([options](Context& ctx) { return run_id_show(*options, ctx); });
}

}  // namespace umsadm::app
