#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "umsadm/jobs/ums_id.hpp"
#include "umsadm/registry/site.hpp"

#include "checked_points.hpp"
#include "server_session.hpp"

namespace umsadm::app {

// What was seen of a server. What could not be seen is empty, and a point says why.
struct ServerCheckup {
    CheckedPoints points;
    std::optional<ServerUmsId> ums_id;
    std::optional<WebPort> web_port;
    std::optional<std::chrono::seconds> clock_ahead;  // of this machine; negative: behind
    bool unfinished_run = false;
};

// Looks at everything that a sync needs and changes nothing. The connection is closed afterwards.
// Throws as the connection does: without one there is nothing to say about the server.
ServerCheckup check_server(const Context& context, const Site& site, ServerSession& session);

}  // namespace umsadm::app
