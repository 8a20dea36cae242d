#include <memory>

#include <nlohmann/json.hpp>

#include "../certificate_selection.hpp"
#include "../context.hpp"
#include "../inventory_loading.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct CertShowOptions {
    std::string certificate;
};

ExitCode run_cert_show(const CertShowOptions& options, Context& ctx) {
    const UtcTime now = ctx.now();
    const Inventory inventory = load_inventory(ctx.open_site());
    const SelectedCertificate selected = select_certificate(inventory, options.certificate);
    Json json = certificate_json(selected.shown(), inventory, now);
    if (type_of(selected.certificate) == CertificateType::root) {
        json["root_fingerprint_parts"] = selected.certificate.fingerprint().parts();
    }
    ctx.out.result(std::move(json));
    show_certificate(ctx.out, selected.shown(), inventory, now);
    return ExitCode::done;
}

}  // namespace

void add_cert_show(Command& cert) {
    const auto options = std::make_shared<CertShowOptions>();
    cert.command("show", "Show everything about one certificate")
        .argument("C",
                  "NAME (its newest generation), NAME@GENERATION, a fingerprint or its start, or a file (with a \"/\")",
                  into(options->certificate))
        .offering({OfferKind::certificate, OfferKind::file})
        .example("umsadm cert show \"ICG Berlin\"", "the newest generation")
        .example("umsadm cert show \"ICG Berlin@1\"", "the first one")
        .example("umsadm cert show ./served.pem", "a file")
        .run([options](Context& ctx) { return run_cert_show(*options, ctx); });
}

}  // namespace umsadm::app
