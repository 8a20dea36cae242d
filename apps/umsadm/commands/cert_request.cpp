#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"
#include "umsadm/pki/profile.hpp"

#include "../auditing.hpp"
#include "../certificate_options.hpp"
#include "../certificate_selection.hpp"
#include "../inventory_loading.hpp"
#include "../new_password.hpp"
#include "../output_file.hpp"
#include "../waiting_requests.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct CertRequestOptions {
    std::string name;
    std::string for_certificate;
    std::vector<HostName> hosts;
    CertificateType type = CertificateType::end_entity;
    std::optional<int> path_length;
    SubjectFields subject;
    std::optional<KeySpec> key;
    std::optional<SecretSource> key_password;
    std::string output;
    bool force = false;
};

// What is asked for, and with which key.
struct Wanted {
    std::string name;
    RequestTemplate request;
    KeySpec key;
};

void check_options(const CertRequestOptions& options) {
    const bool is_ca = options.type == CertificateType::intermediate;
    if (options.for_certificate.empty() && options.name.empty()) {
        throw Error(Code::usage, "name the certificate that is wanted, or say --for C",
                    "see \"umsadm cert request --help\"");
    }
    const bool has_fields =
        options.subject != SubjectFields{} || !options.hosts.empty() || is_ca || options.path_length;
    if (!options.for_certificate.empty() && has_fields) {
        throw Error(Code::usage, "--for takes every field and host from the certificate: give only NAME and --key",
                    "without --for the request has what the options say");
    }
    if (!options.for_certificate.empty()) return;
    if (!is_ca && options.path_length) throw Error(Code::usage, "--path-length belongs to --type ca");
    if (is_ca && !options.hosts.empty()) throw Error(Code::usage, "a certificate of --type ca has no --host");
    if (!is_ca && options.hosts.empty()) {
        throw Error(Code::usage, "a certificate for a gateway needs its names",
                    "say --host \"icg.example.com;10.0.0.5\" with every name and address that devices use");
    }
}

Wanted wanted_for(const StoredCertificate& current, const CertRequestOptions& options, UtcTime now) {
    if (type_of(current.certificate) == CertificateType::root) {
        throw Error(Code::refused, fmt::format("{} is a root: it signs itself", in_quotes(current.label())),
                    "extend it with \"umsadm cert renew --reuse-key\"");
    }
    const std::string name = options.name.empty() ? current.record.name : options.name;
    const SignedRequest renewal = renewal_request(name, current.certificate, now);
    return {name,
            {.subject = renewal.subject,
             .subject_der = renewal.subject_der,
             .hosts = renewal.hosts,
             .ca = renewal.type == CertificateType::intermediate,
             .path_length = renewal.path_length},
            options.key.value_or(renewal.key)};
}

Wanted wanted_by(const CertRequestOptions& options) {
    SubjectFields subject = options.subject;
    if (subject.common_name.empty()) subject.common_name = options.name;
    return {options.name,
            {.subject = subject,
             .subject_der = {},
             .hosts = options.hosts,
             .ca = options.type == CertificateType::intermediate,
             .path_length = options.path_length},
            options.key.value_or(KeySpec{})};
}

WaitingRequest make_waiting(const Wanted& wanted, const PrivateKey& key, bool encrypted, UtcTime now) {
    CertificationRequest request = make_request(wanted.request, key);
    return {{.id = sha256_hex(request.public_key_der()),
             .name = wanted.name,
             .added = now,
             .key = encrypted ? StoredKey::encrypted : StoredKey::plain},
            std::move(request)};
}

void write_request(Context& ctx, const CertRequestOptions& options, const WaitingRequest& waiting, const Site& site) {
    const std::string pem = waiting.request.pem();
    try {
        write_output_file(ctx.out, options.output, as_bytes(pem), k_public, options.force);
    } catch (Error& error) {
        const Path file = site.requests() / waiting.record.id / "request.pem";
        error.set_hint(fmt::format("the request itself is in the site: copy {}", in_quotes(file.string())));
        throw;
    }
}

void say_what_next(Context& ctx, const CertRequestOptions& options) {
    ctx.out.note(fmt::format(
        "next: give {} to the CA that signs it, and take its answer in with \"umsadm cert import ANSWER\": it "
        "is matched with the key that stays in the site. Import the CA's own certificates in the same call",
        is_standard_output(options.output) ? std::string("this text") : in_quotes(options.output)));
}

