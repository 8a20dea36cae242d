#include "server_view.hpp"

#include <fmt/format.h>

#include "umsadm/base/stream.hpp"

#include "login.hpp"
#include "record_view.hpp"

namespace umsadm::app {
namespace {

bool has_file(const Server& server) noexcept { return server.ums_id_store == UmsIdStoreKind::file; }

std::vector<Detail> store_details(const Server& server) {
    std::vector<Detail> details{{"UMS ID store", std::string(ums_id_store_name(server.ums_id_store))}};
    if (has_file(server)) {
        details.push_back({"UMS ID file", server.ums_id_path});
        details.push_back({"UMS ID password", server.ums_id_password ? server.ums_id_password->to_string() : "-"});
    } else {
        details.push_back({"umsadmin-cli", server.umsadmin_cli});
    }
    return details;
}

std::vector<Detail> details_of(const ShownServer& shown) {
    const Server& server = shown.server;
    std::vector<Detail> details{{"Name", {server.name, Style::bold}},
                                {"Host", server.host},
                                {"Web port", std::to_string(server.web_port)},
                                {"Main server", shown.is_main ? "yes" : "no"}};
    for (Detail& detail : login_details(server.host, shown.login)) details.push_back(std::move(detail));
    for (Detail& detail : store_details(server)) details.push_back(std::move(detail));
    details.push_back({"State folder", server.state_path});
    details.push_back(
        {"Restart command",
         or_default(server.restart_command, has_file(server) ? "none: restarted by hand" : "umsadmin-cli's own")});
    details.push_back({"Wait", fmt::format("{} s", server.wait_seconds)});
    return details;
}

}  // namespace

std::vector<ShownServer> look_up(const Site& site, const std::vector<Server>& servers) {
    const SiteSettings settings = site.load_settings();
    std::vector<ShownServer> shown;
    shown.reserve(servers.size());
    for (const Server& server : servers) {
        shown.push_back({server, overlay(server.login, settings.defaults), server.name == settings.main_server});
    }
    return shown;
}

Json server_json(const ShownServer& shown) {
    const Server& server = shown.server;
    return {{"name", server.name},
            {"host", server.host},
            {"web_port", server.web_port},
            {"main", shown.is_main},
            {"login", login_json(shown.login)},
            {"ums_id_store", ums_id_store_name(server.ums_id_store)},
            {"umsadmin_cli", server.umsadmin_cli},
            {"ums_id_path", or_null(server.ums_id_path)},
            {"ums_id_password", or_null(server.ums_id_password)},
            {"state_path", server.state_path},
            {"restart_command", or_null(server.restart_command)},
            {"wait_seconds", server.wait_seconds}};
}

Table server_table(const std::vector<ShownServer>& all) {
    Table table{{{"NAME"}, {"HOST"}, {"WEB PORT", Align::right}, {"MAIN"}, {"LOGIN"}, {"UMS ID STORE"}}, {}};
    for (const ShownServer& shown : all) {
        const Server& server = shown.server;
        table.rows.push_back({server.name,
                              server.host,
                              std::to_string(server.web_port),
                              {shown.is_main ? "yes" : "-", shown.is_main ? "yes" : "no"},
                              describe_login(server.host, shown.login),
                              std::string(ums_id_store_name(server.ums_id_store))});
    }
    return table;
}

void show_server(Output& out, const ShownServer& shown) {
    out.result(server_json(shown));
    if (out.options().machine_readable) {
        out.table(server_table({shown}));
    } else {
        out.details(details_of(shown));
    }
}

}  // namespace umsadm::app
