#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../auditing.hpp"
#include "../certificate_storing.hpp"
#include "../certificate_view.hpp"
#include "../certificate_warnings.hpp"
#include "../import_reading.hpp"
#include "../inventory_loading.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct CertImportOptions {
    std::vector<Path> files;
    std::string name;
    bool partial = false;
    ImportPasswords passwords;
};

std::string_view action_word(ImportAction action) noexcept {
    switch (action) {
        case ImportAction::store: return "imported";
        case ImportAction::add_key: return "key-added";
        case ImportAction::nothing: return "already-there";
    }
    return "already-there";
}

// A CA's key that came encrypted stays so: the password that protects it was chosen by somebody. A gateway's key goes
// into a keystore of its own, without anybody there to type a password.
const Secret* password_for(Context& ctx, const CertImportOptions& options, const ImportMaterial& material,
                           const ImportStep& step) {
    const bool is_ca = type_of(step.certificate) != CertificateType::end_entity;
    const bool was_encrypted = step.key && material.encrypted_pem.contains(*step.key);
    return is_ca && was_encrypted ? password_of_keys(ctx, options.passwords) : nullptr;
}

void add_key_to(const Site& site, const StoredCertificate& stored, const PrivateKey& key, const Secret* password) {
    CertificateRecord record = stored.record;
    record.key = password == nullptr ? StoredKey::plain : StoredKey::encrypted;
    add_key(site, record,
            password == nullptr ? key.to_pem() : Secret(std::string_view(key.to_encrypted_pem(*password))));
}

void carry_out(Context& ctx, const Site& site, const Inventory& inventory, const ImportStep& step,
               const ImportMaterial& material, const Secret* password) {
    if (step.action == ImportAction::nothing) return;
    const PrivateKey* const key = step.key ? &material.keys[*step.key].key : nullptr;
    std::string label;
    if (step.action == ImportAction::add_key) {
        const StoredCertificate& stored = *inventory.find(step.certificate.fingerprint());
        add_key_to(site, stored, *key, password);
        label = stored.label();
    } else {
        const CertificateRecord record = store_in_site(site,
                                                       {.name = step.name,
                                                        .certificate = step.certificate,
                                                        .origin = CertificateOrigin::imported,
                                                        .key = key,
                                                        .key_password = password},
                                                       ctx.now());
        label = fmt::format("{}@{}", record.name, record.generation);
    }
    audit_done(ctx, site,
               {.action = "cert import", .subject = label, .new_fingerprint = step.certificate.fingerprint()});
}

void show_steps(Context& ctx, const std::vector<ImportStep>& steps, const Inventory& inventory) {
    Json items = Json::array();
    std::vector<ShownCertificate> shown;
    for (const ImportStep& step : steps) {
        const StoredCertificate& stored = *inventory.find(step.certificate.fingerprint());
        Json json = certificate_json(stored, inventory, ctx.now());
        json["state"] = action_word(step.action);
        items.push_back(std::move(json));
        shown.emplace_back(stored);
        const std::string_view what = step.action == ImportAction::store     ? "imported"
                                      : step.action == ImportAction::add_key ? "added the private key of"
                                                                             : "already there:";
        ctx.out.text(fmt::format("{} {}", what, in_quotes(stored.label())));
        if (step.action == ImportAction::store) warn_about(ctx.out, stored, inventory, ctx.now());
    }
    ctx.out.result({{"items", std::move(items)}});
    ctx.out.text();
    ctx.out.table(certificate_table(shown, inventory, ctx.now()));
}

ExitCode run_cert_import(const CertImportOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    const ImportMaterial material = read_import_files(ctx, options.files, options.passwords);
    ctx.cancellation.check();

    // From here to the end under the lock: the plan counts on what the site has.
    const FileLock lock = site.lock(ctx.lock_deadline());
    const Inventory before = load_inventory(site);
    const ImportPlan plan = plan_import({.certificates = material.certificates,
                                         .keys = material.keys,
                                         .name = options.name,
                                         .partial = options.partial,
                                         .now = ctx.now()},
                                        before);
    for (const std::string& issuer : plan.missing_issuers) {
        ctx.out.warning(fmt::format("the certificate of the issuer {} is missing", in_quotes(issuer)));
    }
    for (const ImportStep& step : plan.steps) {
        carry_out(ctx, site, before, step, material, password_for(ctx, options, material, step));
    }
    show_steps(ctx, plan.steps, load_inventory(site));
    return ExitCode::done;
}

}  // namespace

void add_cert_import(Command& cert) {
    const auto options = std::make_shared<CertImportOptions>();
    cert.command("import", "Take certificates and private keys into the site")
        .describe(
            "Roots, intermediates, certificates of gateways and private keys, in any order and any number of files: "
            "PEM, "
            "DER, PKCS#7, PKCS#12, JKS. Keys are matched with certificates and chains are built; nothing is stored "
            "unless "
            "all is well.\n"
            "A certificate is named after its subject. One with the name, subject and hosts of a certificate that is "
            "there already becomes its next generation.")
        .argument("FILE", "the files", into(options->files))
        .option("--name", "NAME", "the name of the end certificate (default: its common name)", into(options->name))
        .option("--password", "SRC", "the password of keystores", into(options->passwords.keystore))
        .option("--key-password", "SRC",
                "the password of encrypted PEM keys, and of keys in a keystore when it is another one",
                into(options->passwords.key))
        .flag("--partial", "import also when an issuer is missing", options->partial)
        .example("umsadm cert import root.crt root.key --key-password prompt", "the root of your UMS with its key")
        .example("umsadm cert import export.p12 --password file:pass.txt",
                 "all that an export of the UMS Console holds")
        .example("umsadm cert import chain.pem icg.crt icg.key --name \"ICG Berlin\"", "a certificate from a public CA")
        .run([options](Context& ctx) { return run_cert_import(*options, ctx); });
}

}  // namespace umsadm::app
