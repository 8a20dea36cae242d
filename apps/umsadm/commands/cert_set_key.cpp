#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../auditing.hpp"
#include "../certificate_selection.hpp"
#include "../inventory_loading.hpp"
#include "../signing_key.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct CertSetKeyOptions {
    std::string certificate;
    std::string token_key;
    std::optional<SecretSource> key_password;
};

void require_key_of(const StoredCertificate& stored, const CertSetKeyOptions& options, Context& ctx) {
    const std::string what = fmt::format("the private key of {}", in_quotes(stored.label()));
    const PrivateKey key = open_token_key(ctx, options.token_key, what, options.key_password, "--key-password");
    if (key.fits(stored.certificate)) return;
    throw Error(Code::refused, fmt::format("the key {} in the token is not {}", in_quotes(options.token_key), what),
                "name another object of the token");
}

void say_where(Context& ctx, const StoredCertificate& stored, const std::optional<Path>& kept) {
    ctx.out.text(fmt::format("{} signs with the key in the token now", in_quotes(stored.label())));
    if (!kept) return;
    ctx.out.note(
        fmt::format("the key that was in the site is in {} now: remove it there when it should be in the token "
                    "only",
                    in_quotes(kept->string())));
}

ExitCode run_cert_set_key(const CertSetKeyOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    const Inventory before = load_inventory(site);
    const StoredCertificate& stored = select_stored(before, options.certificate);
    require_key_of(stored, options, ctx);
    ctx.cancellation.check();

    const FileLock lock = site.lock(ctx.lock_deadline());
    CertificateRecord record = stored.record;
    record.key = StoredKey::token;
    record.key_uri = options.token_key;
    const std::optional<Path> kept = use_token_key(site, record, ctx.now());
    const Inventory inventory = load_inventory(site);
    Json json = certificate_json(*inventory.find(record.fingerprint), inventory, ctx.now());
    json["moved_to"] = kept ? Json(kept->string()) : Json();
    ctx.out.result(std::move(json));
    audit_done(ctx, site, {.action = "cert set-key", .subject = stored.label(), .detail = "key " + options.token_key});
    say_where(ctx, stored, kept);
    return ExitCode::done;
}

}  // namespace

void add_cert_set_key(Command& cert) {
    const auto options = std::make_shared<CertSetKeyOptions>();
    cert.command("set-key", "Say that the private key of a certificate is in a token (PKCS#11)")
        .describe(
            "The token is opened and the key compared with the certificate first. A key that was in the site moves to "
            "the trash. A key in a token signs, and leaves it never: such a certificate cannot be put into a keystore "
            "and its key not be exported.")
        .argument("C", "NAME (its newest generation), NAME@GENERATION, or a fingerprint", into(options->certificate))
        .option("--token-key", "URI", "the key: a PKCS#11 URI (RFC 7512) without the PIN",
                {[options](const std::string& text) {
                     check_key_uri(text);
                     options->token_key = text;
                 },
                 false},
                Need::required)
        .option("--key-password", "SRC", "the PIN of the token", into(options->key_password))
        .example(
            "umsadm cert set-key \"Example Root\" --token-key \"pkcs11:token=umsadm;object=root\" --key-password "
            "prompt",
            "after \"umsadm cert import root.pem\"")
        .run([options](Context& ctx) { return run_cert_set_key(*options, ctx); });
}

}  // namespace umsadm::app
