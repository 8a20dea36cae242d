#pragma once

#include <string>
#include <vector>

#include "umsadm/registry/gateway.hpp"

#include "command.hpp"

namespace umsadm::app {

// Which gateways a command works on: some by name, all, or those with some labels.
struct GatewayChoice {
    std::vector<std::string> names;
    bool all = false;
    Labels labels;

    bool empty() const noexcept { return names.empty() && !all && labels.empty(); }
    // Whether it may be more than one, however many there are: lists answer with lists.
    bool is_plural() const noexcept { return all || !labels.empty() || names.size() > 1; }
};

// The options --all and --label.
void add_gateway_choice(Command& command, GatewayChoice& choice);

// The gateways, each once; those of names in their order, else by name. Throws Code::usage when nothing or more than
// one way was chosen, Code::not_found when there is no gateway of one of the names, or none at all.
std::vector<Gateway> chosen_gateways(const Site& site, const GatewayChoice& choice);

}  // namespace umsadm::app
