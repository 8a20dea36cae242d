#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/pki/profile.hpp"

#include "../auditing.hpp"
#include "../certificate_options.hpp"
#include "../certificate_selection.hpp"
#include "../certificate_storing.hpp"
#include "../certificate_warnings.hpp"
#include "../inventory_loading.hpp"
#include "../signing_key.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct CertCreateOptions {
    std::string name;
    std::string root;
    std::vector<HostName> hosts;
    CertificateType type = CertificateType::end_entity;
    SubjectFields subject;
    LifetimeOptions lifetime;
    std::optional<KeySpec> key;
    std::optional<int> path_length;
    std::optional<SecretSource> root_key_password;
};

void check_type_options(const CertCreateOptions& options) {
    const bool is_ca = options.type == CertificateType::intermediate;
    if (!is_ca && options.path_length) {
        throw Error(Code::usage, "--path-length belongs to --type ca");
    }
    if (!is_ca && options.hosts.empty()) {
        throw Error(Code::usage, "a certificate for a gateway needs its names",
                    "say --host \"icg.example.com;10.0.0.5\" with every name and address that devices use");
    }
    if (is_ca && !options.hosts.empty()) throw Error(Code::usage, "a certificate of --type ca has no --host");
}

SignedRequest request_of(const CertCreateOptions& options, UtcTime now) {
    return {.name = options.name,
            .subject = options.subject,
            .subject_der = {},
            .type = options.type,
            .hosts = options.hosts,
            .key = options.key.value_or(KeySpec{}),
            .not_after = wanted_end(options.lifetime, now).value_or(now + k_default_end_lifetime),
            .path_length = options.path_length};
}

ExitCode run_cert_create(const CertCreateOptions& options, Context& ctx) {
    const UtcTime now = ctx.now();
    const Site site = ctx.open_site();
    check_display_name(options.name);
    check_type_options(options);
    const SignedRequest request = request_of(options, now);
    const Inventory before = load_inventory(site);
    const StoredCertificate& root = select_stored(before, options.root);
    refuse_taken_name(before, options.name);

    warn_about_key(request.key, ctx.out);
    IssuerKeys issuer_keys(ctx, site, options.root_key_password);
    const PrivateKey& root_key = issuer_keys.key_of(root.certificate, before);
    const Issued issued = issue_signed(request, before.chain_of(root.certificate, now).certificates, root_key, now);
    ctx.cancellation.check();

    const FileLock lock = site.lock(ctx.lock_deadline());
    refuse_taken_name(load_inventory(site), options.name);
    store_in_site(site, {.name = options.name, .certificate = issued.certificate, .key = &issued.key}, now);
    const Inventory inventory = load_inventory(site);
    const StoredCertificate& stored = *inventory.find(issued.certificate.fingerprint());
    ctx.out.result(certificate_json(stored, inventory, now));
    audit_done(ctx, site,
               {.action = "cert create", .subject = stored.label(), .new_fingerprint = stored.record.fingerprint});
    ctx.out.text(fmt::format("created the certificate {}", in_quotes(stored.label())));
    show_certificate(ctx.out, stored, inventory, now);
    warn_about(ctx.out, stored, inventory, now);
    return ExitCode::done;
}

}  // namespace

void add_cert_create(Command& cert) {
    const auto options = std::make_shared<CertCreateOptions>();
    Command& command = cert.command("create", "Make a certificate that is signed by a root");
    command
        .describe(
            "For a gateway it has to hold every name and address by which devices reach it: the host, the external "
            "host, a proxy's. One leading \"*.\" stands for one label.")
        .argument("NAME", "display name, also the common name unless --common-name sets another", into(options->name))
        .offering({OfferKind::nothing})
        .option("--root", "R", "the root or intermediate that signs: its name, NAME@GENERATION or fingerprint",
                into(options->root), Need::required)
        .option("--host", "HOSTS", "DNS names and IP addresses, separated by \";\"", into_hosts(options->hosts))
        .option("--type", "end-entity|ca", "for a gateway, or an intermediate CA (default: end-entity)",
                into(options->type))
        .option("--path-length", "N", "for --type ca: how many intermediates may stand below it",
                into_number(options->path_length, 0, 100));
    add_subject_options(command, options->subject, WithHolder::yes);
    add_lifetime_options(command, options->lifetime, "(default: one year)");
    add_key_option(command, options->key, "rsa:4096");
    command
        .option("--root-key-password", "SRC",
                "the password of the signing key, when it is encrypted, or the PIN of its token",
                into(options->root_key_password))
        .example("umsadm cert create \"ICG Berlin\" --root \"Example Root\" --host \"icg.example.com;10.0.0.5\"",
                 "for a gateway with a name and an address, for one year")
        .example("umsadm cert create \"Issuing CA\" --root \"Example Root\" --type ca --path-length 0 --days 1825",
                 "an intermediate that signs for gateways")
        .run([options](Context& ctx) { return run_cert_create(*options, ctx); });
}

}  // namespace umsadm::app
