#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "umsadm/registry/server_journal.hpp"
#include "umsadm/registry/site.hpp"

#include "context.hpp"

namespace umsadm::app {

// What was done to a server, oldest first.
std::vector<ServerRun> load_server_runs(const Site& site, std::string_view server);

// The run of this server that has no end, in words; empty when there is none.
std::optional<std::string> describe_open_server_run(const Context& context, const Site& site,
                                                    const std::string& server);

}  // namespace umsadm::app
