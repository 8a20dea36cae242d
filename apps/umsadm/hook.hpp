#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "umsadm/base/deadline.hpp"

namespace umsadm::app {

// A command of the user that runs beside a job.
struct Hook {
    std::string command;                                         // for /bin/sh -c
    std::vector<std::pair<std::string, std::string>> variables;  // what it is told, in its environment
    std::chrono::seconds limit{300};
    bool quiet = false;  // its standard output goes nowhere
};

// Runs it and waits for its end, at most `limit`; then it is ended, with all that it started and did not put elsewhere.
// Returns why it failed; empty when it ended with 0. The user's interruption ends it when `cancellation` is given.
//
// Its standard output goes to standard error: ours is the result. It reads nothing, gets no descriptor of ours and no
// terminal, and of our environment only what tells it where and for whom it runs: a variable may be a password
// (env:NAME).
std::optional<std::string> run_hook(const Hook& hook, const Cancellation* cancellation);

}  // namespace umsadm::app
