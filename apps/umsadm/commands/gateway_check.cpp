#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../context.hpp"
#include "../gateway_change.hpp"
#include "../gateway_checkup.hpp"
#include "../keystore_view.hpp"
#include "../login.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct GatewayCheckOptions {
    std::string name;
    LoginOptions login;
    std::optional<SecretSource> store_password;
    std::string alias;
};

Json checked_keystore_json(const Checkup& checkup) {
    if (checkup.state == nullptr) return nullptr;
    const RemoteFile& file = checkup.state->keystore;
    Json json{{"path", file.path},
              {"owner", file.owner},
              {"group", file.group},
              {"mode", fmt::format("{:04o}", file.mode)},
              {"free_bytes", checkup.state->free_bytes},
              {"format", nullptr},
              {"entries", nullptr},
              {"alias", nullptr},
              {"fingerprint_sha256", nullptr},
              {"not_after", nullptr}};
    if (checkup.keystore) {
        const PresentKeystore& present = *checkup.keystore;
        json["format"] = store_format_name(present.decoded.keystore.format);
        json["entries"] = visible_entries(present.decoded.keystore).size();
        json["alias"] = present.alias;
        json["fingerprint_sha256"] = present.chain.front().fingerprint().to_string();
        json["not_after"] = format_utc(present.chain.front().not_after());
    }
    return json;
}

Json result_of(const Checkup& checkup, const Gateway& gateway) {
    const Findings findings = checkup.points.findings();
    const bool serves = checkup.served && !checkup.served->chain.empty();
    Json json{{"gateway", gateway.name},
              {"compatible", !has_errors(findings)},
              {"findings", findings_json(findings)},
              {"login", describe_login(gateway.host, gateway.login)},
              {"keystore", checked_keystore_json(checkup)},
              {"served_fingerprint_sha256", nullptr},
              {"tls_version", nullptr},
              {"health", nullptr},
              {"unfinished_run", checkup.unfinished_run}};
    if (serves) {
        json["served_fingerprint_sha256"] = checkup.served->chain.front().fingerprint().to_string();
        json["tls_version"] = checkup.served->tls_version;
        if (gateway.health != HealthRule::off) json["health"] = health_name(checkup.served->health);
    }
    return json;
}

// Who watches a gateway learns from the document, too, that nobody gets in.
Checkup check_or_say_why_not(Context& ctx, const Site& site, GatewaySession& session) {
    try {
        return check_gateway(ctx, site, session);
    } catch (const Error& error) {
        if (exit_code(error.code()) == ExitCode::no_access) {
            Checkup nothing_seen;
            nothing_seen.points.no_access(error);
            nothing_seen.unfinished_run = unfinished_run(load_journal(site, session.gateway().name)) != nullptr;
            ctx.out.result(result_of(nothing_seen, session.gateway()));
        }
        throw;
    }
}

ExitCode run_gateway_check(const GatewayCheckOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    Gateway gateway = load_gateway_for_run(site, options.name, options.login);
    if (options.store_password) gateway.store_password = options.store_password;
    if (!options.alias.empty()) gateway.alias = options.alias;
    GatewaySession session(ctx, gateway);
    const Checkup checkup = check_or_say_why_not(ctx, site, session);

    ctx.out.result(result_of(checkup, gateway));
    ctx.out.table(checkup.points.table());
    ctx.out.hint_at_explain(checkup.points.findings());
    const bool ready = !has_errors(checkup.points.findings());
    ctx.out.text(ready
                     ? fmt::format("gateway {} is ready for an update", in_quotes(options.name))
                     : fmt::format("an update of gateway {} would stop at the errors above", in_quotes(options.name)));
    return ready ? ExitCode::done : ExitCode::refused;
}

}  // namespace

void add_gateway_check(Command& group) {
    const auto options = std::make_shared<GatewayCheckOptions>();
    Command& command = group.command("check", "Look whether a gateway can be updated; changes nothing");
    command
        .describe(
            "Connects and looks at the host key, login, sudo, configuration, keystore, disk space, TLS port and "
            "health. "
            "Exit code 4 when something would stop an update, 5 when the gateway cannot be reached or does not let us "
            "in.")
        .argument("NAME", "name of a gateway", into(options->name))
        .offering({OfferKind::gateway})
        .option("--store-password", "SRC", "the password of the keystore (default: as stored or configured)",
                into(options->store_password))
        .option("--alias", "ALIAS", "the key entry that is served (default: as stored or configured)",
                into(options->alias));
    add_login_options(command, options->login);
    command.example("umsadm gateway check berlin", "before the first update, and from a watching job")
        .run([options](Context& ctx) { return run_gateway_check(*options, ctx); });
}

}  // namespace umsadm::app
