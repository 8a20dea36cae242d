#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/jobs/site_status.hpp"

namespace umsadm {

// A change of a gateway's keystore, as the journal tells it.
struct DeploymentRecord {
    std::string gateway;
    RunAction action = RunAction::update;
    UtcTime started;
    std::string user;                   // who, on which machine
    std::optional<RunOutcome> outcome;  // empty: it has no end
    bool verified = false;
    std::optional<Fingerprint> before;  // what the keystore held; empty: not known
    std::string before_name;            // "ICG Berlin@3", or its fingerprint; empty when not known
    Fingerprint after;                  // what was to come
    std::string after_name;
    std::string reason;  // of --force
    std::string error;
};

struct LatestDeployments {
    std::vector<DeploymentRecord> items;  // the newest first
    std::size_t total = 0;                // with those that are not among them
};

// The newest `at_most` changes of all gateways. A run that only looked is none.
LatestDeployments latest_deployments(const SiteFacts& facts, std::size_t at_most);

}  // namespace umsadm
