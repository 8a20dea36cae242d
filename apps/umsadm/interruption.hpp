#pragma once

#include "umsadm/base/deadline.hpp"

namespace umsadm::app {

// From now on the first SIGINT, SIGTERM or SIGHUP requests the cancellation that is returned; the second one ends the
// process at once. Signals that were ignored when the program started (nohup) stay ignored.
Cancellation& listen_for_interruption() noexcept;

}  // namespace umsadm::app
