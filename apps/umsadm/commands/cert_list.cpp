#include <algorithm>
#include <memory>

#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"

#include "../certificate_view.hpp"
#include "../context.hpp"
#include "../inventory_loading.hpp"
#include "../waiting_requests.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct CertListOptions {
    std::optional<int> expiring;
    bool used = false;
    bool newest = false;
    bool requests = false;
};

bool is_wanted(const CertListOptions& options, const StoredCertificate& stored, const Inventory& inventory,
               UtcTime now) {
    if (options.expiring && days_left(stored.certificate.not_after(), now) >= *options.expiring) return false;
    if (options.used && inventory.used_by(stored.record.fingerprint).empty()) return false;
    return !options.newest || inventory.newest(stored.record.name) == &stored;
}

ExitCode run_cert_list(const CertListOptions& options, Context& ctx) {
    if (options.requests) {
        if (options.expiring || options.used || options.newest) {
            throw Error(Code::usage, "--requests lists no certificates: it goes with none of the other options");
        }
        list_requests(ctx);
        return ExitCode::done;
    }
    const UtcTime now = ctx.now();
    const Inventory inventory = load_inventory(ctx.open_site());
    std::vector<ShownCertificate> shown;
    for (const StoredCertificate& stored : inventory.all()) {
        if (is_wanted(options, stored, inventory, now)) shown.emplace_back(stored);
    }
    if (ctx.out.json()) {
        // Only here: the root of each certificate is named after its signature was verified, which takes longest.
        Json items = Json::array();
        for (const ShownCertificate& one : shown) items.push_back(certificate_json(one, inventory, now));
        ctx.out.result({{"items", std::move(items)}});
        return ExitCode::done;
    }
    if (shown.empty() && ctx.out.for_people()) {
        ctx.out.note(inventory.all().empty()
                         ? "no certificates yet: make a root with \"umsadm cert create-root\", or take "
                           "yours in with \"umsadm cert import\""
                         : "no certificate fits");
        return ExitCode::done;
    }
    ctx.out.table(certificate_table(shown, inventory, now));
    return ExitCode::done;
}

}  // namespace

void add_cert_list(Command& cert) {
    const auto options = std::make_shared<CertListOptions>();
    cert.command("list", "List the certificates of the site")
        .option("--expiring", "DAYS", "only those that end within so many days, or have ended",
                into_number(options->expiring, 0, 36525))
        .flag("--used", "only those that a gateway uses", options->used)
        .flag("--newest", "only the newest generation of each name", options->newest)
        .flag("--requests", "the certification requests that wait for their answer instead", options->requests)
        .example("umsadm cert list", "all, by name and generation")
        .example("umsadm cert list --used --expiring 30", "what has to be renewed and deployed this month")
        .example("umsadm cert list --machine-readable --no-header", "for a script: values separated by \";\"")
        .example("umsadm cert list --requests", "what was asked of another CA and did not come yet")
        .run([options](Context& ctx) { return run_cert_list(*options, ctx); });
}

}  // namespace umsadm::app
