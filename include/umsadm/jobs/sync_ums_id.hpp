#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/error.hpp"
#include "umsadm/jobs/ums_id.hpp"
#include "umsadm/registry/main_ums_id.hpp"

namespace umsadm {

// What is known of a server before a sync.
struct SyncServer {
    std::string name;
    bool is_main = false;
    UmsIdStoreKind store = UmsIdStoreKind::umsadmin_cli;
    std::optional<ServerUmsId> seen;  // empty: it could not be asked
};

struct SyncRequest {
    UmsId main;                               // of the site
    std::vector<std::string> only;            // empty: all servers
    bool restart = false;                     // --restart
    std::optional<Fingerprint> replace_main;  // --replace-main: the UMS ID of the main server that may be replaced
    std::optional<Fingerprint> registered;    // in the license portal
    bool force = false;                       // --force: also a registered one
};

enum class SyncAction {
    none,             // has it, and runs with it
    restart,          // has it, and was not restarted since
    restart_by_hand,  // the same, without --restart
    replace,          // gets it
    unknown           // could not be asked: nothing is done
};

struct SyncItem {
    std::string server;
    SyncAction action = SyncAction::none;
    std::optional<Fingerprint> old_fingerprint;
};

// Where the sealed UMS ID that the servers get comes from.
enum class SyncSource {
    none,         // nobody gets one
    site,         // PKCS#12 made from the site's key
    main_server,  // the vendor's own backup, taken from the main server
};

struct SyncPlan {
    std::vector<SyncItem> items;  // the main server first, then by name
    // For the servers with umsadmin-cli: the main server's own backup when the main server has umsadmin-cli and the
    // Main UMS ID. Else a PKCS#12 of the site, which a server takes only when its own backups are PKCS#12.
    SyncSource source_for_cli = SyncSource::none;
    SyncSource source_for_file = SyncSource::none;  // always the site's key, else the main server's backup if readable

    bool changes_anything() const noexcept;
};

// Decides what a sync does. Throws Code::refused when it must not be done at all:
// - the main server has another UMS ID than the site, and `replace_main` does not name it. The site is stale or fresh
//   then, and would overwrite a whole UMS (hint: id adopt, or --replace-main);
// - others would be changed while nobody knows what the main server has: it could not be asked (Code::unreachable), or
//   it has no UMS ID and is not changed itself;
// - a server has the registered UMS ID, which is not the site's, and --force was not given.
// Throws Code::not_found for a name in `only` that is no server.
SyncPlan plan_sync(const SyncRequest& request, const std::vector<SyncServer>& servers);

}  // namespace umsadm
