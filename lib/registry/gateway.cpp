#include "umsadm/registry/gateway.hpp"

#include "lib/registry/field_rules.hpp"
#include "lib/registry/gateway_rules.hpp"
#include "lib/registry/host_records.hpp"
#include "lib/registry/login_record.hpp"
#include "lib/registry/record_file.hpp"
#include "lib/registry/record_writer.hpp"

namespace umsadm {
namespace {

constexpr std::array<NameOf<HealthRule>, 3> k_health_rules{
    {{HealthRule::automatic, "auto"}, {HealthRule::require, "require"}, {HealthRule::off, "off"}}};

HostRecords records(const Site& site) { return {site, site.gateways(), "gateway"}; }

Gateway read_gateway(RecordReader& reader, std::string_view name) {
    Gateway gateway;
    gateway.name = name;
    gateway.host = reader.text("host");
    gateway.port = static_cast<std::uint16_t>(reader.number("port", 1, 65535));
    gateway.external_host = reader.text_or_empty("external_host");
    gateway.external_port = reader.optional_port("external_port");
    gateway.login = read_login(reader);
    gateway.install_path = reader.text("install_path");
    gateway.keystore = reader.text_or_empty("keystore");
    gateway.config = reader.text_or_empty("config");
    gateway.alias = reader.text_or_empty("alias");
    gateway.store_password = reader.secret_source("store_password");
    gateway.restart_command = reader.text_or_empty("restart_command");
    gateway.health = reader.choice("health", k_health_rules);
    gateway.wait_seconds = static_cast<std::uint32_t>(reader.number("wait_seconds", 0, k_longest_wait));
    gateway.labels = reader.text_map("labels");
    gateway.group = reader.text_or_empty("group");
    check_gateway(gateway, Code::invalid_data);
    return gateway;
}

Gateway load_record(const Site& site, std::string_view name) {
    Gateway gateway;
    records(site).read(name, [&](RecordReader& reader) { gateway = read_gateway(reader, name); });
    return gateway;
}

std::string text_of(const Gateway& gateway) {
    nlohmann::ordered_json record = new_record();
    record["name"] = gateway.name;
    record["host"] = gateway.host;
    record["port"] = gateway.port;
    write_if_any(record, "external_host", gateway.external_host);
    write_if_any(record, "external_port", gateway.external_port);
    write_login(record, gateway.login);
    record["install_path"] = gateway.install_path;
    write_if_any(record, "keystore", gateway.keystore);
    write_if_any(record, "config", gateway.config);
    write_if_any(record, "alias", gateway.alias);
    write_if_any(record, "store_password", gateway.store_password);
    write_if_any(record, "restart_command", gateway.restart_command);
    record["health"] = name_in(k_health_rules, gateway.health);
    record["wait_seconds"] = gateway.wait_seconds;
    if (!gateway.labels.empty()) record["labels"] = gateway.labels;
    write_if_any(record, "group", gateway.group);
    return record_text(record);
}

}  // namespace

Gateway load_gateway(const Site& site, std::string_view name) {
    records(site).require(name);
    return load_record(site, name);
}

std::vector<Gateway> load_gateways(const Site& site) {
    std::vector<Gateway> gateways;
    for (const std::string& name : records(site).names()) gateways.push_back(load_record(site, name));
    return gateways;
}

void save_gateway(const Site& site, const Gateway& gateway, IfExists if_exists) {
    check_record_name("gateway", gateway.name);
    check_gateway(gateway, Code::usage);
    records(site).save(gateway.name, text_of(gateway), if_exists);
}

void remove_gateway(const Site& site, std::string_view name, UtcTime now) {
    records(site).require(name);
    records(site).move_to_trash(name, now);
}

}  // namespace umsadm
