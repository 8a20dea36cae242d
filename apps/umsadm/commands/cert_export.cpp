#include <array>
#include <chrono>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../certificate_export.hpp"
#include "../certificate_selection.hpp"
#include "../inventory_loading.hpp"
#include "../output_file.hpp"
#include "../proxy_export.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct CertExportOptions {
    std::string certificate;
    std::string output;
    ExportOptions what;
    bool force = false;
};

ExitCode run_proxy_export(const CertExportOptions& options, Context& ctx, const Site& site,
                          const StoredCertificate& stored, const Inventory& inventory) {
    if (is_standard_output(options.output)) {
        throw Error(Code::usage, "--format proxy writes a folder, and \"-\" is standard output");
    }
    const auto files = export_for_proxy(ctx, site, stored, inventory, options.what, options.output, options.force);
    ctx.out.result({{"folder", options.output},
                    {"format", format_name(options.what.format)},
                    {"files", files},
                    {"certificate", certificate_json(stored, inventory, ctx.now())}});
    ctx.out.text(fmt::format("wrote {} of {} to the folder {}: {}", describe(options.what.format),
                             in_quotes(stored.label()), in_quotes(options.output), fmt::join(files, ", ")));
    return ExitCode::done;
}

ExitCode run_cert_export(const CertExportOptions& options, Context& ctx) {
    check_output_file(ctx.out, options.output);
    refuse_superfluous(options.what);
    const Site site = ctx.open_site();
    const Inventory inventory = load_inventory(site);
    const StoredCertificate& stored = select_stored(inventory, options.certificate);
    if (options.what.format == ExportFormat::proxy) return run_proxy_export(options, ctx, site, stored, inventory);

    const Exported exported = export_certificate(ctx, site, stored, inventory, options.what);
    write_output_file(ctx.out, options.output, exported.content.reveal_bytes(),
                      exported.has_key ? k_owner_only : k_public, options.force);
    if (is_standard_output(options.output)) return ExitCode::done;
    Json result{{"file", options.output},
                {"format", format_name(options.what.format)},
                {"certificate", certificate_json(stored, inventory, ctx.now())}};
    if (exported.root) result["root_fingerprint_parts"] = exported.root->parts();
    ctx.out.result(std::move(result));
    ctx.out.text(fmt::format("wrote {} of {} to {}", describe(options.what.format), in_quotes(stored.label()),
                             in_quotes(options.output)));
    if (exported.root) {
        ctx.out.text(fmt::format("its fingerprint, as the set-up of a device asks for it: {}",
                                 fmt::join(exported.root->parts(), " ")));
    }
    return ExitCode::done;
}

}  // namespace

void add_cert_export(Command& cert) {
    const auto options = std::make_shared<CertExportOptions>();
    cert.command("export", "Write a certificate, its chain or its key to a file")
        .describe(
            "pem, der: the certificate. chain: its issuers up to the root. fullchain: itself, then the chain. root: "
            "the "
            "root of its chain, for the devices and the UMS Console. key: the private key, encrypted when --password "
            "is "
            "given. pkcs12, jks: key and chain for Java, encrypted with --password. proxy: a folder with "
            "fullchain.pem, privkey.pem, chain.pem and haproxy.pem for NGINX, Apache or HAProxy.")
        .argument("C", "the certificate: NAME (its newest generation), NAME@GENERATION, or a fingerprint",
                  into(options->certificate))
        .option("--output,-o", "FILE", "where to write to; \"-\" is standard output. A folder for the format proxy",
                into(options->output), Need::required)
        .option("--format", "FORMAT", "pem, der, chain, fullchain, root, key, pkcs12, jks or proxy (default: pem)",
                {[options](const std::string& text) { options->what.format = parse_format(text); }, false})
        .offering_words(format_words())
        .option("--password", "SRC", "the password of the file that is written", into(options->what.password))
        .option("--key-password", "SRC", "the password of the private key in the site, when it is encrypted",
                into(options->what.key_password))
        .option("--alias", "TEXT", "the alias in a keystore (default: the name)", into(options->what.alias))
        .option("--java", "VERSION", "the Java that reads the PKCS#12: 8u292, 11.0.12, 17 (default: a modern one)",
                into(options->what.java))
        .flag("--legacy", "a PKCS#12 for any Java and any old program: 3DES and SHA-1", options->what.legacy)
        .flag("--force", "replace the file or folder when it exists", options->force)
        .example("umsadm cert export \"ICG Berlin\" -o root.crt --format root",
                 "the root, for the UMS Console and for devices, and its fingerprint in four parts")
        .example("umsadm cert export \"ICG Berlin\" -o /etc/nginx/icg --format proxy --force",
                 "what a reverse proxy in front of the gateway needs")
        .example("umsadm cert export \"ICG Berlin\" -o icg.p12 --format pkcs12 --java 8u292 --password file:pass.txt",
                 "for a Java that does not know the algorithms of today")
        .example("umsadm cert export \"ICG Berlin\" -o icg.p12 --format pkcs12 --password file:pass.txt",
                 "key and chain for another machine")
        .example("umsadm cert export \"ICG Berlin\" -o - --format fullchain | openssl x509 -noout -text", "look at it")
        .run([options](Context& ctx) { return run_cert_export(*options, ctx); });
}

}  // namespace umsadm::app
