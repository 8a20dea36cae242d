#pragma once

#include <functional>

#include "umsadm/deploy/probe.hpp"
#include "umsadm/registry/login.hpp"
#include "umsadm/remote/remote_host.hpp"

namespace umsadm::app {

// How a TLS port is looked at: over a connection of `direct`, or through the host that `host_of` gives with "--probe
// ssh". `host_of` is called at each look, and only then.
Probe probe_as_told(const LoginOptions& login, const Dial& direct, std::function<RemoteHost&()> host_of);
// Not with "--probe ssh".
bool is_probed_directly(const LoginOptions& login);

}  // namespace umsadm::app
