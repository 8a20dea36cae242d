#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/text.hpp"

#include "../auditing.hpp"
#include "../certificate_selection.hpp"
#include "../certificate_storing.hpp"
#include "../inventory_loading.hpp"
#include "../key_form.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct CertDecryptKeyOptions {
    std::string certificate;
    std::optional<SecretSource> key_password;
};

ExitCode run_cert_decrypt_key(const CertDecryptKeyOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    const Inventory before = load_inventory(site);
    const StoredCertificate& stored = select_stored(before, options.certificate);
    const std::string label = in_quotes(stored.label());
    if (stored.record.key == StoredKey::plain) {
        ctx.out.result(certificate_json(stored, before, ctx.now()));
        ctx.out.text(fmt::format("the private key of {} is not encrypted: nothing to do", label));
        return ExitCode::done;
    }
    const PrivateKey key = load_private_key(ctx, site, stored, options.key_password, "--key-password");
    store_key_form(ctx, site, stored, key, nullptr);

    const Inventory inventory = load_inventory(site);
    ctx.out.result(certificate_json(*inventory.find(stored.record.fingerprint), inventory, ctx.now()));
    audit_done(ctx, site, {.action = "cert decrypt-key", .subject = stored.label()});
    ctx.out.text(fmt::format("the private key of {} is not encrypted any more", label));
    return ExitCode::done;
}

}  // namespace

void add_cert_decrypt_key(Command& cert) {
    const auto options = std::make_shared<CertDecryptKeyOptions>();
    cert.command("decrypt-key", "Store the private key of a certificate unencrypted again")
        .describe(
            "The key is decrypted, compared with its certificate, stored unencrypted (mode 0600) and read back. For a "
            "key that a timer has to use without anybody there.")
        .argument("C", "NAME (its newest generation), NAME@GENERATION, or a fingerprint", into(options->certificate))
        .option("--key-password", "SRC", "the password it has", into(options->key_password))
        .example("umsadm cert decrypt-key \"ICG Berlin\" --key-password prompt", "asks for the password")
        .run([options](Context& ctx) { return run_cert_decrypt_key(*options, ctx); });
}

}  // namespace umsadm::app
