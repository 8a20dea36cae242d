#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/jobs/update_keystore.hpp"

#include "../certificate_view.hpp"
#include "../context.hpp"
#include "../gateway_session.hpp"
#include "../inventory_loading.hpp"
#include "../local_time.hpp"
#include "../login.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct KeystoreCandidatesOptions {
    std::string gateway;
    LoginOptions login;
    std::optional<SecretSource> store_password;
    std::string alias;
};

// The codes of the reasons, each once.
std::string codes_of(const Candidate& candidate) {
    std::vector<std::string> codes;
    for (const Finding& finding : candidate.findings) {
        if (finding.severity == Severity::info) continue;
        if (std::find(codes.begin(), codes.end(), finding.code) == codes.end()) codes.push_back(finding.code);
    }
    return codes.empty() ? "-" : fmt::format("{}", fmt::join(codes, " "));
}

Table candidate_table(const std::vector<Candidate>& candidates, UtcTime now) {
    Table table{{{"CERTIFICATE"},
                 {"USABLE"},
                 {"EXPIRES"},
                 {"DAYS", Align::right},
                 {"REASONS"},
                 {"FINGERPRINT", Align::left, For::machines}},
                {}};
    for (const Candidate& candidate : candidates) {
        const UtcTime end = candidate.certificate->certificate.not_after();
        table.rows.push_back({candidate.certificate->label(),
                              candidate.usable() ? Cell("yes", Style::good) : Cell("no", Style::bad),
                              {format_local_date(end), format_utc(end)},
                              std::to_string(days_left(end, now)),
                              codes_of(candidate),
                              candidate.certificate->record.fingerprint.to_string()});
    }
    return table;
}

void show_reasons(Output& out, const std::vector<Candidate>& candidates) {
    for (const Candidate& candidate : candidates) {
        if (candidate.findings.empty()) continue;
        out.text();
        out.text(fmt::format("{}:", candidate.certificate->label()));
        out.findings(candidate.findings);
    }
}

Json items_of(const std::vector<Candidate>& candidates, const Inventory& inventory, UtcTime now) {
    Json items = Json::array();
    for (const Candidate& candidate : candidates) {
        items.push_back({{"certificate", certificate_json(*candidate.certificate, inventory, now)},
                         {"usable", candidate.usable()},
                         {"findings", findings_json(candidate.findings)}});
    }
    return items;
}

ExitCode run_keystore_candidates(const KeystoreCandidatesOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    Gateway gateway = load_gateway_for_run(site, options.gateway, options.login);
    if (options.store_password) gateway.store_password = options.store_password;
    if (!options.alias.empty()) gateway.alias = options.alias;
    GatewaySession session(ctx, gateway);
    const CurrentOnGateway current = session.current();
    const Inventory inventory = load_inventory(site);
    const UtcTime now = ctx.now();
    const std::vector<Candidate> candidates = judge_candidates(gateway, current, inventory, now);

    ctx.out.result({{"items", items_of(candidates, inventory, now)}});
    if (candidates.empty()) {
        ctx.out.note("the site has no certificate of a gateway yet: umsadm cert create, or umsadm cert import");
    }
    if (!candidates.empty() || ctx.out.options().machine_readable) ctx.out.table(candidate_table(candidates, now));
    if (ctx.out.for_people()) show_reasons(ctx.out, candidates);
    return ExitCode::done;
}

}  // namespace

void add_keystore_candidates(Command& group) {
    const auto options = std::make_shared<KeystoreCandidatesOptions>();
    Command& command =
        group.command("candidates", "Which certificates can take over on a gateway, and why not the others");
    command
        .describe(
            "Judges every end entity certificate of the site against what the gateway serves now, rule by rule. "
            "Changes "
            "nothing.")
        .argument("GATEWAY", "name of a gateway", into(options->gateway))
        .option("--store-password", "SRC", "the password of the keystore (default: as stored or configured)",
                into(options->store_password))
        .option("--alias", "ALIAS", "the key entry that is served (default: as stored or configured)",
                into(options->alias));
    add_login_options(command, options->login);
    command.example("umsadm keystore candidates berlin", "a table, and the reasons below it")
        .run([options](Context& ctx) { return run_keystore_candidates(*options, ctx); });
}

}  // namespace umsadm::app
