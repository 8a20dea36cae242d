#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../auditing.hpp"
#include "../context.hpp"
#include "../host_key_trust.hpp"
#include "../login.hpp"
#include "../main_server.hpp"
#include "../server_options.hpp"
#include "../server_view.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct ServerEditOptions {
    std::string name;
    ServerChanges changes;
};

ExitCode run_server_edit(const ServerEditOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    Server before;
    Server after;
    std::string main_before;
    {
        const FileLock lock = site.lock(ctx.lock_deadline());
        before = load_server(site, options.name);
        if (options.changes.empty()) {
            throw Error(Code::usage, fmt::format("nothing to change in server {}", in_quotes(options.name)),
                        "give the options that shall change, see \"umsadm server edit --help\"");
        }
        after = changed(before, options.changes.record);
        if (after != before) save_server(site, after, IfExists::replace);
        main_before = options.changes.make_main ? set_main_server(site, after.name) : site.load_settings().main_server;
    }
    const ShownServer shown = look_up(site, {after}).front();
    const bool moved = shown.is_main && main_before != after.name;
    if (after != before) audit_done(ctx, site, "server edit", after.name);
    if (moved) audit_main_server(ctx, site, main_before);

    ctx.out.result(server_json(shown));
    const std::string name = in_quotes(after.name);
    if (moved) {
        ctx.out.text(fmt::format("server {} is the main server now, before: {}", name,
                                 main_before.empty() ? "none" : in_quotes(main_before)));
    }
    if (after != before) ctx.out.text(fmt::format("changed server {}", name));
    if (after == before && !moved) ctx.out.text(fmt::format("server {} is like that already", name));
    remind_of_host_key(ctx.out, login_target(before), login_target(after));
    return ExitCode::done;
}

}  // namespace

void add_server_edit(Command& group) {
    const auto options = std::make_shared<ServerEditOptions>();
    Command& command = group.command("edit", "Change what is stored about a UMS Server");
    command
        .describe(
            "Only what is given changes. An empty value (--restart-command \"\") takes an option back to its default. "
            "An option that may be repeated replaces all its stored values. --main only says which server is the main "
            "one; no UMS ID is changed by it.")
        .argument("NAME", "name of a server", into(options->name))
        .offering({OfferKind::server});
    add_server_options(command, options->changes, Need::optional);
    command.example("umsadm server edit ums2 --ssh-user admin --wait 600", "two changes, the rest stays")
        .example("umsadm server edit ums2 --main", "ums2 is the main server from now on")
        .run([options](Context& ctx) { return run_server_edit(*options, ctx); });
}

}  // namespace umsadm::app
