#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "umsadm/remote/remote_host.hpp"

namespace umsadm {

// Runs a shell command that restarts a service, as it would run from root's own scripts; `limit` ends it. When it
// fails, the next of `commands` is tried: other spellings of the same. `log` is a file that is made for its output and
// removed. Throws what run_script() throws.
void run_restart_command(RemoteHost& host, std::string_view doing, const std::vector<std::string>& commands,
                         const std::string& log, std::chrono::seconds limit);

}  // namespace umsadm
