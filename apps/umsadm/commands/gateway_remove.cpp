#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../auditing.hpp"
#include "../context.hpp"
#include "../gateway_change.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

// Without its record nobody could settle the run any more.
void refuse_unfinished(const Site& site, const std::string& name) {
    if (unfinished_run(load_journal(site, name)) == nullptr) return;
    throw Error(Code::refused, fmt::format("a run of gateway {} was cut off and is not settled", in_quotes(name)),
                fmt::format("settle it first: \"umsadm keystore update {}\"", name));
}

ExitCode run_gateway_remove(const std::string& name, Context& ctx) {
    const Site site = ctx.open_site();
    const Gateway gateway = load_gateway(site, name);
    ctx.prompt.confirm(fmt::format("remove gateway {} ({}) from the site?", in_quotes(name), gateway.host));
    {
        const FileLock in_use = site.lock_gateway(name, ctx.lock_deadline());
        const FileLock lock = site.lock(ctx.lock_deadline());
        refuse_unfinished(site, name);
        remove_gateway(site, name, ctx.now());
    }
    audit_done(ctx, site, "gateway remove", name);
    ctx.out.result({{"name", name}, {"removed", true}});
    ctx.out.text(
        fmt::format("removed gateway {}; its record is in the trash, its history stays, and nothing was changed "
                    "on the gateway itself",
                    in_quotes(name)));
    return ExitCode::done;
}

}  // namespace

void add_gateway_remove(Command& group) {
    const auto name = std::make_shared<std::string>();
    group.command("remove", "Take a gateway out of the site")
        .describe(
            "Asks first. The record moves to the trash of the site; the journal stays, and a gateway of the same name "
            "continues it. The gateway itself is not touched.")
        .argument("NAME", "name of a gateway", into(*name))
        .offering({OfferKind::gateway})
        .example("umsadm gateway remove berlin --yes", "without the question")
        .run([name](Context& ctx) { return run_gateway_remove(*name, ctx); });
}

}  // namespace umsadm::app
