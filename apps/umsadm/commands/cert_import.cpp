#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/registry/request_store.hpp"

#include "../certificate_view.hpp"
#include "../certificate_warnings.hpp"
#include "../import_reading.hpp"
#include "../import_storing.hpp"
#include "../inventory_loading.hpp"
#include "../system_roots.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct CertImportOptions {
    std::vector<Path> files;
    std::string name;
    bool partial = false;
    bool system_roots = false;
    bool dry_run = false;
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

std::string_view action_in_words(ImportAction action, bool dry_run) noexcept {
    switch (action) {
        case ImportAction::store: return dry_run ? "would import" : "imported";
        case ImportAction::add_key: return dry_run ? "would add the private key of" : "added the private key of";
        case ImportAction::nothing: return "already there:";
    }
    return "already there:";
}

ImportRequest request_for(Context& ctx, const Site& site, const ImportMaterial& material,
                          const CertImportOptions& options) {
    ImportRequest request{.certificates = material.certificates, .keys = material.keys, .now = ctx.now()};
    for (const RequestFiles& waiting : load_requests(site)) request.waiting.push_back(waiting.record);
    request.name = options.name;
    request.take_system_roots = options.system_roots;
    return request;
}

// The system's authorities are read only when something is missing: most imports need none of them.
ImportPlan make_plan(Context& ctx, ImportRequest& request, const Inventory& inventory) {
    ImportPlan plan = plan_import(request, inventory);
    if (plan.missing_issuers.empty()) return plan;
    if (request.take_system_roots) {
        request.system_roots = load_system_roots();
    } else {
        try {
            request.system_roots = load_system_roots();
        } catch (const Error& error) {  // nobody asked for them: there is just no hint then
            ctx.out.verbose(error.message());
            return plan;
        }
    }
    return plan_import(request, inventory);
}

void tell_what_is_left_out(Output& out, const ImportPlan& plan, const ImportMaterial& material) {
    for (const std::string& path : material.passed_over) {
        out.note(fmt::format("passed over {}: neither a certificate nor a private key", in_quotes(path)));
    }
    for (const MissingIssuer& issuer : plan.missing_issuers) {
        out.warning(fmt::format("the certificate of the issuer {} is missing", in_quotes(issuer.subject)));
    }
    for (const std::string& source : plan.unused_keys) {
        out.warning(fmt::format("the private key in {} belongs to no certificate: passed over", in_quotes(source)));
    }
}

Json result_json(const ImportPlan& plan, const ImportMaterial& material, Json items, bool dry_run) {
    Json missing = Json::array();
    for (const MissingIssuer& issuer : plan.missing_issuers) missing.push_back(issuer.subject);
    return {{"dry_run", dry_run},
            {"items", std::move(items)},
            {"missing_issuers", std::move(missing)},
            {"unused_keys", plan.unused_keys},
            {"passed_over", material.passed_over}};
}

// A page of warnings about a whole archive would hide what was imported.
void warn_about_stored(Context& ctx, const ImportPlan& plan, const Inventory& after) {
    constexpr std::ptrdiff_t k_most_judged = 20;
    const auto is_new = [](const ImportStep& step) { return step.action == ImportAction::store; };
    const auto count = std::count_if(plan.steps.begin(), plan.steps.end(), is_new);
    if (count > k_most_judged) {
        ctx.out.note(fmt::format("{} certificates are too many to judge here: see \"umsadm cert lint FILE\"", count));
        return;
    }
    for (const ImportStep& step : plan.steps) {
        if (is_new(step)) warn_about(ctx.out, *after.find(step.certificate.fingerprint()), after, ctx.now());
    }
}

