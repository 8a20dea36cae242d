#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/stream.hpp"
#include "umsadm/registry/gateway.hpp"
#include "umsadm/registry/journal.hpp"

namespace umsadm {

// Everything that will be done to a gateway, decided before the first change. Plain data.
struct UpdatePlan {
    std::string gateway;
    RunFacts facts;
    Bytes new_keystore;                  // empty for a restart
    std::vector<Fingerprint> new_chain;  // what has to be served afterwards, leaf first
    Endpoint endpoint;                   // what is probed
    std::string restart_command;
    HealthRule health = HealthRule::automatic;
    std::chrono::seconds wait{90};
    // The way back has at least this long, however short `wait` is: giving up there leaves the gateway to a person.
    std::chrono::seconds least_wait_back{30};
    int keep_backups = 3;

    std::chrono::seconds wait_back() const { return std::max(wait, least_wait_back); }
};

// A run's id, paths and names: ".NAME.umsadm-RUN.new" and "NAME.umsadm-TIME-RUN.bak" beside the keystore.
std::string staged_path(const std::string& live_path, const std::string& run);
std::string backup_path(const std::string& live_path, UtcTime started, const std::string& run);

// The vendor's service.
std::string default_restart_command(bool has_systemd_service);
// The command of the gateway's record, else the vendor's service.
std::string restart_command_of(const Gateway& gateway, bool has_systemd_service);

// The steps in words, one line each: what --dry-run prints and the confirmation shows.
std::vector<std::string> describe_plan(const UpdatePlan& plan);

}  // namespace umsadm
