#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/registry/gateway.hpp"
#include "umsadm/registry/journal.hpp"

#include "../certificate_renewal.hpp"
#include "../certificate_selection.hpp"
#include "../certificate_warnings.hpp"
#include "../gateway_choice.hpp"
#include "../inventory_loading.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct CertRenewOptions {
    std::vector<std::string> certificates;
    GatewayChoice gateways;
    std::optional<int> due;
    RenewalOptions renewal;

    bool is_plural() const noexcept { return gateways.is_plural() || certificates.size() > 1; }
};

const StoredCertificate& newest_of(const StoredCertificate& stored, const Inventory& inventory) {
    return *inventory.newest(stored.record.name);
}

const StoredCertificate& used_by_gateway(const Site& site, const Gateway& gateway, const Inventory& inventory) {
    const auto used = used_certificate(Journal(site.gateway_journal(gateway.name), Clock{}).load());
    const StoredCertificate* const stored = used ? inventory.find(*used) : nullptr;
    if (stored == nullptr) {
        throw Error(
            Code::not_found,
            fmt::format("no certificate of the site is known to be used by gateway {}", in_quotes(gateway.name)),
            "umsadm learns it from its own updates: name the certificate instead of the gateway");
    }
    return newest_of(*stored, inventory);
}

// Each once: several gateways may use one certificate.
void add_once(std::vector<const StoredCertificate*>& found, const StoredCertificate& stored) {
    if (std::find(found.begin(), found.end(), &stored) == found.end()) found.push_back(&stored);
}

std::vector<const StoredCertificate*> all_used(const Inventory& inventory) {
    std::vector<const StoredCertificate*> found;
    for (const StoredCertificate& stored : inventory.all()) {
        if (inventory.used_by(stored.record.fingerprint).empty()) continue;
        if (type_of(stored.certificate) == CertificateType::end_entity) add_once(found, newest_of(stored, inventory));
    }
    return found;
}

std::vector<const StoredCertificate*> targets_of(const CertRenewOptions& options, const Site& site,
                                                 const Inventory& inventory) {
    const GatewayChoice& gateways = options.gateways;
    const int ways = (options.certificates.empty() ? 0 : 1) + (gateways.names.empty() ? 0 : 1) +
                     (gateways.all ? 1 : 0) + (gateways.labels.empty() ? 0 : 1);
    if (ways != 1) {
        throw Error(Code::usage, "name certificates, or say --gateway G, or --all, or --label",
                    "see \"umsadm cert renew --help\"");
    }
    if (gateways.all) return all_used(inventory);
    std::vector<const StoredCertificate*> found;
    for (const std::string& selector : options.certificates) add_once(found, select_stored(inventory, selector));
    if (!found.empty()) return found;
    for (const Gateway& gateway : chosen_gateways(site, gateways)) {
        add_once(found, used_by_gateway(site, gateway, inventory));
    }
    return found;
}

bool is_due(const StoredCertificate& stored, const std::optional<int>& due, UtcTime now) {
    return !due || days_left(stored.certificate.not_after(), now) < *due;
}

Json skip(Context& ctx, const StoredCertificate& stored, const Inventory& inventory, UtcTime now) {
    ctx.out.text(fmt::format("{} is not due: {}", in_quotes(stored.label()),
                             days_left_in_words(stored.certificate.not_after(), now)));
    Json json = certificate_json(stored, inventory, now);
    json["renewed"] = false;
    return json;
}

Json renew(Context& ctx, const Site& site, const StoredCertificate& current, const Inventory& before,
           IssuerKeys& issuer_keys, const RenewalOptions& options) {
    const Fingerprint fingerprint = with_context(fmt::format("renewing {}", in_quotes(current.label())), [&] {
        return renew_certificate(ctx, site, current, before, issuer_keys, options);
    });
    const Inventory inventory = load_inventory(site);
    const StoredCertificate& stored = *inventory.find(fingerprint);
    ctx.out.text(fmt::format("renewed {}: created {}", in_quotes(current.label()), in_quotes(stored.label())));
    show_certificate(ctx.out, stored, inventory, ctx.now());
    warn_about(ctx.out, stored, inventory, ctx.now());
    if (type_of(stored.certificate) == CertificateType::root) {
        ctx.out.note(
            "it is the same authority: what was signed before stays valid. Devices go on with the certificate that "
            "they "
            "have until that ends: give them the new one before");
    }
    Json json = certificate_json(stored, inventory, ctx.now());
    json["renewed"] = true;
    return json;
}

