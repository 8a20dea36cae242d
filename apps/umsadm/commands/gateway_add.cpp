#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

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

struct GatewayAddOptions {
    std::string name;
    GatewayChanges changes;
};

ExitCode run_gateway_add(const GatewayAddOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    Gateway fresh;
    fresh.name = options.name;
    const Gateway gateway = changed(std::move(fresh), options.changes);
    {
        const FileLock lock = site.lock(ctx.lock_deadline());
        save_gateway(site, gateway, IfExists::refuse);
    }
    audit_done(ctx, site, "gateway add", gateway.name);

    const Inventory inventory = load_inventory(site);
    const ShownGateway shown = look_up(site, {gateway}, inventory).front();
    ctx.out.result(gateway_json(shown, inventory, ctx.now()));
    ctx.out.text(fmt::format("added gateway {}: {}, login {}", in_quotes(gateway.name),
                             Endpoint{gateway.host, gateway.port}.to_string(),
                             describe_login(gateway.host, shown.login)));
    ctx.out.note(next_step({"gateway", gateway.name, gateway.host, shown.login}));
    return ExitCode::done;
}

}  // namespace

void add_gateway_add(Command& group) {
    const auto options = std::make_shared<GatewayAddOptions>();
    Command& command = group.command("add", "Make a gateway known to the site");
    command
        .describe(
            "Nothing is connected. What is given here is stored; passwords are not, only where they come from "
            "(SRC: file:PATH or env:NAME).")
        .argument("NAME", "what the gateway is called here: lower-case letters, digits, \".\", \"_\" and \"-\"",
                  into(options->name))
        .offering({OfferKind::nothing});
    add_gateway_options(command, options->changes, Need::required);
    command
        .example(
            "umsadm gateway add berlin --host icg.example.com --ssh-user admin --ssh-key ~/.ssh/id_ed25519 "
            "--sudo-password file:/root/berlin.pw",
            "a login with a key; sudo asks for a password")
        .example("umsadm gateway add here --host icg.example.com --local", "umsadm runs on the gateway itself")
        .run([options](Context& ctx) { return run_gateway_add(*options, ctx); });
}

}  // namespace umsadm::app
