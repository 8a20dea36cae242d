#pragma once

#include <memory>
#include <optional>

#include "umsadm/deploy/ums_id_store.hpp"
#include "umsadm/jobs/sync_ums_id.hpp"

#include "context.hpp"
#include "main_ums_id_loading.hpp"
#include "server_session.hpp"

namespace umsadm::app {

// Where the sealed Main UMS ID comes from that the servers of one sync get.
class UmsIdSource {
public:
    // `main_server`: the record of the main server with the login of this run; null when there is none.
    UmsIdSource(Context& context, const Site& site, const StoredUmsId& main, const SyncPlan& plan,
                const Server* main_server)
        : m_context(context), m_site(site), m_main(main), m_plan(plan), m_main_server(main_server) {}

    // What is taken from the main server is taken now, once: before the first change.
    void prepare();

    // What this server gets. `present`: what its store shows; `own`: a backup of what it has, null when it has nothing.
    // Throws Code::failed when the server could not read what there is.
    SealedUmsId for_server(ServerSession& server, const UmsIdReading& present, const SealedUmsId* own) const;

private:
    bool needs_main_server() const noexcept;
    bool needs_site() const noexcept;
    void take_from_main_server();
    const UmsId& with_key() const;

    Context& m_context;
    const Site& m_site;
    const StoredUmsId& m_main;
    const SyncPlan& m_plan;
    const Server* m_main_server;
    std::optional<SealedUmsId> m_backup;  // the vendor's own, of the main server
    std::optional<UmsId> m_ums_id;
};

}  // namespace umsadm::app