Json renew_if_due(Context& ctx, const Site& site, const StoredCertificate& current, const Inventory& inventory,
                  IssuerKeys& issuer_keys, const CertRenewOptions& options) {
    if (!is_due(current, options.due, ctx.now())) return skip(ctx, current, inventory, ctx.now());
    return renew(ctx, site, current, inventory, issuer_keys, options.renewal);
}

ExitCode renew_all(Context& ctx, const Site& site, const std::vector<const StoredCertificate*>& targets,
                   const Inventory& inventory, const CertRenewOptions& options) {
    if (targets.empty()) {
        ctx.out.result({{"items", Json::array()}});
        ctx.out.text("no certificate is used by a gateway: nothing to renew");
    }
    Json items = Json::array();
    ExitCode code = ExitCode::done;
    IssuerKeys issuer_keys(ctx, site, options.renewal.root_key_password);
    for (const StoredCertificate* const current : targets) {
        try {
            items.push_back(renew_if_due(ctx, site, *current, inventory, issuer_keys, options));
        } catch (const Error& error) {
            // The others are renewed all the same.
            if (error.code() == Code::interrupted) throw;
            ctx.out.error(error);
            Json json = certificate_json(*current, inventory, ctx.now());
            json["renewed"] = false;
            json["problem"] = error.message();
            items.push_back(std::move(json));
            code = worst(code, exit_code(error.code()));
        }
        // After each: an interruption does not hide what was made before it.
        ctx.out.result({{"items", items}});
    }
    return code;
}

ExitCode run_cert_renew(const CertRenewOptions& options, Context& ctx) {
    if (options.renewal.reuse_key && options.renewal.key) {
        throw Error(Code::usage, "--reuse-key and --key cannot be used together");
    }
    const Site site = ctx.open_site();
    const Inventory inventory = load_inventory(site);
    const auto targets = targets_of(options, site, inventory);
    if (options.is_plural()) return renew_all(ctx, site, targets, inventory, options);
    IssuerKeys issuer_keys(ctx, site, options.renewal.root_key_password);
    ctx.out.result(renew_if_due(ctx, site, *targets.front(), inventory, issuer_keys, options));
    return ExitCode::done;
}

}  // namespace

void add_cert_renew(Command& cert) {
    const auto options = std::make_shared<CertRenewOptions>();
    Command& command = cert.command("renew", "Make the next generation of a certificate");
    command
        .describe(
            "The new certificate has the same root, subject and hosts, a new key and new dates. It is only made: "
            "\"umsadm keystore update\" puts it on a gateway.\n"
            "A root or intermediate is extended with --reuse-key: same name, same key, so it stays the same authority.")
        .argument("C", "certificates: NAME (its newest generation), NAME@GENERATION, or a fingerprint",
                  into(options->certificates), Need::optional)
        .option("--gateway", "G", "the one that this gateway uses; may be repeated", into(options->gateways.names))
        .flag("--all", "every one that a gateway uses", options->gateways.all)
        .option("--label", "KEY=VALUE", "those that the gateways with this label use; several: with each of them",
                into(options->gateways.labels))
        .option("--due", "DAYS", "skip what ends in DAYS days or later", into_number(options->due, 0, 36525));
    add_lifetime_options(command, options->renewal.lifetime, "(default: as long as the current one)");
    add_key_option(command, options->renewal.key, "as the current one");
    command.flag("--reuse-key", "keep the private key of the current one", options->renewal.reuse_key)
        .option("--key-password", "SRC",
                "the password of the key that is kept, when it is encrypted, or the PIN of its token",
                into(options->renewal.key_password))
        .option("--root-key-password", "SRC",
                "the password of the signing key, when it is encrypted, or the PIN of its token",
                into(options->renewal.root_key_password))
        .example("umsadm cert renew \"ICG Berlin\"", "for as long as the current one was made for")
        .example("umsadm cert renew --gateway berlin --due 30 --days 365", "only when it ends within 30 days")
        .example("umsadm cert renew --all --due 30", "for a timer: all that are used and due")
        .example("umsadm cert renew \"Example Root\" --reuse-key", "a root that ends soon goes on for as long again")
        .run([options](Context& ctx) { return run_cert_renew(*options, ctx); });
}

}  // namespace umsadm::app
