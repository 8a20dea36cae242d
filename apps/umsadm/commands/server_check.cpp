#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/text.hpp"

#include "../context.hpp"
#include "../login.hpp"
#include "../server_checkup.hpp"
#include "../server_runs.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct ServerCheckOptions {
    std::string name;
    LoginOptions login;
    std::optional<SecretSource> ums_id_password;
};

Json ums_id_json(const std::optional<ServerUmsId>& seen) {
    if (!seen) return nullptr;
    return {{"fingerprint_sha256", seen->fingerprint ? Json(seen->fingerprint->to_string()) : Json(nullptr)},
            {"ums_id_short", seen->certificate ? Json(ums_id_short(*seen->certificate)) : Json(nullptr)},
            {"restart_pending", seen->restart_pending}};
}

Json result_of(const ServerCheckup& checkup, const Server& server) {
    const Findings findings = checkup.points.findings();
    Json json{{"server", server.name},
              {"compatible", !has_errors(findings)},
              {"findings", findings_json(findings)},
              {"login", describe_login(server.host, server.login)},
              {"ums_id", ums_id_json(checkup.ums_id)},
              {"server_status", nullptr},
              {"clock_ahead_seconds", nullptr},
              {"unfinished_run", checkup.unfinished_run}};
    if (checkup.web_port) json["server_status"] = server_status_text(checkup.web_port->running);
    if (checkup.clock_ahead) json["clock_ahead_seconds"] = checkup.clock_ahead->count();
    return json;
}

// Who watches a server learns from the document, too, that nobody gets in.
ServerCheckup check_or_say_why_not(Context& ctx, const Site& site, ServerSession& session) {
    try {
        return check_server(ctx, site, session);
    } catch (const Error& error) {
        if (exit_code(error.code()) == ExitCode::no_access) {
            ServerCheckup nothing_seen;
            nothing_seen.points.no_access(error);
            nothing_seen.unfinished_run = describe_open_server_run(ctx, site, session.server().name).has_value();
            ctx.out.result(result_of(nothing_seen, session.server()));
        }
        throw;
    }
}

ExitCode run_server_check(const ServerCheckOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    Server server = load_server_for_run(site, options.name, options.login);
    if (options.ums_id_password) server.ums_id_password = options.ums_id_password;
    ServerSession session(ctx, server);
    const ServerCheckup checkup = check_or_say_why_not(ctx, site, session);

    ctx.out.result(result_of(checkup, server));
    ctx.out.table(checkup.points.table());
    ctx.out.hint_at_explain(checkup.points.findings());
    const bool ready = !has_errors(checkup.points.findings());
    ctx.out.text(ready ? fmt::format("server {} is ready for a sync", in_quotes(options.name))
                       : fmt::format("a sync of server {} would stop at the errors above", in_quotes(options.name)));
    return ready ? ExitCode::done : ExitCode::refused;
}

}  // namespace

void add_server_check(Command& group) {
    const auto options = std::make_shared<ServerCheckOptions>();
    Command& command =
        group.command("check", "Look whether the UMS ID of a server can be synchronised; changes nothing");
    command
        .describe(
            "Connects and looks at the host key, login, sudo, umsadmin-cli or the PKCS#12 file, the UMS ID, the state "
            "folder, disk space, web port and clock. "
            "Exit code 4 when something would stop a sync, 5 when the server cannot be reached or does not let us in.")
        .argument("NAME", "name of a server", into(options->name))
        .offering({OfferKind::server})
        .option("--ums-id-password", "SRC", "the password of the PKCS#12 file (default: as stored)",
                into(options->ums_id_password));
    add_login_options(command, options->login);
    command.example("umsadm server check ums1", "before the first sync, and from a watching job")
        .run([options](Context& ctx) { return run_server_check(*options, ctx); });
}

}  // namespace umsadm::app
