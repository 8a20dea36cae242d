#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/registry/rollout_record.hpp"

#include "../context.hpp"
#include "../gateway_choice.hpp"
#include "../gateway_update.hpp"
#include "../inventory_loading.hpp"
#include "../local_time.hpp"
#include "../login.hpp"
#include "../rollout.hpp"
#include "../rollout_view.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct KeystoreUpdateOptions {
    GatewayChoice gateways;
    bool resume = false;
    std::string allowed_root;
    int jobs = 4;
    int canary = 0;
    std::optional<int> max_failures;
    GatewayUpdateOptions each;
};

void check_options(const KeystoreUpdateOptions& options) {
    if (options.each.force && options.each.reason.empty()) {
        throw Error(Code::usage, "--force needs a reason", "say why with --reason TEXT; it goes into the audit log");
    }
    if (!options.each.force && !options.each.reason.empty()) {
        throw Error(Code::usage, "--reason goes with --force only");
    }
    if (options.gateways.all && !options.allowed_root.empty()) {
        throw Error(Code::usage, "--allow-root-change never goes together with --all",
                    "another root cuts off devices: change it gateway by gateway");
    }
    if (options.canary > 0 && (options.each.no_restart || options.each.no_verify)) {
        throw Error(Code::usage, "--canary needs gateways that are verified", "leave out --no-restart and --no-verify");
    }
    if (options.resume && (!options.gateways.empty() || !options.each.certificate.empty())) {
        throw Error(Code::usage, "--resume takes the gateways and the certificate of the rollout that it takes up",
                    "leave out the names, --all, --label and --cert");
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

std::vector<RolloutTarget> targets_of(const std::vector<Gateway>& gateways, const Inventory& inventory,
                                      const std::string& certificate) {
    // The same one for all, also when a newer generation is made meanwhile.
    std::optional<Fingerprint> fixed;
    if (!certificate.empty()) fixed = inventory.select(certificate).record.fingerprint;
    std::vector<RolloutTarget> targets;
    for (const Gateway& gateway : gateways) targets.push_back({gateway.name, gateway.group, fixed});
    return targets;
}

// What is left of the newest rollout. A gateway that was removed since is none of it any more.
RolloutRequest resumed(Context& ctx, const Site& site) {
    const auto newest = RolloutRecord(site, ctx.now).newest();
    if (!newest) {
        throw Error(Code::not_found, "there is no rollout to take up again",
                    "a rollout is an update of several gateways: name them, or give --all or --label");
    }
    RolloutRequest request;
    request.run = newest->run;
    const std::vector<RolloutMember> left = newest->left();
    for (const Gateway& gateway : load_gateways(site)) {
        const auto member = std::find_if(left.begin(), left.end(),
                                         [&](const RolloutMember& one) { return one.gateway == gateway.name; });
        if (member != left.end()) request.targets.push_back({gateway.name, gateway.group, member->certificate});
    }
    ctx.out.note(fmt::format("the rollout of {} by {}: {} of {} gateways are left", format_local(newest->started),
                             printable(newest->user), request.targets.size(), newest->members.size()));
    return request;
}

// One gateway, with all that there is to see and to be asked.
std::vector<Deployment> update_one(Context& ctx, const Site& site, const Inventory& inventory, const std::string& name,
                                   const GatewayUpdateOptions& options) {
    std::vector<Deployment> deployments{update_gateway(ctx, site, inventory, name, options)};
    ctx.out.result(deployments_json(deployments));
    show_deployment(ctx.out, deployments.front());
    return deployments;
}

std::vector<Deployment> update_many(Context& ctx, const Site& site, const Inventory& inventory, RolloutRequest request,
                                    const KeystoreUpdateOptions& options) {
    request.each = options.each;
    request.limits.jobs = static_cast<std::size_t>(options.jobs);
    request.limits.canary = static_cast<std::size_t>(options.canary);
    if (options.max_failures) request.limits.max_failures = static_cast<std::size_t>(*options.max_failures);
    std::vector<Deployment> deployments = roll_out(ctx, site, inventory, request);
    ctx.out.result(deployments_json(deployments));
    show_rollout(ctx.out, deployments);
    hint_at_resume(ctx.out, deployments);
    return deployments;
}

std::vector<Deployment> update(Context& ctx, const Site& site, const KeystoreUpdateOptions& options) {
    if (options.resume) return update_many(ctx, site, load_inventory(site), resumed(ctx, site), options);
    const std::vector<Gateway> gateways = chosen_gateways(site, options.gateways);
    const Inventory inventory = load_inventory(site);
    if (gateways.size() == 1) return update_one(ctx, site, inventory, gateways.front().name, options.each);
    RolloutRequest request;
    request.targets = targets_of(gateways, inventory, options.each.certificate);
    return update_many(ctx, site, inventory, std::move(request), options);
}

ExitCode run_keystore_update(Context& ctx, KeystoreUpdateOptions& options) {
    check_options(options);
    if (!options.allowed_root.empty()) options.each.allowed_root = parse_root(options.allowed_root);
    const std::vector<Deployment> deployments = update(ctx, ctx.open_site(), options);
    remind_of_console(ctx.out, deployments);
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
            "fits.\n"
            "Several gateways are a rollout: --jobs at a time, --canary of them first, never two of a --group (of the "
            "gateway's record). A refused password starts nothing new; an interruption lets those end or go back that "
            "run. --resume takes up what failed or never started.")
        .argument("GATEWAY", "names of gateways", into(options->gateways.names), Need::optional);
    add_gateway_choice(command, options->gateways);
    command.option("--cert", "C", "the new certificate: NAME, NAME@GENERATION or a fingerprint", into(each.certificate))
        .option("--due", "DAYS", "skip a gateway whose certificate ends in DAYS days or later",
                into_number(each.due, 0, 36525))
        .flag("--dry-run", "do everything but the change, and print the plan", each.dry_run)
        .option("--wait", "SECONDS", "how long the gateway may take to come up (default: as stored, 90)",
                into(each.wait_seconds))
        .option("--keep-backups", "N", "old keystores of our own that stay on the gateway (default 3)",
                into_number(each.keep_backups, 0, 1000))
        .flag("--no-restart", "end after the swap; the gateway takes it up at its next restart", each.no_restart)
        .flag("--no-verify", "end after the restart", each.no_verify)
        .heading("Rollout")
        .option("--jobs", "N", "gateways at the same time (default 4)", into_number(options->jobs, 1, 256))
        .option("--canary", "N", "so many are updated first; the rest follows only when each of them was verified",
                into_number(options->canary, 0, 1000))
        .option("--max-failures", "N", "start nothing new after N failures (default: go on)",
                into_number(options->max_failures, 1, 100000))
        .flag("--resume", "take up the last rollout: exactly those that failed or never started", options->resume)
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
        .example("umsadm keystore update --label site=berlin --canary 1 --max-failures 2",
                 "all with this label: one first, and an end after two failures")
        .example("umsadm keystore update berlin --cert New --allow-root-change 7F:1A:... --dry-run",
                 "an exchange of the root: what it means for devices")
        .run([options](Context& ctx) { return run_keystore_update(ctx, *options); });
}

}  // namespace umsadm::app
