#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/jobs/update_keystore.hpp"
#include "umsadm/pki/compatibility.hpp"

#include "../certificate_selection.hpp"
#include "../gateway_session.hpp"
#include "../inventory_loading.hpp"
#include "../login.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct CertCheckOptions {
    std::string candidate;
    std::string gateway;
    std::string current;
    LoginOptions login;
};

// What is served now; only when nothing is does it need a login, to read what is stored.
CurrentCertificate current_on(GatewaySession& session, const Inventory& inventory, UtcTime now) {
    CurrentOnGateway seen;
    seen.served = session.look_at_port();
    if (seen.served.chain.empty()) seen = session.current();
    return current_certificate(seen, inventory, now);
}

void judge_by_gateway(CompatibilityRequest& request, const CertCheckOptions& options, Context& ctx, const Site& site,
                      const Inventory& inventory) {
    GatewaySession session(ctx, load_gateway_for_run(site, options.gateway, options.login));
    const Gateway& gateway = session.gateway();
    request.gateway_host = HostName::parse(gateway.host);
    if (!gateway.external_host.empty()) request.external_host = HostName::parse(gateway.external_host);
    request.current = with_context(fmt::format("checking gateway {}", in_quotes(gateway.name)),
                                   [&] { return current_on(session, inventory, ctx.now()); });
}

// A key that needs a password is not looked at: that it is there is known.
std::optional<PrivateKey> readable_key(const Site& site, const SelectedCertificate& selected) {
    if (selected.stored == nullptr || selected.stored->record.key != StoredKey::plain) return std::nullopt;
    // Whether it fits is for the rules to say.
    return PrivateKey::from_pem(load_key_pem(site, selected.stored->record.fingerprint).reveal(), nullptr);
}

void show_verdict(Output& out, const std::string& label, const Findings& findings) {
    const bool compatible = !has_errors(findings);
    out.result({{"compatible", compatible}, {"findings", findings_json(findings)}});
    out.findings(findings);
    out.text(fmt::format("{} is {}", in_quotes(label), compatible ? "compatible" : "NOT compatible"));
}

ExitCode run_cert_check(const CertCheckOptions& options, Context& ctx) {
    if (options.gateway.empty() == options.current.empty()) {
        throw Error(Code::usage, "say what to compare with: --gateway G, or --current C",
                    "see \"umsadm cert check --help\"");
    }
    const UtcTime now = ctx.now();
    const Site site = ctx.open_site();
    const Inventory inventory = load_inventory(site);
    const SelectedCertificate candidate = select_certificate(inventory, options.candidate);
    const auto key = readable_key(site, candidate);

    CompatibilityRequest request;
    request.next.name = candidate.stored == nullptr ? std::string() : candidate.stored->record.name;
    request.next.label = candidate.label();
    request.next.chain = chain_of(candidate, inventory, now);
    const StoredCertificate* const root = inventory.root_of(request.next.chain);
    request.next.root_name = root == nullptr ? std::string() : root->record.name;
    request.next.key = key ? &*key : nullptr;
    request.next.has_key = candidate.stored == nullptr ? candidate.key_in_file : candidate.stored->has_key_file();
    if (options.gateway.empty()) {
        const SelectedCertificate current = select_certificate(inventory, options.current);
        request.current = CurrentCertificate{chain_of(current, inventory, now), true};
    } else {
        judge_by_gateway(request, options, ctx, site, inventory);
    }
    const Findings findings = check_compatibility(request, now);
    show_verdict(ctx.out, candidate.label(), findings);
    return has_errors(findings) ? ExitCode::refused : ExitCode::done;
}

}  // namespace

void add_cert_check(Command& cert) {
    const auto options = std::make_shared<CertCheckOptions>();
    Command& command = cert.command("check", "Check whether a certificate may take over from the current one");
    command
        .describe(
            "Every rule of a renewal, one finding a line: same root, same hosts, really signed, complete chain, valid "
            "now, key that fits. Exit code 4 when an error is found; warnings are only shown.")
        .argument("NEW", "the new certificate: NAME, NAME@GENERATION, a fingerprint, or a file (with a \"/\")",
                  into(options->candidate))
        .offering({OfferKind::certificate, OfferKind::file})
        .option("--gateway", "G", "compare with what this gateway serves now", into(options->gateway))
        .option("--current", "C|FILE", "compare with this certificate; nothing is connected to",
                into(options->current));
    add_login_options(command, options->login);
    command.example("umsadm cert check \"ICG Berlin\" --gateway berlin", "against the live gateway")
        .example("umsadm cert check \"ICG Berlin@2\" --current \"ICG Berlin@1\"", "two generations, offline")
        .example("umsadm cert check ./new.pem --current ./old.pem", "two files")
        .run([options](Context& ctx) { return run_cert_check(*options, ctx); });
}

}  // namespace umsadm::app
