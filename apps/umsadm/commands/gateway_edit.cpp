#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../auditing.hpp"
#include "../context.hpp"
#include "../gateway_options.hpp"
#include "../gateway_view.hpp"
#include "../host_key_trust.hpp"
#include "../inventory_loading.hpp"
#include "../login.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct GatewayEditOptions {
    std::string name;
    GatewayChanges changes;
};

ExitCode run_gateway_edit(const GatewayEditOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    Gateway before;
    Gateway after;
    {
        const FileLock lock = site.lock(ctx.lock_deadline());
        before = load_gateway(site, options.name);
        if (options.changes.empty()) {
            throw Error(Code::usage, fmt::format("nothing to change in gateway {}", in_quotes(options.name)),
                        "give the options that shall change, see \"umsadm gateway edit --help\"");
        }
        after = changed(before, options.changes);
        if (after != before) save_gateway(site, after, IfExists::replace);
    }
    if (after != before) audit_done(ctx, site, "gateway edit", after.name);

    const Inventory inventory = load_inventory(site);
    ctx.out.result(gateway_json(look_up(site, {after}, inventory).front(), inventory, ctx.now()));
    const std::string name = in_quotes(after.name);
    ctx.out.text(after == before ? fmt::format("gateway {} is like that already", name)
                                 : fmt::format("changed gateway {}", name));
    remind_of_host_key(ctx.out, login_target(before), login_target(after));
    return ExitCode::done;
}

}  // namespace

void add_gateway_edit(Command& group) {
    const auto options = std::make_shared<GatewayEditOptions>();
    Command& command = group.command("edit", "Change what is stored about a gateway");
    command
        .describe(
            "Only what is given changes. An empty value (--alias \"\") takes an option back to its default. An option "
            "that may be repeated replaces all its stored values.")
        .argument("NAME", "name of a gateway", into(options->name))
        .offering({OfferKind::gateway});
    add_gateway_options(command, options->changes, Need::optional);
    command.example("umsadm gateway edit berlin --ssh-user admin --wait 180", "two changes, the rest stays")
        .example("umsadm gateway edit berlin --external-host \"\"", "no external host any more")
        .run([options](Context& ctx) { return run_gateway_edit(*options, ctx); });
}

}  // namespace umsadm::app
