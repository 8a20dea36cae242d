#pragma once

#include <optional>
#include <string_view>

#include "umsadm/deploy/sync_server.hpp"
#include "umsadm/registry/server_journal.hpp"
#include "umsadm/registry/site.hpp"

#include "context.hpp"
#include "server_session.hpp"

namespace umsadm::app {

// A server opened for a change: no other umsadm changes it, from this site (the lock of the UMS ID, held by the caller)
// or from another one (a lock on its state folder).
class ServerChange {
public:
    // Connects and locks. Throws Code::busy when somebody else is at work on this server.
    ServerChange(Context& context, const Site& site, Server server);

    ServerSession& session() noexcept { return m_session; }

    // Ends the run that was cut off, if there is one, audited: what the server really has is in its journal then.
    // Throws when that has to wait: nothing else may be done to this server before.
    std::optional<ServerChangeOutcome> settle();

    // Where the present UMS ID is kept on the server by the change `run` that begins now.
    std::string backup_folder(std::string_view run) const;

    // Takes the plan's steps; audited as `action`, and journalled.
    ServerChangeOutcome execute(const ServerChangePlan& plan, std::string_view action);

private:
    ServerChangeContext change_context();
    void audit(std::string_view action, ServerChangeOutcome& outcome);

    Context& m_context;
    const Site& m_site;
    Cancellation m_never;  // the way back goes on after the user interrupted
    ServerJournal m_journal;
    ServerSession m_session;
};

}  // namespace umsadm::app
