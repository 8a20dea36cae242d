#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../context.hpp"
#include "../deployment.hpp"
#include "../gateway_update.hpp"
#include "../login.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct KeystoreUpdateOptions {
    std::vector<std::string> gateways;
    bool all = false;
    std::string allowed_root;
    GatewayUpdateOptions each;
};

void check_options(const KeystoreUpdateOptions& options) {
    if (options.all == !options.gateways.empty()) {
        throw Error(Code::usage, "name the gateways to update, or give --all", "see all with \"umsadm gateway list\"");
    }
    if (options.each.force && options.each.reason.empty()) {
        throw Error(Code::usage, "--force needs a reason", "say why with --reason TEXT; it goes into the audit log");
    }
    if (!options.each.force && !options.each.reason.empty()) {
        throw Error(Code::usage, "--reason goes with --force only");
    }
    if (options.all && !options.allowed_root.empty()) {
        throw Error(Code::usage, "--allow-root-change never goes together with --all",
                    "another root cuts off devices: change it gateway by gateway");
    }
}

Fingerprint parse_root(const std::string& text) {
    const auto fingerprint = Fingerprint::parse(text);
    if (!fingerprint) {
        throw Error(Code::usage, "--allow-root-change needs the whole SHA-256 fingerprint of the new root",
                    "see it with \"umsadm cert show\"");
    }
    return *fingerprint;
}

std::vector<std::string> names_of(const Site& site, const KeystoreUpdateOptions& options) {
    if (!options.all) return options.gateways;
    std::vector<std::string> names;
    for (const Gateway& gateway : load_gateways(site)) names.push_back(gateway.name);
    if (names.empty()) throw Error(Code::not_found, "the site has no gateway", "add one with \"umsadm gateway add\"");
    return names;
}

bool deployed_any(const std::vector<Deployment>& deployments) {
    return std::any_of(deployments.begin(), deployments.end(), [](const Deployment& deployment) {
        const RunOutcome result = deployment.outcome.result;
        return result == RunOutcome::updated || result == RunOutcome::installed;
    });
}

ExitCode run_keystore_update(Context& ctx, KeystoreUpdateOptions& options) {
    check_options(options);
    if (!options.allowed_root.empty()) options.each.allowed_root = parse_root(options.allowed_root);
    const Site site = ctx.open_site();
    std::vector<Deployment> deployments;
    for (const std::string& name : names_of(site, options)) {
        deployments.push_back(update_gateway(ctx, site, name, options.each));
        show_deployment(ctx.out, deployments.back());
        ctx.out.result(deployments_json(deployments));
        if (deployments.back().outcome.error && deployments.back().outcome.error->code() == Code::interrupted) break;
    }
    if (deployed_any(deployments)) {
        ctx.out.note(
            "the UMS Console does not know a certificate that was made here: import it there, with its key, "
            "see \"umsadm cert export --help\"");
    }
    return deployments_exit_code(deployments);
}

}  // namespace

void add_keystore_update(Command& group) {
    const auto options = std::make_shared<KeystoreUpdateOptions>();
    GatewayUpdateOptions& each = options->each;
    Command& command =
        group.command("update", "Put a new certificate on gateways: look, prove, change, verify, or put back");
    command
        .describe(
            "Looks at the gateway, proves that the certificate fits, builds the new keystore from the present one (all "
            "trusted entries stay), rehearses it, swaps it in one atomic step, restarts, and verifies what is really "
            "served. When anything fails after the swap, the old keystore comes back.\n"
            "Without --cert: the newest generation of the certificate that is stored there, else the only one that "
            "fits.")
        .argument("GATEWAY", "names of gateways", into(options->gateways), Need::optional)
        .flag("--all", "all gateways of the site", options->all)
        .option("--cert", "C", "the new certificate: NAME, NAME@GENERATION or a fingerprint", into(each.certificate))
        .flag("--dry-run", "do everything but the change, and print the plan", each.dry_run)
        .option("--wait", "SECONDS", "how long the gateway may take to come up (default: as stored, 90)",
                into(each.wait_seconds))
        .option("--keep-backups", "N", "old keystores of our own that stay on the gateway (default 3)",
                into_number(each.keep_backups, 0, 1000))
        .flag("--no-restart", "end after the swap; the gateway takes it up at its next restart", each.no_restart)
        .flag("--no-verify", "end after the restart", each.no_verify)
        .heading("Override")
        .flag("--force", "override host-missing, gateway-host-missing and no-san", each.force)
        .option("--reason", "TEXT", "why; required with --force", into(each.reason))
        .option("--allow-root-change", "FINGERPRINT",
                "exchange the root for this one: devices without it lose contact, see docs/root-exchange.md",
                into(options->allowed_root))
        .heading("Passwords")
        .option("--key-password", "SRC", "passphrase of the new certificate's key in the site", into(each.key_password))
        .option("--store-password", "SRC", "password of the keystore (default: from the gateway's configuration)",
                into(each.store_password))
        .option("--alias", "A", "the key entry to exchange (default: the only one)", into(each.alias));
    add_login_options(command, each.login);
    command.example("umsadm keystore update berlin", "the newest generation of what is there now")
        .example("umsadm keystore update berlin --cert \"ICG Berlin@3\" --dry-run", "look and prove, change nothing")
        .example("umsadm keystore update berlin --cert New --allow-root-change 7F:1A:... --dry-run",
                 "an exchange of the root: what it means for devices")
        .run([options](Context& ctx) { return run_keystore_update(ctx, *options); });
}

}  // namespace umsadm::app
