#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "umsadm/base/file_lock.hpp"

#include "context.hpp"
#include "main_ums_id_loading.hpp"

namespace umsadm::app {

// What it means that the UMS uses another UMS ID than the registered one.
constexpr std::string_view k_unregistered_means =
    "until its certificate is registered there, the license portal gives no licenses to this UMS and the IGEL cloud "
    "services refuse it";

// What "id create", "id adopt" and "id restore" make the Main UMS ID of the site.
struct NewMainUmsId {
    UmsId ums_id;
    UmsIdOrigin origin = UmsIdOrigin::created;
    std::string source;  // the server or the file; may be empty
};

// Whether `next` would take the place of another UMS ID.
bool replaces(const std::optional<StoredUmsId>& present, const Fingerprint& next) noexcept;

// The pin: when another UMS ID than `next` is registered in the license portal, this throws Code::refused, saying what
// would break; with `force` it only warns. `doing` names the change: "id restore".
void respect_registered(Context& ctx, const Site& site, const std::optional<Fingerprint>& next, bool force);

// Stores it, audited as `action`; the one before is kept in ums-id/previous. Hold the lock of the UMS ID.
void make_main(Context& ctx, const Site& site, const NewMainUmsId& next, const std::string& action);

// What an administrator has to do after the Main UMS ID became another one.
void remind_of_registration(Context& ctx, const Site& site, const Fingerprint& main);

}  // namespace umsadm::app
