#pragma once

#include <string>
#include <vector>

#include "umsadm/registry/server.hpp"
#include "umsadm/registry/site.hpp"

#include "json.hpp"
#include "output.hpp"

namespace umsadm::app {

// A server as lists and details show it.
struct ShownServer {
    Server server;       // as stored
    LoginOptions login;  // with the site's defaults
    bool is_main = false;
};

// The servers of the site, in this order.
std::vector<ShownServer> look_up(const Site& site, const std::vector<Server>& servers);

Json server_json(const ShownServer& shown);
Table server_table(const std::vector<ShownServer>& all);

// One server in the form that the user wants: JSON, every detail in lines, or a row. Sets the JSON result.
void show_server(Output& out, const ShownServer& shown);

}  // namespace umsadm::app
