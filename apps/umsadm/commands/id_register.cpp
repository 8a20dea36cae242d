#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../auditing.hpp"
#include "../main_ums_id_loading.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct IdRegisterOptions {
    std::string fingerprint;
    bool clear = false;
};

// The Main UMS ID and those it replaced.
std::vector<Fingerprint> known_ums_ids(const Site& site, const std::optional<StoredUmsId>& main) {
    std::vector<Fingerprint> known;
    if (main) known.push_back(main->record.fingerprint);
    for (const UmsIdFiles& previous : load_previous_ums_ids(site)) known.push_back(previous.record.fingerprint);
    return known;
}

void save(Context& ctx, const Site& site, const std::optional<RegisteredUmsId>& next) {
    const auto before = registered_fingerprint(site);
    {
        const FileLock lock = site.lock(ctx.lock_deadline());
        save_registered_ums_id(site, next);
    }
    audit_done(ctx, site,
               {.action = "id register",
                .subject = "Main UMS ID",
                .old_fingerprint = before,
                .new_fingerprint = next ? std::optional(next->fingerprint) : std::nullopt});
}

ExitCode clear(Context& ctx, const Site& site) {
    const auto before = registered_fingerprint(site);
    if (before) save(ctx, site, std::nullopt);
    ctx.out.result({{"registered_fingerprint_sha256", nullptr}, {"is_main", nullptr}, {"noted", nullptr}});
    ctx.out.text(before ? fmt::format("forgot that {} is registered in the license portal", before->to_string())
                        : std::string("nothing was noted as registered"));
    return ExitCode::done;
}

ExitCode run_id_register(const IdRegisterOptions& options, Context& ctx) {
    if (options.clear && !options.fingerprint.empty()) {
        throw Error(Code::usage, "--clear takes no fingerprint: it forgets the one that is noted");
    }
    const Site site = ctx.open_site();
    const FileLock lock = site.lock_ums_id(ctx.lock_deadline());
    if (options.clear) return clear(ctx, site);

    const std::optional<StoredUmsId> main = load_main(site);
    const RegisteredUmsId next{options.fingerprint.empty()
                                   ? need_main(site).record.fingerprint
                                   : select_fingerprint(options.fingerprint, known_ums_ids(site, main), "UMS ID"),
                               ctx.now()};
    save(ctx, site, next);
    const bool is_main = main && main->record.fingerprint == next.fingerprint;
    ctx.out.result({{"registered_fingerprint_sha256", next.fingerprint.to_string()},
                    {"is_main", main ? Json(is_main) : Json()},
                    {"noted", format_utc(next.noted)}});
    ctx.out.text(fmt::format("noted as registered in the license portal: {}", next.fingerprint.to_string()));
    if (main && !is_main) {
        ctx.out.warning(fmt::format("it is not the Main UMS ID of the site, {}", main->record.fingerprint.to_string()));
    }
    return ExitCode::done;
}

}  // namespace

void add_id_register(Command& id) {
    const auto options = std::make_shared<IdRegisterOptions>();
    id.command("register", "Note which UMS ID is registered in the license portal")
        .describe(
            "umsadm does not speak to the portal: this is a pin. From then on another UMS ID is created, adopted, "
            "restored or synchronised with --force only.")
        .argument("FINGERPRINT",
                  "the one in the portal, or the start of one that the site knows (default: the Main "
                  "UMS ID of the site)",
                  into(options->fingerprint), Need::optional)
        .flag("--clear", "forget it", options->clear)
        .example("umsadm id register", "the certificate of \"umsadm id export\" was uploaded")
        .run([options](Context& ctx) { return run_id_register(*options, ctx); });
}

}  // namespace umsadm::app
