#include "probing.hpp"

#include <utility>

namespace umsadm::app {

Probe probe_as_told(const LoginOptions& login, const Probe& direct, std::function<RemoteHost&()> host_of) {
    if (login.probe.value_or(ProbePath::direct) == ProbePath::direct) return direct;
    return [host_of = std::move(host_of)](const ProbeRequest& request) {
        const Dial dial = [&](const Endpoint& endpoint, const Deadline& deadline) {
            return host_of().connect_from_here(endpoint, deadline);
        };
        return probe_tls(dial, request);
    };
}

}  // namespace umsadm::app
