#include "main_server.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/registry/server.hpp"

#include "auditing.hpp"

namespace umsadm::app {
namespace {

std::string or_none(const std::string& name) { return name.empty() ? "none" : in_quotes(name); }

}  // namespace

std::string set_main_server(const Site& site, const std::string& name) {
    SiteSettings settings = site.load_settings();
    std::string before = std::exchange(settings.main_server, name);
    if (before != name) site.save_settings(settings);
    return before;
}

void audit_main_server(const Context& context, const Site& site, const std::string& before) {
    const std::string now = site.load_settings().main_server;
    audit_done(context, site, "server main", now.empty() ? before : now,
               fmt::format("main server {}, before: {}", or_none(now), or_none(before)));
}

void refuse_main_of_others(const Site& site, const std::string& name) {
    if (site.load_settings().main_server != name) return;
    const std::vector<Server> servers = load_servers(site);
    const auto other =
        std::find_if(servers.begin(), servers.end(), [&](const Server& server) { return server.name != name; });
    if (other == servers.end()) return;
    throw Error(Code::refused, fmt::format("server {} is the main server, and there are others", in_quotes(name)),
                fmt::format("make another one the main server first: \"umsadm server edit {} --main\"", other->name));
}

}  // namespace umsadm::app