// `after`: the site with what was, or would be, imported.
void show_steps(Context& ctx, const ImportPlan& plan, const ImportMaterial& material, const Inventory& after,
                bool dry_run) {
    Json items = Json::array();
    std::vector<ShownCertificate> shown;
    for (const ImportStep& step : plan.steps) {
        const StoredCertificate& stored = *after.find(step.certificate.fingerprint());
        Json json = certificate_json(stored, after, ctx.now());
        json["state"] = action_word(step.action);
        items.push_back(std::move(json));
        shown.emplace_back(stored);
        ctx.out.text(fmt::format("{} {}{}", action_in_words(step.action, dry_run), in_quotes(stored.label()),
                                 step.answers ? ", the answer to a request of this site" : ""));
    }
    warn_about_stored(ctx, plan, after);
    ctx.out.result(result_json(plan, material, std::move(items), dry_run));
    ctx.out.text();
    ctx.out.table(certificate_table(shown, after, ctx.now()));
}

ExitCode run_cert_import(const CertImportOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    const ImportMaterial material = read_import_files(ctx, options.files, options.passwords);
    ctx.cancellation.check();

    // From here to the end under the lock: the plan counts on what the site has. A dry run only looks.
    std::optional<FileLock> lock;
    if (!options.dry_run) lock.emplace(site.lock(ctx.lock_deadline()));
    const std::vector<CertificateFiles> files = load_certificates(site);
    const Inventory before = load_inventory(site, files);
    ImportRequest request = request_for(ctx, site, material, options);
    const ImportPlan plan = make_plan(ctx, request, before);
    if (!options.partial) require_whole(plan);
    tell_what_is_left_out(ctx.out, plan, material);

    const std::vector<CertificateRecord> records = plan_records(site, plan, material, request, before);
    const Inventory after = load_inventory(site, with_planned(files, plan, records));
    ctx.cancellation.check();
    if (!options.dry_run) carry_out(ctx, site, plan, material, records);
    show_steps(ctx, plan, material, after, options.dry_run);
    return ExitCode::done;
}

}  // namespace

void add_cert_import(Command& cert) {
    const auto options = std::make_shared<CertImportOptions>();
    cert.command("import", "Take certificates and private keys into the site")
        .describe(
            "Roots, intermediates, certificates of gateways and private keys, in any order and any number of files: "
            "PEM, DER, PKCS#7, PKCS#12, JKS, JCEKS, or a folder with such files. Keys are matched with certificates "
            "and chains are built; nothing is stored unless all is well.\n"
            "A certificate is named after its subject. One with the name, subject and hosts of a certificate that is "
            "there already becomes its next generation; with --name it does whatever its subject and hosts are. The "
            "answer to a request of this site gets the key and the name of the request.")
        .argument("FILE", "files, or folders with files", into(options->files))
        .option("--name", "NAME", "the name of the end certificate (default: its common name)", into(options->name))
        .offering({OfferKind::certificate})
        .option("--password", "SRC", "the password of keystores; repeated where they have different ones",
                into(options->passwords.keystore))
        .option("--key-password", "SRC",
                "the password of encrypted keys, and of keys in a keystore when it is another one; repeated likewise",
                into(options->passwords.key))
        .flag("--system-roots", "take a root that is missing from the authorities that this system trusts",
              options->system_roots)
        .flag("--partial", "import also when an issuer is missing, or a key belongs to nothing", options->partial)
        .flag("--dry-run", "show what would be stored under which name, and store nothing", options->dry_run)
        .example("umsadm cert import root.crt root.key --key-password prompt", "the root of your UMS with its key")
        .example("umsadm cert import export.p12 --password file:pass.txt",
                 "all that an export of the UMS Console holds")
        .example("umsadm cert import chain.pem icg.crt icg.key --name \"ICG Berlin\"", "a certificate from a public CA")
        .example("umsadm cert import --name \"ICG Berlin\" --system-roots /etc/letsencrypt/live/icg.example.com",
                 "what certbot obtained or renewed")
        .run([options](Context& ctx) { return run_cert_import(*options, ctx); });
}

}  // namespace umsadm::app
