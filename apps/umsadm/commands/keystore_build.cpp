#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/jobs/build_keystore.hpp"

#include "../auditing.hpp"
#include "../certificate_selection.hpp"
#include "../certificate_storing.hpp"
#include "../context.hpp"
#include "../input_limit.hpp"
#include "../inventory_loading.hpp"
#include "../output_file.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct KeystoreBuildOptions {
    std::string certificate;
    std::string output;
    std::string from;
    bool no_trusted = false;
    std::optional<SecretSource> store_password;
    std::optional<SecretSource> entry_password;
    std::optional<SecretSource> site_key_password;
    std::string alias;
    std::optional<StoreFormat> format;
    std::optional<Fingerprint> allowed_root;
    std::string reason;
    bool force = false;
};

ValueReader into_format(std::optional<StoreFormat>& format) {
    return {[&format](const std::string& text) {
                if (text != "jks" && text != "pkcs12") {
                    throw Error(Code::usage, fmt::format("{} is not one of jks, pkcs12", in_quotes(text)));
                }
                format = text == "jks" ? StoreFormat::jks : StoreFormat::pkcs12;
            },
            false};
}

ValueReader into_fingerprint(std::optional<Fingerprint>& fingerprint) {
    return {[&fingerprint](const std::string& text) {
                fingerprint = Fingerprint::parse(text);
                if (!fingerprint) {
                    throw Error(Code::usage, fmt::format("{} is not a whole SHA-256 fingerprint", in_quotes(text)));
                }
            },
            false};
}

void check_options(const KeystoreBuildOptions& options, const Output& out) {
    if (options.from.empty() != options.no_trusted) {
        throw Error(Code::usage, "say what the keystore is made from: --from OLD, or --no-trusted",
                    "--from keeps everything that the gateway's present keystore trusts; --no-trusted trusts nothing");
    }
    if (options.format && !options.no_trusted) {
        throw Error(Code::usage, "--format has no meaning with --from: the format of the present keystore stays");
    }
    if (options.allowed_root && options.no_trusted) {
        throw Error(Code::usage, "--allow-root-change has no meaning with --no-trusted: there is no present root");
    }
    check_output_file(out, options.output);
}

PresentKeystore read_old(const KeystoreBuildOptions& options, const StorePasswords& passwords) {
    RemoteFile file;
    file.path = options.from;
    file.content = read_file(options.from, k_file_limit);
    return read_present_keystore(file, passwords, options.alias);
}

ExitCode run_keystore_build(const KeystoreBuildOptions& options, Context& ctx) {
    check_options(options, ctx.out);
    const Site site = ctx.open_site();
    const Inventory inventory = load_inventory(site);
    const StoredCertificate& chosen = select_stored(inventory, options.certificate);
    const PrivateKey key = load_private_key(ctx, site, chosen, options.site_key_password, "--site-key-password");
    const StorePasswords passwords{ctx.secrets.read(options.store_password, "password of the keystore"),
                                   ctx.secrets.read(options.entry_password, "password of the key entry")};
    std::optional<PresentKeystore> present;
    if (!options.no_trusted) present = read_old(options, passwords);

    const BuiltKeystore built = build_keystore({.chosen = &chosen,
                                                .key = &key,
                                                .passwords = passwords,
                                                .present = present ? &*present : nullptr,
                                                .alias = options.alias.empty() ? chosen.record.name : options.alias,
                                                .format = options.format.value_or(StoreFormat::jks),
                                                .reason = options.reason,
                                                .allowed_root = options.allowed_root,
                                                .now = ctx.now()},
                                               inventory);
    const std::string label = in_quotes(chosen.label());
    // There is no file before it is written.
    Json result{{"file", nullptr},
                {"certificate", certificate_json(chosen, inventory, ctx.now())},
                {"compatible", !built.refused()},
                {"findings", findings_json(built.findings)}};
    ctx.out.result(result);
    if (!is_standard_output(options.output)) ctx.out.findings(built.findings);
    if (built.refused()) {
        throw Error(Code::refused,
                    fmt::format("certificate {} cannot take over in {}: no keystore was written", label,
                                options.no_trusted ? std::string("a gateway") : in_quotes(options.from)),
                    "see the findings");
    }
    write_output_file(ctx.out, options.output, built.file, k_owner_only, options.force);
    result["file"] = options.output;
    ctx.out.result(std::move(result));
    audit_done(ctx, site,
               {.action = "keystore build",
                .subject = chosen.label(),
                .new_fingerprint = chosen.record.fingerprint,
                .detail = options.reason});
    if (is_standard_output(options.output)) return ExitCode::done;
    ctx.out.text(fmt::format("wrote a keystore with {} to {}", label, in_quotes(options.output)));
    ctx.out.note(
        "it holds the private key: carry it safely, give it the owner and mode of the present one, then "
        "restart the gateway");
    return ExitCode::done;
}

}  // namespace

void add_keystore_build(Command& group) {
    const auto options = std::make_shared<KeystoreBuildOptions>();
    group.command("build", "Make a keystore file for a gateway that SSH cannot reach")
        .describe(
            "With --from the file is the gateway's present keystore with its key entry exchanged: alias, format, "
            "passwords and everything it trusts stay, and the certificate is judged against the present one (exit code "
            "4 when it cannot take over). The new file is read back and tried as a TLS server before it is written, "
            "with mode 0600.")
        .argument("C", "the certificate: NAME (its newest generation), NAME@GENERATION, or a fingerprint",
                  into(options->certificate))
        .option("--output,-o", "FILE", "where to write to; \"-\" is standard output", into(options->output),
                Need::required)
        .option("--from", "OLD", "a copy of the gateway's present keystore", into(options->from))
        .flag("--no-trusted", "make a new keystore that trusts nothing but the chain of C", options->no_trusted)
        .option("--store-password", "SRC", "the password of the keystore, as it is on the gateway",
                into(options->store_password), Need::required)
        .option("--key-password", "SRC", "the password of its key entry (default: that of the keystore)",
                into(options->entry_password))
        .option("--site-key-password", "SRC", "the password of C's private key in the site, when it is encrypted",
                into(options->site_key_password))
        .option("--alias", "ALIAS", "the key entry to exchange where OLD has several; the new one with --no-trusted",
                into(options->alias))
        .option("--format", "jks|pkcs12", "the format with --no-trusted (default: jks)", into_format(options->format))
        .option("--allow-root-change", "FINGERPRINT", "accept that C has this other root than the present one",
                into_fingerprint(options->allowed_root))
        .option("--reason", "TEXT", "accept that C lacks hosts of the present one, and say why (audited)",
                into(options->reason))
        .flag("--force", "replace FILE when it exists", options->force)
        .example("umsadm keystore build \"ICG Berlin\" -o new.jks --from keystore.jks --store-password file:store.pw",
                 "keystore.jks was copied from the gateway; new.jks takes its place there")
        .run([options](Context& ctx) { return run_keystore_build(*options, ctx); });
}

}  // namespace umsadm::app
