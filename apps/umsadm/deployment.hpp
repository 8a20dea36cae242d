#pragma once

#include <chrono>
#include <optional>
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
    std::optional<UtcTime> old_not_after;  // of what was served before, else of what was stored
    std::optional<UtcTime> new_not_after;
    std::chrono::milliseconds took{0};  // waiting for the gateway included
};

// What becomes of a gateway when an error stops everything before a change, or while an earlier run is settled.
Outcome failed_outcome(const Error& error);

// Errors of the whole run, not of one gateway: wrong usage, a question that nobody answers, an interruption.
bool ends_the_whole_run(const Error& error) noexcept;

// In full, or null.
Json fingerprint_json(const std::optional<Fingerprint>& fingerprint);

Json deployment_json(const Deployment& deployment);
// {"deployments": [], "summary": {}}
Json deployments_json(const std::vector<Deployment>& deployments);

// What happened, in one line for people: 'gateway "berlin" updated: it serves "ICG Berlin@2"'.
std::string headline(const Deployment& deployment);

// The closing lines for people: what happened, and what to do next.
void show_deployment(Output& out, const Deployment& deployment);

// After all: what was deployed is not known to the UMS Console.
void remind_of_console(Output& out, const std::vector<Deployment>& deployments);

// The highest code of any.
ExitCode deployments_exit_code(const std::vector<Deployment>& deployments);

}  // namespace umsadm::app
