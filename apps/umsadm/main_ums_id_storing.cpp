#include "main_ums_id_storing.hpp"

#include <fmt/format.h>

#include "umsadm/base/error.hpp"

#include "auditing.hpp"

namespace umsadm::app {
bool replaces(const std::optional<StoredUmsId>& present, const Fingerprint& next) noexcept {
    return present && present->record.fingerprint != next;
}

void respect_registered(Context& ctx, const Site& site, const std::optional<Fingerprint>& next, bool force) {
    const auto registered = registered_fingerprint(site);
    if (!registered || registered == next) return;
    const std::string what = next ? "the UMS ID " + next->to_string() : std::string("a new UMS ID");
    const std::string problem =
        fmt::format("{} is not the one that is registered in the license portal, {}", what, registered->to_string());
    if (!force) {
        throw Error(Code::refused, problem,
                    fmt::format("{}; --force does it all the same. When the portal has another one by now, note that "
                                "with \"umsadm id register\"",
                                k_unregistered_means));
    }
    ctx.out.warning(fmt::format("{}: {}", problem, k_unregistered_means));
}

void make_main(Context& ctx, const Site& site, const NewMainUmsId& next, const std::string& action) {
    const auto before = load_main(site);
    const Certificate& certificate = next.ums_id.certificate;
    UmsIdRecord record;
    record.fingerprint = certificate.fingerprint();
    record.origin = next.origin;
    record.source = next.source;
    record.added = ctx.now();
    record.has_key = next.ums_id.key.has_value();
    {
        const FileLock lock = site.lock(ctx.lock_deadline());
        std::optional<Secret> key;
        if (next.ums_id.key) key = next.ums_id.key->to_pem();
        store_main_ums_id(site, record, certificate.pem(), key ? &*key : nullptr);
    }
    audit_done(ctx, site,
               {.action = action,
                .subject = "Main UMS ID",
                .old_fingerprint = before ? std::optional(before->record.fingerprint) : std::nullopt,
                .new_fingerprint = record.fingerprint,
                .detail = next.source});
}

void remind_of_registration(Context& ctx, const Site& site, const Fingerprint& main) {
    if (registered_fingerprint(site) == main) return;
    ctx.out.note(
        "give its certificate (umsadm id export -o ums-id.crt) to the IGEL License Portal and the Customer Portal\n"
        "where an older UMS ID is registered, exchange the certificate in that entry: its product packs stay assigned\n"
        "then note it here: umsadm id register");
}

}  // namespace umsadm::app
