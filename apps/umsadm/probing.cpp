#include "probing.hpp"

#include <utility>

namespace umsadm::app {

bool is_probed_directly(const LoginOptions& login) {
    return login.probe.value_or(ProbePath::direct) == ProbePath::direct;
}

Probe probe_as_told(const LoginOptions& login, const Dial& direct, std::function<RemoteHost&()> host_of) {
    if (is_probed_directly(login)) {
        return [direct](const ProbeRequest& request) { return probe_tls(direct, request); };
    }
    return [host_of = std::move(host_of)](const ProbeRequest& request) {
        const Dial dial = [&](const Endpoint& endpoint, const Deadline& deadline) {
            return host_of().connect_from_here(endpoint, deadline);
        };
        return probe_tls(dial, request);
    };
}

}  // namespace umsadm::app