// Before a key is made and stored for it.
void refuse_existing(const CertRequestOptions& options) {
    std::error_code ignored;
    if (options.force || is_standard_output(options.output) || !std::filesystem::exists(options.output, ignored))
        return;
    throw Error(Code::failed, fmt::format("the file {} exists", in_quotes(options.output)),
                "say --force to replace it");
}

ExitCode run_cert_request(const CertRequestOptions& options, Context& ctx) {
    check_options(options);
    check_output_file(ctx.out, options.output);
    refuse_existing(options);
    const UtcTime now = ctx.now();
    const Site site = ctx.open_site();
    const bool is_copy = !options.for_certificate.empty();
    const Wanted wanted = is_copy
                              ? wanted_for(select_stored(load_inventory(site), options.for_certificate), options, now)
                              : wanted_by(options);
    check_display_name(wanted.name);
    if (!is_copy) check_subject(wanted.request.subject);
    warn_about_key(wanted.key, ctx.out);
    const Secret* const password = read_new_password(
        ctx, options.key_password, fmt::format("password of the private key of {}", in_quotes(wanted.name)));
    const PrivateKey key = PrivateKey::generate(wanted.key);
    const WaitingRequest waiting = make_waiting(wanted, key, password != nullptr, now);
    const Secret key_pem =
        password == nullptr ? key.to_pem() : Secret(std::string_view(key.to_encrypted_pem(*password)));
    ctx.cancellation.check();
    {
        const FileLock lock = site.lock(ctx.lock_deadline());
        store_request(site, waiting.record, waiting.request.pem(), key_pem);
    }
    audit_done(ctx, site, "cert request", wanted.name, "request " + waiting.record.id);
    write_request(ctx, options, waiting, site);
    if (!is_standard_output(options.output)) {
        Json json = request_json(waiting, site);
        json["file"] = options.output;
        ctx.out.result(std::move(json));
        ctx.out.text(fmt::format("wrote the request for {} to {}", in_quotes(wanted.name), in_quotes(options.output)));
        show_request(ctx.out, waiting);
    }
    say_what_next(ctx, options);
    return ExitCode::done;
}

}  // namespace

void add_cert_request(Command& cert) {
    const auto options = std::make_shared<CertRequestOptions>();
    Command& command = cert.command("request", "Make a certification request (CSR) for another CA to sign");
    command
        .describe(
            "For a public CA, the company's CA, or a root whose key is kept offline. The private key is made here and "
            "stays in the site; \"umsadm cert import\" matches the answer with it. Several requests may wait under one "
            "name: \"umsadm cert list --requests\" shows them, \"umsadm cert delete --request ID\" drops one.")
        .argument("NAME", "display name of the certificate that will come (with --for: the name of C)",
                  into(options->name), Need::optional)
        .offering({OfferKind::nothing})
        .option("--output,-o", "FILE", "where to write the request (PEM) to; \"-\" is standard output",
                into(options->output), Need::required)
        .option("--for", "C", "ask for what this certificate has, with a new key", into(options->for_certificate))
        .option("--host", "HOSTS", "DNS names and IP addresses, separated by \";\"", into_hosts(options->hosts))
        .option("--type", "end-entity|ca", "for a gateway, or an intermediate CA (default: end-entity)",
                into(options->type))
        .option("--path-length", "N", "for --type ca: how many intermediates may stand below it",
                into_number(options->path_length, 0, 100))
        .flag("--force", "replace the file when it exists", options->force);
    add_subject_options(command, options->subject, WithHolder::yes);
    add_key_option(command, options->key, "rsa:4096, with --for as that of C");
    command.option("--key-password", "SRC", "encrypt the private key with this password", into(options->key_password))
        .example("umsadm cert request \"ICG Berlin\" --host \"icg.example.com\" --organization Example -o icg.csr",
                 "a request for a public CA")
        .example("umsadm cert request --for \"ICG Berlin\" -o icg.csr", "the next generation, signed elsewhere")
        .example("umsadm cert request \"Issuing CA\" --type ca --path-length 0 -o ca.csr",
                 "an intermediate below the company's root")
        .run([options](Context& ctx) { return run_cert_request(*options, ctx); });
}

}  // namespace umsadm::app
