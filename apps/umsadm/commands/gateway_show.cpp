#include <memory>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "../context.hpp"
#include "../gateway_change.hpp"
#include "../gateway_view.hpp"
#include "../inventory_loading.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

ExitCode run_gateway_show(const std::string& name, Context& ctx) {
    const Site site = ctx.open_site();
    const Gateway gateway = load_gateway(site, name);
    const Inventory inventory = load_inventory(site);
    show_gateway(ctx.out, look_up(site, {gateway}, inventory).front(), inventory, ctx.now());
    if (unfinished_run(load_journal(site, name)) != nullptr) {
        ctx.out.warning(
            fmt::format("a run of gateway {} was cut off; the next update settles it first", in_quotes(name)));
    }
    return ExitCode::done;
}

}  // namespace

void add_gateway_show(Command& group) {
    const auto name = std::make_shared<std::string>();
    group.command("show", "Show everything that is stored about a gateway")
        .describe(
            "With the certificate that it uses. Nothing is connected; \"umsadm gateway check\" looks at the gateway "
            "itself.")
        .argument("NAME", "name of a gateway", into(*name))
        .offering({OfferKind::gateway})
        .example("umsadm gateway show berlin", "its addresses, login, paths and certificate")
        .run([name](Context& ctx) { return run_gateway_show(*name, ctx); });
}

}  // namespace umsadm::app
