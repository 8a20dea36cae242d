#include "gateway_update.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"
#include "umsadm/crypto/private_key.hpp"

#include "gateway_change.hpp"
#include "root_exchange.hpp"

namespace umsadm::app {
namespace {

Gateway gateway_of_run(const Site& site, const std::string& name, const GatewayUpdateOptions& options) {
    Gateway gateway = load_gateway_for_run(site, name, options.login);
    if (options.store_password) gateway.store_password = options.store_password;
    if (!options.alias.empty()) gateway.alias = options.alias;
    if (options.wait_seconds) gateway.wait_seconds = *options.wait_seconds;
    return gateway;
}

// The certificate of --cert, of the rule, or of the user's choice on a terminal.
const StoredCertificate& choose(Context& context, const Gateway& gateway, const GatewayUpdateOptions& options,
                                const CurrentOnGateway& current, const Inventory& inventory) {
    if (!options.certificate.empty()) return inventory.select(options.certificate);
    // Judged only where it is needed: each certificate of the site would be, for each gateway of a rollout.
    if (const StoredCertificate* const next = next_generation(current, inventory)) return *next;
    const auto candidates = judge_candidates(gateway, current, inventory, context.now());
    try {
        return choose_certificate(inventory, candidates);
    } catch (const Error& error) {
        if (error.code() != Code::ambiguous || !context.prompt.can_choose()) throw;
    }
    std::vector<const StoredCertificate*> usable;
    std::vector<std::string> lines;
    for (const Candidate& candidate : candidates) {
        if (!candidate.usable()) continue;
        usable.push_back(candidate.certificate);
        lines.push_back(fmt::format("{}, until {}", printable(candidate.certificate->label()),
                                    format_utc(candidate.certificate->certificate.not_after())));
    }
    return *usable[context.prompt.choose(fmt::format("certificate for gateway {}", in_quotes(gateway.name)), lines)];
}

std::optional<PrivateKey> load_key(Context& context, const Site& site, const StoredCertificate& certificate,
                                   const GatewayUpdateOptions& options) {
    if (!certificate.has_key()) return std::nullopt;
    if (!certificate.has_key_file()) {
        throw Error(
            Code::refused,
            fmt::format("the private key of {} is in a token and cannot leave it", in_quotes(certificate.label())),
            "a keystore needs a certificate whose key is in the site");
    }
    return with_context(fmt::format("reading the key of certificate {}", in_quotes(certificate.label())), [&] {
        const Secret pem = load_key_pem(site, certificate.record.fingerprint);
        const Secret* passphrase = context.secrets.read(
            options.key_password, fmt::format("passphrase of the key of {}", in_quotes(certificate.label())));
        return PrivateKey::from_pem(pem.reveal(), passphrase);
    });
}

void show_plan(Context& context, const Prepared& prepared, const StoredCertificate& certificate,
               const std::vector<std::string>& root_exchange) {
    context.out.text(
        fmt::format("plan for gateway {} with {}", in_quotes(prepared.plan.gateway), in_quotes(certificate.label())));
    for (const std::string& line : describe_plan(prepared.plan)) context.out.text("  " + printable(line));
    for (const std::string& line : root_exchange) context.out.text("  " + printable(line));
}

std::string question(const Prepared& prepared, const StoredCertificate& certificate, bool exchanges) {
    const std::string gateway = in_quotes(prepared.plan.gateway);
    const std::string label = in_quotes(certificate.label());
    if (exchanges) {
        return fmt::format("does every device of gateway {} have the new root, and shall it be updated with {}?",
                           gateway, label);
    }
    return fmt::format("{} gateway {} with {}?", prepared.need == UpdateNeed::restart_only ? "restart" : "update",
                       gateway, label);
}

void confirm(Context& context, const Prepared& prepared, const GatewayUpdateOptions& options,
             const StoredCertificate& certificate, const std::vector<std::string>& root_exchange) {
    // A script runs without a question as long as nothing is overridden; what is overridden wants a yes from somebody.
    if (!options.overrides() && !context.prompt.can_choose()) return;
    show_plan(context, prepared, certificate, root_exchange);
    context.prompt.confirm(question(prepared, certificate, !root_exchange.empty()));
}

Error refusal(const Prepared& prepared, const StoredCertificate& certificate, const std::string& gateway) {
    const bool other_root = std::any_of(prepared.findings.begin(), prepared.findings.end(), [](const Finding& finding) {
        return finding.code == "root-differs" && finding.severity == Severity::error;
    });
    return Error(
        Code::refused,
        fmt::format("certificate {} cannot be used for gateway {}", in_quotes(certificate.label()), in_quotes(gateway)),
        other_root ? "another root is no renewal, it cuts off devices: docs/root-exchange.md tells how to "
                     "exchange it"
                   : "see the findings above; \"umsadm keystore candidates\" shows which ones can");
}

const Certificate& present_leaf(const CurrentOnGateway& current) {
    return current.served.chain.empty() ? current.stored.chain.front() : current.served.chain.front();
}

bool is_due(const Certificate& present, const GatewayUpdateOptions& options, UtcTime now) {
    return !options.due || days_left(present.not_after(), now) < *options.due;
}

// Steps 2 to 8 on a gateway that was looked at. `change` is absent in a dry run.
Outcome decide_and_change(Context& context, const Site& site, const Inventory& inventory, GatewaySession& session,
                          GatewayChange* change, const GatewayUpdateOptions& options, Deployment& deployment) {
    const CurrentOnGateway current = session.current();
    const Certificate& present = present_leaf(current);
    deployment.old_not_after = present.not_after();
    if (!is_due(present, options, context.now())) {
        Outcome outcome;
        outcome.result = RunOutcome::skipped;
        outcome.old_leaf = present.fingerprint();
        return outcome;
    }
    const StoredCertificate& certificate = choose(context, session.gateway(), options, current, inventory);
    deployment.certificate = certificate.label();
    deployment.new_not_after = certificate.certificate.not_after();
    if (has_already(current, certificate.certificate)) {
        // Nothing is touched, so neither a key that the site lost since nor a rule has a say.
        Outcome outcome;
        outcome.result = RunOutcome::already_current;
        outcome.old_leaf = present.fingerprint();
        outcome.new_leaf = certificate.record.fingerprint;
        outcome.verified = true;
        if (change != nullptr) change->record_current(certificate.record.fingerprint);
        return outcome;
    }
    const std::optional<PrivateKey> key = load_key(context, site, certificate, options);

    const Prepared prepared = prepare_update(
        {
            .gateway = session.gateway(),
            .chosen = &certificate,
            .key = key ? &*key : nullptr,
            .passwords = session.passwords(),
            .force = options.force,
            .reason = options.reason,
            .allowed_root = options.allowed_root,
            .restart = !options.no_restart,
            .verify = !options.no_verify,
            .keep_backups = options.keep_backups,
            .run = random_hex(8),
            .user = context.user,
            .now = context.now(),
        },
        session.state(), current, inventory);

    Outcome outcome;
    outcome.old_leaf = present.fingerprint();
    outcome.new_leaf = certificate.record.fingerprint;
    outcome.findings = prepared.findings;
    context.out.findings(prepared.findings);

    if (prepared.refused()) {
        outcome.result = RunOutcome::failed;
        outcome.error = refusal(prepared, certificate, session.gateway().name);
        return outcome;
    }
    if (prepared.need == UpdateNeed::restart_only && options.no_restart) {
        outcome.result = RunOutcome::installed;
        return outcome;
    }
    std::vector<std::string> root_exchange;
    if (exchanges_root(prepared.findings)) {
        const Chain next = inventory.chain_of(certificate.certificate, context.now());
        root_exchange = describe_root_exchange(current, next, inventory, context.now());
    }
    if (change == nullptr) {
        show_plan(context, prepared, certificate, root_exchange);
        outcome.result = RunOutcome::planned;
        return outcome;
    }
    confirm(context, prepared, options, certificate, root_exchange);
    Outcome executed = change->execute(prepared.plan, "keystore update");
    executed.findings.insert(executed.findings.begin(), prepared.findings.begin(), prepared.findings.end());
    return executed;
}

}  // namespace

Deployment update_gateway(Context& context, const Site& site, const Inventory& inventory, const std::string& name,
                          const GatewayUpdateOptions& options) {
    const auto started = std::chrono::steady_clock::now();
    Deployment deployment;
    deployment.gateway = name;
    try {
        with_context(fmt::format("updating gateway {}", in_quotes(name)), [&] {
            Gateway gateway = gateway_of_run(site, name, options);
            if (options.dry_run) {
                if (const auto open = describe_open_run(context, site, name)) context.out.warning(*open);
                GatewaySession session(context, std::move(gateway));
                deployment.outcome = decide_and_change(context, site, inventory, session, nullptr, options, deployment);
            } else {
                GatewayChange change(context, site, std::move(gateway));
                deployment.outcome =
                    decide_and_change(context, site, inventory, change.session(), &change, options, deployment);
                Findings& findings = deployment.outcome.findings;
                findings.insert(findings.begin(), change.settled().begin(), change.settled().end());
            }
        });
    } catch (const Error& error) {
        if (ends_the_whole_run(error)) throw;
        deployment.outcome = failed_outcome(error);
    }
    deployment.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
    return deployment;
}

}  // namespace umsadm::app
