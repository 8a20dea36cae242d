#include <memory>

#include "../context.hpp"
#include "../gateway_session.hpp"
#include "../host_key_trust.hpp"
#include "../login.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct GatewayTrustOptions {
    std::string name;
    LoginOptions login;  // its host keys are those that are expected now
};

ExitCode run_gateway_trust(const GatewayTrustOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    const TrustRequest request{
        .target = login_target(load_gateway_for_run(site, options.name, options.login)),
        .trusted = load_gateway(site, options.name).login.host_keys,
        .expected = options.login.host_keys,
    };
    return trust_host_key(ctx, site, request, [&](const std::string& host_key) {
        Gateway gateway = load_gateway(site, options.name);
        gateway.login.host_keys = {host_key};
        save_gateway(site, gateway, IfExists::replace);
    });
}

}  // namespace

void add_gateway_trust(Command& group) {
    const auto options = std::make_shared<GatewayTrustOptions>();
    Command& command = group.command("trust", "Accept the SSH host key of a gateway");
    command
        .describe(
            "Asks the gateway for its host key, compares it with the one that is trusted so far, and asks you on the "
            "terminal. From then on only this key is accepted. --yes is no answer here; without a terminal --host-key "
            "has to name the key that is expected, and nothing is stored when another one is shown (exit code 5).")
        .argument("NAME", "name of a gateway", into(options->name))
        .offering({OfferKind::gateway});
    add_login_options(command, options->login);
    command.example("umsadm gateway trust berlin", "shows the fingerprint and asks")
        .example("umsadm gateway trust berlin --host-key SHA256:uNiVztksCsDhcc0u9e8BgrJXVGD3s3bZXqvRFtdO3yE",
                 "in a script, with the fingerprint that \"ssh-keygen -lf\" printed on the gateway itself")
        .run([options](Context& ctx) { return run_gateway_trust(*options, ctx); });
}

}  // namespace umsadm::app
