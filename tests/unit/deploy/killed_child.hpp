#pragma once

#include <string>
#include <vector>

namespace umsadm::test {

// For what has to happen at the moment at which a child dies.
void die();

// Starts this program again with a hidden test case, and these NAME=VALUE lines as its environment. True when it killed
// itself; a failure when it failed otherwise.
bool run_child(const std::string& test_case, const std::vector<std::string>& environment);
std::string from_environment(const char* name);

}  // namespace umsadm::test
