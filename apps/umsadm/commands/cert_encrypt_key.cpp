#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/text.hpp"

#include "../auditing.hpp"
#include "../certificate_selection.hpp"
#include "../certificate_storing.hpp"
#include "../inventory_loading.hpp"
#include "../key_form.hpp"
#include "../new_password.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct CertEncryptKeyOptions {
    std::string certificate;
    std::optional<SecretSource> new_password;
    std::optional<SecretSource> key_password;
};

ExitCode run_cert_encrypt_key(const CertEncryptKeyOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    const Inventory before = load_inventory(site);
    const StoredCertificate& stored = select_stored(before, options.certificate);
    const PrivateKey key = load_private_key(ctx, site, stored, options.key_password, "--key-password");
    const Secret* const password = read_new_password(ctx, options.new_password, password_of_key(stored));
    store_key_form(ctx, site, stored, key, password);

    const Inventory inventory = load_inventory(site);
    ctx.out.result(certificate_json(*inventory.find(stored.record.fingerprint), inventory, ctx.now()));
    audit_done(ctx, site, {.action = "cert encrypt-key", .subject = stored.label()});
    ctx.out.text(
        fmt::format("the private key of {} is encrypted with the new password now", in_quotes(stored.label())));
    return ExitCode::done;
}

}  // namespace

void add_cert_encrypt_key(Command& cert) {
    const auto options = std::make_shared<CertEncryptKeyOptions>();
    cert.command("encrypt-key", "Encrypt the private key of a certificate in the site, or change its password")
        .describe(
            "The key is read, compared with its certificate, encrypted, read back, and only then takes the place of "
            "the "
            "old form. Whoever signs or builds a keystore with it needs the password from then on.")
        .argument("C", "NAME (its newest generation), NAME@GENERATION, or a fingerprint", into(options->certificate))
        .option("--new-password", "SRC", "the password it gets; \"prompt\" asks twice", into(options->new_password),
                Need::required)
        .option("--key-password", "SRC", "the password it has, when it is encrypted already",
                into(options->key_password))
        .example("umsadm cert encrypt-key \"Example Root\" --new-password prompt", "a root's key at rest")
        .example("umsadm cert encrypt-key \"Example Root\" --key-password file:old.txt --new-password file:new.txt",
                 "another password")
        .run([options](Context& ctx) { return run_cert_encrypt_key(*options, ctx); });
}

}  // namespace umsadm::app
