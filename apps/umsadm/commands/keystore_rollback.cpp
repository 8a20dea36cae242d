#include <memory>

#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"

#include "../gateway_rollback.hpp"
#include "../login.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct KeystoreRollbackOptions {
    std::string gateway;
    GatewayRollbackOptions how;
};

Deployment roll_back(Context& ctx, const Site& site, const KeystoreRollbackOptions& options) {
    try {
        return roll_back_gateway(ctx, site, options.gateway, options.how);
    } catch (const Error& error) {
        if (ends_the_whole_run(error)) throw;
        Deployment deployment;
        deployment.gateway = options.gateway;
        deployment.outcome = failed_outcome(error);
        return deployment;
    }
}

ExitCode run_keystore_rollback(Context& ctx, const KeystoreRollbackOptions& options) {
    const Site site = ctx.open_site();
    const std::vector<Deployment> deployments{roll_back(ctx, site, options)};
    ctx.out.result(deployments_json(deployments));
    show_deployment(ctx.out, deployments.front());
    return deployments_exit_code(deployments);
}

}  // namespace

void add_keystore_rollback(Command& group) {
    const auto options = std::make_shared<KeystoreRollbackOptions>();
    GatewayRollbackOptions& how = options->how;
    Command& command = group.command("rollback", "Put a keystore back that umsadm had replaced");
    command
        .describe(
            "Takes the newest backup on the gateway, or the one that --to names, as a change of its own: the present "
            "keystore is backed up first, what is served afterwards is verified, and a failure brings the present "
            "keystore back.")
        .argument("GATEWAY", "name of a gateway", into(options->gateway))
        .option("--to", "BACKUP", "file name or path of a backup, see \"umsadm keystore history\"", into(how.backup))
        .option("--wait", "SECONDS", "how long the gateway may take to come up (default: as stored, 90)",
                into(how.wait_seconds))
        .option("--keep-backups", "N", "old keystores of our own that stay on the gateway (default 3)",
                into_number(how.keep_backups, 0, 1000))
        .flag("--no-restart", "end after the swap; the gateway takes it up at its next restart", how.no_restart)
        .flag("--no-verify", "end after the restart", how.no_verify)
        .heading("Passwords")
        .option("--store-password", "SRC", "password of the keystore (default: from the gateway's configuration)",
                into(how.store_password))
        .option("--alias", "A", "the key entry that is served (default: the only one)", into(how.alias));
    add_login_options(command, how.login);
    command.example("umsadm keystore rollback berlin", "undo the last update").run([options](Context& ctx) {
        return run_keystore_rollback(ctx, *options);
    });
}

}  // namespace umsadm::app
