#include "umsadm/registry/server.hpp"

#include "lib/registry/field_rules.hpp"
#include "lib/registry/host_records.hpp"
#include "lib/registry/last_seen_file.hpp"
#include "lib/registry/login_record.hpp"
#include "lib/registry/record_file.hpp"
#include "lib/registry/record_writer.hpp"
#include "lib/registry/server_rules.hpp"

namespace umsadm {
namespace {

constexpr std::array<NameOf<UmsIdStoreKind>, 2> k_stores{
    {{UmsIdStoreKind::umsadmin_cli, "umsadmin-cli"}, {UmsIdStoreKind::file, "file"}}};

HostRecords records(const Site& site) { return {site, site.servers(), "server"}; }

Server read_server(RecordReader& reader, std::string_view name) {
    Server server;
    server.name = name;
    server.host = reader.text("host");
    server.web_port = static_cast<std::uint16_t>(reader.number("web_port", 1, 65535));
    server.login = read_login(reader);
    server.ums_id_store = reader.choice("ums_id_store", k_stores);
    server.umsadmin_cli = reader.text("umsadmin_cli");
    server.ums_id_path = reader.text_or_empty("ums_id_path");
    server.ums_id_password = reader.secret_source("ums_id_password");
    server.state_path = reader.text("state_path");
    server.restart_command = reader.text_or_empty("restart_command");
    server.wait_seconds = static_cast<std::uint32_t>(reader.number("wait_seconds", 0, k_longest_wait));
    check_server(server, Code::invalid_data);
    return server;
}

Server load_record(const Site& site, std::string_view name) {
    Server server;
    records(site).read(name, [&](RecordReader& reader) { server = read_server(reader, name); });
    return server;
}

std::string text_of(const Server& server) {
    nlohmann::ordered_json record = new_record();
    record["name"] = server.name;
    record["host"] = server.host;
    record["web_port"] = server.web_port;
    write_login(record, server.login);
    record["ums_id_store"] = ums_id_store_name(server.ums_id_store);
    record["umsadmin_cli"] = server.umsadmin_cli;
    write_if_any(record, "ums_id_path", server.ums_id_path);
    write_if_any(record, "ums_id_password", server.ums_id_password);
    record["state_path"] = server.state_path;
    write_if_any(record, "restart_command", server.restart_command);
    record["wait_seconds"] = server.wait_seconds;
    return record_text(record);
}

}  // namespace

std::string_view ums_id_store_name(UmsIdStoreKind kind) noexcept { return name_in(k_stores, kind); }

Server load_server(const Site& site, std::string_view name) {
    records(site).require(name);
    return load_record(site, name);
}

std::vector<Server> load_servers(const Site& site) {
    std::vector<Server> servers;
    for (const std::string& name : records(site).names()) servers.push_back(load_record(site, name));
    return servers;
}

void save_server(const Site& site, const Server& server, IfExists if_exists) {
    check_record_name("server", server.name);
    check_server(server, Code::usage);
    records(site).save(server.name, text_of(server), if_exists);
}

void remove_server(const Site& site, std::string_view name, UtcTime now) {
    records(site).require(name);
    // First: a later server of this name must not be shown with what was seen of this one.
    forget_last_seen(site, name);
    records(site).move_to_trash(name, now);
}

}  // namespace umsadm
