#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/pki/profile.hpp"

#include "../auditing.hpp"
#include "../certificate_options.hpp"
#include "../certificate_storing.hpp"
#include "../certificate_view.hpp"
#include "../inventory_loading.hpp"
#include "../signing_key.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct CertCreateRootOptions {
    std::string name;
    SubjectFields subject;
    LifetimeOptions lifetime;
    std::optional<KeySpec> key;
    std::optional<int> path_length;
    std::optional<SecretSource> key_password;
    std::string token_key;
};

// What is to be stored: a certificate for a new key, or for one in a token.
struct NewRoot {
    Certificate certificate;
    std::optional<PrivateKey> key;  // empty: in the token
    const Secret* key_password = nullptr;
};

UtcTime usual_end(UtcTime now) {
    const auto today = std::chrono::floor<std::chrono::days>(now);
    std::chrono::year_month_day day = std::chrono::year_month_day(today) + std::chrono::years(k_default_root_years);
    if (!day.ok()) day = day.year() / day.month() / std::chrono::last;  // the 29th of February
    return std::chrono::sys_days(day) + (now - today);
}

NewRoot make_root(const CertCreateRootOptions& options, const RootRequest& request, Context& ctx, UtcTime now) {
    const std::string what = fmt::format("the private key of {}", in_quotes(options.name));
    if (!options.token_key.empty()) {
        const PrivateKey key = open_token_key(ctx, options.token_key, what, options.key_password, "--key-password");
        return {issue_root_for_key(request, key, now), std::nullopt, nullptr};
    }
    warn_about_key(request.key, ctx.out);
    const Secret* const password = ctx.secrets.read(options.key_password, fmt::format("new password of {}", what));
    Issued issued = issue_root(request, now);
    return {std::move(issued.certificate), std::move(issued.key), password};
}

ExitCode run_cert_create_root(const CertCreateRootOptions& options, Context& ctx) {
    if (!options.token_key.empty() && options.key) {
        throw Error(Code::usage,
                    "--token-key and --key cannot be used together: the key in the token is there already");
    }
    const UtcTime now = ctx.now();
    const Site site = ctx.open_site();
    check_display_name(options.name);
    refuse_taken_name(load_inventory(site), options.name);

    const RootRequest request{.name = options.name,
                              .subject = options.subject,
                              .key = options.key.value_or(KeySpec{}),
                              .not_after = wanted_end(options.lifetime, now).value_or(usual_end(now)),
                              .path_length = options.path_length};
    const NewRoot root = make_root(options, request, ctx, now);
    ctx.cancellation.check();

    const FileLock lock = site.lock(ctx.lock_deadline());
    refuse_taken_name(load_inventory(site), options.name);
    store_in_site(site,
                  {.name = options.name,
                   .certificate = root.certificate,
                   .key = root.key ? &*root.key : nullptr,
                   .key_password = root.key_password,
                   .key_uri = options.token_key},
                  now);
    const Inventory inventory = load_inventory(site);
    const StoredCertificate& stored = *inventory.find(root.certificate.fingerprint());
    ctx.out.result(certificate_json(stored, inventory, now));
    audit_done(ctx, site,
               {.action = "cert create-root", .subject = stored.label(), .new_fingerprint = stored.record.fingerprint});
    ctx.out.text(fmt::format("created the root certificate {}", in_quotes(stored.label())));
    show_certificate(ctx.out, stored, inventory, now);
    return ExitCode::done;
}

}  // namespace

void add_cert_create_root(Command& cert) {
    const auto options = std::make_shared<CertCreateRootOptions>();
    Command& command = cert.command("create-root", "Make a root certificate: the authority that signs the others");
    command
        .describe(
            "Devices trust a gateway because they know its root, so a root is made once and kept: its private key "
            "stays in the site, and a new root has to reach every device before a gateway may use it.")
        .argument("NAME", "display name, also the common name unless --common-name sets another", into(options->name))
        .offering({OfferKind::nothing})
        .option("--path-length", "N", "how many intermediates may stand below it (default: any number)",
                into_number(options->path_length, 0, 100));
    add_subject_options(command, options->subject, WithHolder::no);
    add_lifetime_options(command, options->lifetime, "(default: ten years)");
    add_key_option(command, options->key, "rsa:4096");
    command
        .option("--key-password", "SRC", "encrypt the private key with this password; with --token-key: the PIN",
                into(options->key_password))
        .option("--token-key", "URI", "use this key in a token: a PKCS#11 URI without the PIN",
                {[options](const std::string& text) {
                     check_key_uri(text);
                     options->token_key = text;
                 },
                 false})
        .example("umsadm cert create-root \"Example Root\" --organization \"Example Ltd\" --country DE",
                 "for ten years")
        .example("umsadm cert create-root \"Example Root\" --key ec:p384 --key-password prompt",
                 "a smaller key, encrypted with a password that every signature will need")
        .example(
            "umsadm cert create-root \"Example Root\" --token-key \"pkcs11:token=umsadm;object=root\" --key-password "
            "prompt",
            "the key was made in a token and stays there")
        .run([options](Context& ctx) { return run_cert_create_root(*options, ctx); });
}

}  // namespace umsadm::app
