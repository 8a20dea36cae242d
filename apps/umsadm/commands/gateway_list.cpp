#include <nlohmann/json.hpp>

#include "../context.hpp"
#include "../gateway_view.hpp"
#include "../inventory_loading.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

ExitCode run_gateway_list(Context& ctx) {
    const Site site = ctx.open_site();
    const UtcTime now = ctx.now();
    const Inventory inventory = load_inventory(site);
    const std::vector<ShownGateway> all = look_up(site, load_gateways(site), inventory);
    Json items = Json::array();
    for (const ShownGateway& shown : all) items.push_back(gateway_json(shown, inventory, now));
    ctx.out.result({{"items", std::move(items)}});
    if (all.empty()) {
        ctx.out.note("there is no gateway yet: umsadm gateway add NAME --host HOST");
    }
    if (!all.empty() || ctx.out.options().machine_readable) ctx.out.table(gateway_table(all, now));
    return ExitCode::done;
}

}  // namespace

void add_gateway_list(Command& group) {
    group.command("list", "List the gateways, with the certificate that each one uses")
        .describe(
            "From the records and the journal of the site; nothing is connected. A certificate is used when the newest "
            "verified deployment installed it.")
        .example("umsadm gateway list", "all gateways, their certificates and the days left")
        .run(run_gateway_list);
}

}  // namespace umsadm::app
