#include "gateway_rollback.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"
#include "umsadm/jobs/rollback_keystore.hpp"

#include "gateway_change.hpp"
#include "inventory_loading.hpp"

namespace umsadm::app {
namespace {

std::string file_name(const std::string& path) { return Path(path).filename().string(); }

// The runs of our own journal whose backups are still on the gateway, newest first.
std::vector<const JournalRun*> runs_with_backup(const std::vector<JournalRun>& runs, const RemoteState& state) {
    std::vector<const JournalRun*> present;
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        const std::string& backup = run->facts.backup_path;
        const bool is_there = std::any_of(state.own_files.begin(), state.own_files.end(), [&](const std::string& file) {
            return file_name(file) == file_name(backup);
        });
        if (!backup.empty() && is_there) present.push_back(&*run);
    }
    return present;
}

std::string pick_backup(GatewayChange& change, const std::string& wanted, const std::string& gateway) {
    const auto present = runs_with_backup(change.runs(), change.state());
    if (present.empty()) {
        throw Error(Code::not_found, fmt::format("gateway {} has no backup of this site's journal", in_quotes(gateway)),
                    "\"umsadm keystore history\" shows what was done there");
    }
    const auto found = std::find_if(present.begin(), present.end(), [&](const JournalRun* run) {
        const std::string& backup = run->facts.backup_path;
        // The backup of an update that was put back is what is there now: going back means further.
        if (wanted.empty()) return run->facts.old_digest != change.state().keystore.digest;
        return backup == wanted || file_name(backup) == wanted;
    });
    if (found != present.end()) return (*found)->facts.backup_path;
    if (wanted.empty()) return present.front()->facts.backup_path;
    throw Error(Code::not_found, fmt::format("gateway {} has no backup {}", in_quotes(gateway), in_quotes(wanted)),
                fmt::format("\"umsadm keystore history {}\" lists them", gateway));
}

}  // namespace

Deployment roll_back_gateway(Context& context, const Site& site, const std::string& name,
                             const GatewayRollbackOptions& options) {
    const auto started = std::chrono::steady_clock::now();
    Deployment done = with_context(fmt::format("rolling back gateway {}", in_quotes(name)), [&] {
        Gateway gateway = load_gateway_for_run(site, name, options.login);
        if (options.store_password) gateway.store_password = options.store_password;
        if (!options.alias.empty()) gateway.alias = options.alias;
        if (options.wait_seconds) gateway.wait_seconds = *options.wait_seconds;
        GatewayChange change(context, site, std::move(gateway));
        GatewaySession& session = change.session();

        const std::string backup_path = pick_backup(change, options.backup, name);
        const RemoteState backup = observe_gateway(
            session.host(), {.install_path = {}, .keystore = backup_path, .config = {}, .config_needed = false});
        const Probed served = session.look_at_port();
        const Prepared prepared = prepare_rollback(
            {
                .gateway = session.gateway(),
                .passwords = session.passwords(),
                .alias = session.alias(),
                .restart = !options.no_restart,
                .verify = !options.no_verify,
                .keep_backups = options.keep_backups,
                .run = random_hex(8),
                .user = context.user,
                .now = context.now(),
            },
            change.state(), backup.keystore, served);
        context.out.findings(prepared.findings);

        Deployment deployment;
        deployment.gateway = name;
        if (!served.chain.empty()) deployment.old_not_after = served.chain.front().not_after();
        deployment.new_not_after =
            read_present_keystore(backup.keystore, session.passwords(), session.alias()).chain.front().not_after();
        if (prepared.need == UpdateNeed::nothing) {
            deployment.certificate = load_inventory(site).name_of(served.chain.front().fingerprint());
            deployment.outcome.result = RunOutcome::already_current;
            deployment.outcome.new_leaf = served.chain.front().fingerprint();
            deployment.outcome.verified = true;
            return deployment;
        }
        deployment.certificate = load_inventory(site).name_of(prepared.plan.facts.new_leaf);
        context.prompt.confirm(fmt::format("roll gateway {} back to {} (backup {})?", in_quotes(name),
                                           in_quotes(deployment.certificate), in_quotes(backup_path)));
        deployment.outcome = change.execute(prepared.plan, "keystore rollback");
        Findings& findings = deployment.outcome.findings;
        findings.insert(findings.begin(), prepared.findings.begin(), prepared.findings.end());
        findings.insert(findings.begin(), change.settled().begin(), change.settled().end());
        return deployment;
    });
    done.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
    return done;
}

}  // namespace umsadm::app
