#include <memory>

#include "../context.hpp"
#include "../host_key_trust.hpp"
#include "../login.hpp"
#include "../server_session.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct ServerTrustOptions {
    std::string name;
    LoginOptions login;  // its host keys are those that are expected now
};

ExitCode run_server_trust(const ServerTrustOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    const TrustRequest request{
        .target = login_target(load_server_for_run(site, options.name, options.login)),
        .trusted = load_server(site, options.name).login.host_keys,
        .expected = options.login.host_keys,
    };
    return trust_host_key(ctx, site, request, [&](const std::string& host_key) {
        Server server = load_server(site, options.name);
        server.login.host_keys = {host_key};
        save_server(site, server, IfExists::replace);
    });
}

}  // namespace

void add_server_trust(Command& group) {
    const auto options = std::make_shared<ServerTrustOptions>();
    Command& command = group.command("trust", "Accept the SSH host key of a UMS Server");
    command
        .describe(
            "Asks the server for its host key, compares it with the one that is trusted so far, and asks you on the "
            "terminal. From then on only this key is accepted. --yes is no answer here; without a terminal --host-key "
            "has to name the key that is expected, and nothing is stored when another one is shown (exit code 5).")
        .argument("NAME", "name of a server", into(options->name))
        .offering({OfferKind::server});
    add_login_options(command, options->login);
    command.example("umsadm server trust ums1", "shows the fingerprint and asks")
        .example("umsadm server trust ums1 --host-key SHA256:uNiVztksCsDhcc0u9e8BgrJXVGD3s3bZXqvRFtdO3yE",
                 "in a script, with the fingerprint that \"ssh-keygen -lf\" printed on the server itself")
        .run([options](Context& ctx) { return run_server_trust(*options, ctx); });
}

}  // namespace umsadm::app
