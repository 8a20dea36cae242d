#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../context.hpp"
#include "../gateway_change.hpp"
#include "../inventory_loading.hpp"
#include "../login.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct KeystoreVerifyOptions {
    std::string gateway;
    LoginOptions login;
};

Findings judge(const Probed& served, const JournalRun& installed, const Inventory& inventory, UtcTime now) {
    Findings findings;
    const Fingerprint& wanted = installed.facts.new_leaf;
    if (served.chain.empty()) {
        findings.push_back({Severity::error, "not-served",
                            fmt::format("the gateway serves nothing: {}", printable(served.nothing_reason))});
        return findings;
    }
    const Certificate& leaf = served.chain.front();
    if (leaf.fingerprint() != wanted) {
        findings.push_back(
            {Severity::error, "served-differs",
             fmt::format("the gateway serves {}, not {} that was installed",
                         in_quotes(inventory.name_of(leaf.fingerprint())), in_quotes(inventory.name_of(wanted)))});
    }
    if (leaf.not_after() <= now) {
        findings.push_back({Severity::error, "expired",
                            fmt::format("the served certificate has expired on {}", format_utc(leaf.not_after()))});
    }
    if (served.health == Health::err) {
        findings.push_back({Severity::error, "health-err", "the health page of the gateway says \"err\""});
    }
    return findings;
}

// An installation that nobody had seen served so far counts as verified from now on. A run that is still open stays the
// last one of the journal: it would never be settled behind another one.
void record_verified(Context& ctx, const Site& site, const std::string& gateway, const JournalRun& installed) {
    if (installed.end->verified) return;
    const FileLock lock = site.lock_gateway(gateway, ctx.lock_deadline());
    Journal journal(site.gateway_journal(gateway), ctx.now);
    const auto runs = journal.load();
    const JournalRun* newest = newest_installation(runs);
    if (unfinished_run(runs) != nullptr || newest == nullptr || newest->facts.run != installed.facts.run) return;
    record_seen(journal, installed.facts, ctx);
}

ExitCode run_keystore_verify(Context& ctx, const KeystoreVerifyOptions& options) {
    const Site site = ctx.open_site();
    GatewaySession session(ctx, load_gateway_for_run(site, options.gateway, options.login));
    const auto runs = load_journal(site, options.gateway);
    if (const auto open = describe_open_run(ctx, site, options.gateway)) ctx.out.warning(*open);
    const JournalRun* installed = newest_installation(runs);
    if (installed == nullptr) {
        throw Error(Code::not_found, fmt::format("nothing was installed on gateway {} yet", in_quotes(options.gateway)),
                    fmt::format("run \"umsadm keystore update {}\" first", options.gateway));
    }
    const Inventory inventory = load_inventory(site);
    const Probed served = session.look_at_port();
    const Findings findings = judge(served, *installed, inventory, ctx.now());
    const bool good = !has_errors(findings);
    if (good) record_verified(ctx, site, options.gateway, *installed);

    const Json nothing = nullptr;
    ctx.out.result({{"gateway", options.gateway},
                    {"compatible", good},
                    {"installed_fingerprint_sha256", installed->facts.new_leaf.to_string()},
                    {"served_fingerprint_sha256",
                     served.chain.empty() ? nothing : Json(served.chain.front().fingerprint().to_string())},
                    {"tls_version", served.chain.empty() ? nothing : Json(served.tls_version)},
                    {"health", health_name(served.health)},
                    {"findings", findings_json(findings)}});
    ctx.out.findings(findings);
    if (good) {
        ctx.out.text(fmt::format("gateway {} serves {} as installed ({}, health {})", in_quotes(options.gateway),
                                 in_quotes(inventory.name_of(installed->facts.new_leaf)), served.tls_version,
                                 health_name(served.health)));
    }
    return good ? ExitCode::done : ExitCode::refused;
}

}  // namespace

void add_keystore_verify(Command& group) {
    const auto options = std::make_shared<KeystoreVerifyOptions>();
    Command& command = group.command("verify", "Compare what a gateway serves with what was installed");
    command
        .describe(
            "Exit code 4 when the gateway serves something else, nothing, an expired certificate, or its health page "
            "says err.")
        .argument("GATEWAY", "name of a gateway", into(options->gateway));
    add_login_options(command, options->login);
    command.example("umsadm keystore verify berlin", "for a job that watches").run([options](Context& ctx) {
        return run_keystore_verify(ctx, *options);
    });
}

}  // namespace umsadm::app
