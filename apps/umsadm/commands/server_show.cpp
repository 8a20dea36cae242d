#include <memory>

#include "../context.hpp"
#include "../server_runs.hpp"
#include "../server_view.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

ExitCode run_server_show(const std::string& name, Context& ctx) {
    const Site site = ctx.open_site();
    show_server(ctx.out, look_up(site, {load_server(site, name)}).front());
    if (const auto open = describe_open_server_run(ctx, site, name)) ctx.out.warning(*open);
    return ExitCode::done;
}

}  // namespace

void add_server_show(Command& group) {
    const auto name = std::make_shared<std::string>();
    group.command("show", "Show everything that is stored about a UMS Server")
        .describe("Nothing is connected; \"umsadm server check\" looks at the server itself.")
        .argument("NAME", "name of a server", into(*name))
        .offering({OfferKind::server})
        .example("umsadm server show ums1", "its address, login, and where its UMS ID is")
        .run([name](Context& ctx) { return run_server_show(*name, ctx); });
}

}  // namespace umsadm::app
