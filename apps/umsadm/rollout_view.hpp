#pragma once

#include <vector>

#include "deployment.hpp"
#include "output.hpp"

namespace umsadm::app {

// What became of a rollout: a row for each gateway, what was reached in all, and how to go on.
void show_rollout(Output& out, const std::vector<Deployment>& deployments);

}  // namespace umsadm::app
