#pragma once

#include <vector>

#include "deployment.hpp"
#include "output.hpp"

namespace umsadm::app {

// What became of a rollout: a row for each gateway, and what was reached in all.
void show_rollout(Output& out, const std::vector<Deployment>& deployments);

// How to go on with what is left of a rollout that was recorded.
void hint_at_resume(Output& out, const std::vector<Deployment>& deployments);

}  // namespace umsadm::app
