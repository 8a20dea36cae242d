#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../auditing.hpp"
#include "../certificate_options.hpp"
#include "../certificate_selection.hpp"
#include "../certificate_signing.hpp"
#include "../certificate_view.hpp"
#include "../certificate_warnings.hpp"
#include "../inventory_loading.hpp"
#include "../local_time.hpp"
#include "../output_file.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct CertSignOptions {
    Path request;
    SignerOptions signer;
    SigningChoices choices;
    LifetimeOptions lifetime;
    std::string output;
    bool fullchain = false;
    bool force = false;
};

std::string in_words(const SignedRequest& request) {
    if (request.type == CertificateType::end_entity) return fmt::format("for {}", join_hosts(request.hosts));
    if (!request.path_length) return "a CA with any number of CAs below it";
    return fmt::format("a CA with at most {} CAs below it", *request.path_length);
}

// On standard error: the certificate itself may go to standard output.
void show_decision(Output& out, const CertificationRequest& asked, const SignedRequest& request, const Signer& signer) {
    out.note(fmt::format("to be signed:  {}", asked.subject().empty() ? request.name : asked.subject()));
    out.note(fmt::format("  type:        {}, {}", certificate_type_name(request.type), in_words(request)));
    out.note(fmt::format("  key:         {}", asked.key().to_string()));
    out.note(fmt::format("  valid until: {}", format_local(request.not_after)));
    out.note(fmt::format("  signed by:   {}", printable(signer.label)));
}

std::string pem_of(const Certificate& certificate, const Signer& signer, bool fullchain) {
    std::string text = certificate.pem();
    if (!fullchain) return text;
    for (const Certificate& issuer : signer.chain) text += issuer.pem();
    return text;
}

Chain chain_of(const Certificate& certificate, const Signer& signer) {
    Chain chain{{certificate}, signer.chain.back().is_self_signed()};
    chain.certificates.insert(chain.certificates.end(), signer.chain.begin(), signer.chain.end());
    return chain;
}

Json result_of(const CertSignOptions& options, const Chain& chain, const Inventory& inventory, UtcTime now) {
    Json certificate = certificate_json({chain.leaf(), false}, inventory, now);
    // The issuers may be in files only.
    if (chain.complete) certificate["root_fingerprint_sha256"] = chain.top().fingerprint().to_string();
    return {{"file", options.output},
            {"format", options.fullchain ? "fullchain" : "pem"},
            {"certificate", std::move(certificate)}};
}

ExitCode run_cert_sign(const CertSignOptions& options, Context& ctx) {
    check_output_file(ctx.out, options.output);
    const UtcTime now = ctx.now();
    std::optional<Site> site;
    if (!names_a_file(options.signer.root)) site = ctx.open_site();
    const Inventory inventory = site ? load_inventory(*site) : Inventory({}, {});

    const CertificationRequest asked = read_request_file(options.request);
    SigningChoices choices = options.choices;
    choices.not_after = wanted_end(options.lifetime, now).value_or(now + k_default_end_lifetime);
    const SignedRequest request = decide(asked, choices);
    const Signer signer = load_signer(ctx, site ? &*site : nullptr, inventory, options.signer);
    show_decision(ctx.out, asked, request, signer);
    ctx.prompt.confirm("sign this certificate?");

    const Certificate certificate = issue_for_request(request, signer.chain, signer.key, asked, now);
    ctx.cancellation.check();
    write_output_file(ctx.out, options.output, as_bytes(pem_of(certificate, signer, options.fullchain)), k_public,
                      options.force);
    const Chain chain = chain_of(certificate, signer);
    if (!is_standard_output(options.output)) ctx.out.result(result_of(options, chain, inventory, now));
    if (site) {
        audit_done(ctx, *site,
                   {.action = "cert sign",
                    .subject = certificate.subject(),
                    .new_fingerprint = certificate.fingerprint(),
                    .detail = "signed by " + signer.label});
    }
    if (!is_standard_output(options.output)) {
        ctx.out.text(
            fmt::format("signed {}: wrote it to {}", in_quotes(certificate.subject()), in_quotes(options.output)));
    }
    warn_about(ctx.out, certificate.subject(), chain, now);
    return ExitCode::done;
}

ValueReader into_fullchain(bool& fullchain) {
    return {[&fullchain](const std::string& text) {
                if (text != "pem" && text != "fullchain") {
                    throw Error(Code::usage, fmt::format("{} is neither \"pem\" nor \"fullchain\"", in_quotes(text)));
                }
                fullchain = text == "fullchain";
            },
            false};
}

}  // namespace

void add_cert_sign(Command& cert) {
    const auto options = std::make_shared<CertSignOptions>();
    Command& command = cert.command("sign", "Sign a certification request with a root, here or on an offline machine");
    command
        .describe(
            "The request is shown as it will be signed, and a question asked (--yes answers it). Subject and hosts are "
            "those of the request unless --host says others; a CA is signed only with --type ca. When the root is a "
            "file, "
            "no site is needed: the machine that holds the root's key may have nothing else.")
        .argument("REQUEST", "the file with the request, PEM or DER", into(options->request))
        .option("--root", "R", "who signs: NAME, NAME@GENERATION, a fingerprint, or a file (with a \"/\")",
                into(options->signer.root), Need::required)
        .offering({OfferKind::authority, OfferKind::file})
        .option("--output,-o", "FILE", "where to write the certificate to; \"-\" is standard output",
                into(options->output), Need::required)
        .option("--root-key", "FILE|URI",
                "the key of R: a file, or a PKCS#11 URI without the PIN (default: in the site, or in the file of R)",
                into(options->signer.root_key))
        .option("--root-key-password", "SRC", "the password of that key, or the PIN of its token",
                into(options->signer.root_key_password))
        .option("--type", "end-entity|ca", "for a gateway, or an intermediate CA (default: end-entity)",
                into(options->choices.type))
        .option("--host", "HOSTS", "instead of the request's: DNS names and IP addresses, separated by \";\"",
                into_hosts(options->choices.hosts))
        .option("--path-length", "N", "for --type ca: how many intermediates may stand below it",
                into_number(options->choices.path_length, 0, 100))
        .option("--format", "FORMAT", "pem, or fullchain: with the issuers below it (default: pem)",
                into_fullchain(options->fullchain))
        .offering_words({{"pem", "the certificate"}, {"fullchain", "with the issuers below it"}})
        .flag("--force", "replace the file when it exists", options->force);
    add_lifetime_options(command, options->lifetime, "(default: one year)");
    command
        .example("umsadm cert sign icg.csr --root ./root.pem --root-key /media/usb/root.key -o icg.pem",
                 "on a machine without network, the key on a stick")
        .example("umsadm cert sign ca.csr --root \"Example Root\" --type ca --path-length 0 --days 1825 -o ca.pem",
                 "an intermediate, with a root of the site")
        .example(
            "umsadm cert sign icg.csr --root ./root.pem --root-key \"pkcs11:token=umsadm;object=root\" "
            "--root-key-password prompt -o icg.pem --format fullchain",
            "the key in a token")
        .run([options](Context& ctx) { return run_cert_sign(*options, ctx); });
}

}  // namespace umsadm::app
