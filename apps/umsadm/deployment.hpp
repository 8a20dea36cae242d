#pragma once

#include <string>
#include <vector>

#include "umsadm/deploy/execute.hpp"

#include "exit_code.hpp"
#include "json.hpp"
#include "output.hpp"

namespace umsadm::app {

// What became of one gateway in "keystore update", "rollback" and "renew".
struct Deployment {
    std::string gateway;
    std::string certificate;  // "ICG Berlin@3"; empty when none was chosen
    Outcome outcome;
};

Deployment failed_deployment(std::string gateway, Error error);

Json deployment_json(const Deployment& deployment);
// {"deployments": [], "summary": {}}
Json deployments_json(const std::vector<Deployment>& deployments);

// The closing lines for people: what happened, and what to do next.
void show_deployment(Output& out, const Deployment& deployment);

// The highest code of any.
ExitCode deployments_exit_code(const std::vector<Deployment>& deployments);

}  // namespace umsadm::app
