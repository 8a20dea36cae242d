#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../auditing.hpp"
#include "../certificate_selection.hpp"
#include "../certificate_storing.hpp"
#include "../inventory_loading.hpp"
#include "../waiting_requests.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct CertDeleteOptions {
    std::string certificate;
    std::string request;
    bool force = false;
};

std::vector<std::string> living_children(const StoredCertificate& issuer, const Inventory& inventory, UtcTime now) {
    std::vector<std::string> labels;
    for (const StoredCertificate* const child : inventory.issued_by(issuer.certificate)) {
        const bool itself = child->record.fingerprint == issuer.record.fingerprint;
        if (!itself && child->certificate.not_after() > now) labels.push_back(in_quotes(child->label()));
    }
    return labels;
}

bool key_is_elsewhere(const StoredCertificate& owner, const Inventory& inventory) {
    return std::any_of(inventory.all().begin(), inventory.all().end(), [&](const StoredCertificate& other) {
        return other.has_key_file() && other.record.fingerprint != owner.record.fingerprint &&
               other.certificate.public_key_der() == owner.certificate.public_key_der();
    });
}

void refuse_to_lose(const StoredCertificate& stored, const Inventory& inventory, bool force, UtcTime now) {
    const std::string label = in_quotes(stored.label());
    if (const auto gateways = inventory.used_by(stored.record.fingerprint); !gateways.empty()) {
        throw Error(Code::refused, fmt::format("{} is used by gateway {}", label, fmt::join(gateways, ", ")),
                    "put another certificate on the gateway first: umsadm keystore update");
    }
    if (type_of(stored.certificate) == CertificateType::end_entity) return;
    if (const auto children = living_children(stored, inventory, now); !children.empty()) {
        throw Error(Code::refused, fmt::format("{} has signed {}, still valid", label, fmt::join(children, ", ")),
                    "delete those first");
    }
    if (stored.has_key_file() && !key_is_elsewhere(stored, inventory) && !force) {
        throw Error(Code::refused, fmt::format("this is the only copy of the private key of {}", label),
                    "export it first (umsadm cert export --format key), then say --force");
    }
}

ExitCode delete_request(const std::string& selector, Context& ctx) {
    const Site site = ctx.open_site();
    const WaitingRequest waiting = select_request(load_waiting_requests(site), selector);
    ctx.prompt.confirm(fmt::format("delete the request {} for {} and its key?", waiting.record.id.substr(0, 16),
                                   in_quotes(waiting.record.name)));
    const FileLock lock = site.lock(ctx.lock_deadline());
    const Path trash = trash_request(site, waiting.record.id, ctx.now());
    Json json = request_json(waiting, site);
    json["moved_to"] = trash.string();
    ctx.out.result(std::move(json));
    audit_done(ctx, site, "cert delete", waiting.record.name, "request " + waiting.record.id);
    ctx.out.text(fmt::format("deleted the request for {}: it is in {} now", in_quotes(waiting.record.name),
                             in_quotes(trash.string())));
    return ExitCode::done;
}

ExitCode run_cert_delete(const CertDeleteOptions& options, Context& ctx) {
    if (options.certificate.empty() == options.request.empty()) {
        throw Error(Code::usage, "name one certificate, or a request with --request ID",
                    "see \"umsadm cert delete --help\"");
    }
    if (!options.request.empty()) return delete_request(options.request, ctx);
    const UtcTime now = ctx.now();
    const Site site = ctx.open_site();
    const Inventory before = load_inventory(site);
    const StoredCertificate stored = select_stored(before, options.certificate);
    refuse_to_lose(stored, before, options.force, now);
    ctx.prompt.confirm(fmt::format("delete the certificate {}?", in_quotes(stored.label())));

    const FileLock lock = site.lock(ctx.lock_deadline());
    const Inventory inventory = load_inventory(site);
    refuse_to_lose(stored, inventory, options.force, now);
    Json json = certificate_json(stored, inventory, now);
    const Path trash = trash_certificate(site, stored.record.fingerprint, now);
    json["moved_to"] = trash.string();
    ctx.out.result(std::move(json));
    audit_done(ctx, site,
               {.action = "cert delete", .subject = stored.label(), .old_fingerprint = stored.record.fingerprint});
    ctx.out.text(fmt::format("deleted {}: it is in {} now", in_quotes(stored.label()), in_quotes(trash.string())));
    return ExitCode::done;
}

}  // namespace

void add_cert_delete(Command& cert) {
    const auto options = std::make_shared<CertDeleteOptions>();
    cert.command("delete", "Move a certificate and its key to the trash of the site")
        .describe(
            "Refused while a gateway uses it, and for a root or intermediate that has signed a certificate which is "
            "still valid, or whose private key is nowhere else. Generations are never given twice.")
        .argument("C", "NAME (its newest generation), NAME@GENERATION, or a fingerprint", into(options->certificate),
                  Need::optional)
        .option("--request", "ID",
                "a certification request that waits, instead: its ID, 8 or more digits of it, or its name",
                into(options->request))
        .flag("--force", "also when it is the only copy of a root's private key", options->force)
        .example("umsadm cert delete \"ICG Berlin@1\"", "the first generation, after a question")
        .example("umsadm cert delete --request 3f1c09ab", "a request that nobody will answer")
        .run([options](Context& ctx) { return run_cert_delete(*options, ctx); });
}

}  // namespace umsadm::app
