#include "root_exchange.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace umsadm::app {
namespace {

std::string root_of(const Chain& chain) {
    return chain.complete ? chain.top().subject() : fmt::format("an unknown root above {}", chain.top().issuer());
}

}  // namespace

bool exchanges_root(const Findings& findings) {
    return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
        return finding.code == "root-differs" && finding.severity != Severity::error;
    });
}

std::vector<std::string> describe_root_exchange(const CurrentOnGateway& current, const Chain& next,
                                                const Inventory& inventory, UtcTime now) {
    const Chain present = current_certificate(current, inventory, now).chain;
    return {
        "this exchanges the root, by which devices know the gateway:",
        fmt::format("  now   {}", root_of(present)),
        fmt::format("  then  {}", root_of(next)),
        fmt::format("        fingerprint, as the set-up of a device asks for it: {}",
                    fmt::join(next.top().fingerprint().parts(), " ")),
        "each device that does not have the new root loses contact when the gateway restarts; it has to be set up "
        "again,",
        "by hand, or waits for \"umsadm keystore rollback\"",
        "before: every device has fetched the new root, 0 are left without it and 0 cannot take it",
        "(ICG from 2.02, UMS from 6.06, IGEL OS from 11.04.240): the steps are in docs/root-exchange.md",
    };
}

}  // namespace umsadm::app
