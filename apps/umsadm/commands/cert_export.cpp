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
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct CertExportOptions {
    std::string certificate;
    std::string output;
    ExportOptions what;
    bool force = false;
};

ExitCode run_cert_export(const CertExportOptions& options, Context& ctx) {
    check_output_file(ctx.out, options.output);
    const Site site = ctx.open_site();
    const Inventory inventory = load_inventory(site);
    const StoredCertificate& stored = select_stored(inventory, options.certificate);
    const Exported exported = export_certificate(ctx, site, stored, inventory, options.what);
    write_output_file(ctx.out, options.output, exported.content.reveal_bytes(),
                      exported.has_key ? k_owner_only : k_public, options.force);
    if (is_standard_output(options.output)) return ExitCode::done;
    ctx.out.result({{"file", options.output},
                    {"format", format_name(options.what.format)},
                    {"certificate", certificate_json(stored, inventory, ctx.now())}});
    ctx.out.text(fmt::format("wrote {} of {} to {}", describe(options.what.format), in_quotes(stored.label()),
                             in_quotes(options.output)));
    return ExitCode::done;
}

}  // namespace

void add_cert_export(Command& cert) {
    const auto options = std::make_shared<CertExportOptions>();
    cert.command("export", "Write a certificate, its chain or its key to a file")
        .describe(
            "pem, der: the certificate. chain: its issuers up to the root. fullchain: itself, then the chain. "
            "key: the private key, encrypted when --password is given. pkcs12, jks: key and chain for Java, encrypted "
            "with --password.")
        .argument("C", "the certificate: NAME (its newest generation), NAME@GENERATION, or a fingerprint",
                  into(options->certificate))
        .option("--output,-o", "FILE", "where to write to; \"-\" is standard output", into(options->output),
                Need::required)
        .option("--format", "FORMAT", "pem, der, chain, fullchain, key, pkcs12 or jks (default: pem)",
                {[options](const std::string& text) { options->what.format = parse_format(text); }, false})
        .option("--password", "SRC", "the password of the file that is written", into(options->what.password))
        .option("--key-password", "SRC", "the password of the private key in the site, when it is encrypted",
                into(options->what.key_password))
        .option("--alias", "TEXT", "the alias in a keystore (default: the name)", into(options->what.alias))
        .flag("--force", "replace the file when it exists", options->force)
        .example("umsadm cert export \"Example Root\" -o root.crt", "the root, to import it into the UMS Console")
        .example("umsadm cert export \"ICG Berlin\" -o icg.p12 --format pkcs12 --password file:pass.txt",
                 "key and chain for another machine")
        .example("umsadm cert export \"ICG Berlin\" -o - --format fullchain | openssl x509 -noout -text", "look at it")
        .run([options](Context& ctx) { return run_cert_export(*options, ctx); });
}

}  // namespace umsadm::app
