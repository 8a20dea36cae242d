#pragma once

#include <optional>

#include "umsadm/deploy/probe.hpp"
#include "umsadm/jobs/update_keystore.hpp"
#include "umsadm/registry/site.hpp"

#include "checked_points.hpp"
#include "gateway_session.hpp"

namespace umsadm::app {

// What was seen of a gateway. What could not be seen is empty, and a point says why. The session has to outlive it.
struct Checkup {
    CheckedPoints points;
    const RemoteState* state = nullptr;  // owned by the session
    std::optional<PresentKeystore> keystore;
    std::optional<Probed> served;
    bool unfinished_run = false;
};

// Looks at everything that an update needs and changes nothing. The connection is closed afterwards.
// Throws as the connection does: without one there is nothing to say about the gateway.
Checkup check_gateway(Context& context, const Site& site, GatewaySession& session);

}  // namespace umsadm::app
