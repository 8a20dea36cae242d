#include "umsadm/registry/gateway.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/registry/gateway_rules.hpp"
#include "lib/registry/login_record.hpp"
#include "lib/registry/record_file.hpp"
#include "lib/registry/trash.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_extension = ".json";
constexpr std::array<NameOf<HealthRule>, 3> k_health_rules{
    {{HealthRule::automatic, "auto"}, {HealthRule::require, "require"}, {HealthRule::off, "off"}}};

Path record_path(const Site& site, std::string_view name) {
    return site.gateways() / (std::string(name) + std::string(k_extension));
}

Error no_gateway(std::string_view name) {
    return Error(Code::not_found, fmt::format("there is no gateway {}", in_quotes(name)),
                 "run \"umsadm gateway list\" to see all names");
}

Gateway read_gateway(RecordReader& reader, std::string_view name) {
    Gateway gateway;
    gateway.name = reader.text("name");
    if (gateway.name != name) reader.refuse("name", fmt::format("must be {}, as the file is called", in_quotes(name)));
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
    check_gateway(gateway, Code::invalid_data);
    return gateway;
}

Gateway load_record(const Site& site, std::string_view name) {
    Gateway gateway;
    read_record(record_path(site, name), [&](RecordReader& reader) { gateway = read_gateway(reader, name); });
    return gateway;
}

std::string text_of(const Gateway& gateway) {
    nlohmann::ordered_json record = new_record();
    const auto write_if_any = [&](const char* field, const std::string& value) {
        if (!value.empty()) record[field] = value;
    };
    record["name"] = gateway.name;
    record["host"] = gateway.host;
    record["port"] = gateway.port;
    write_if_any("external_host", gateway.external_host);
    if (gateway.external_port) record["external_port"] = *gateway.external_port;
    write_login(record, gateway.login);
    record["install_path"] = gateway.install_path;
    write_if_any("keystore", gateway.keystore);
    write_if_any("config", gateway.config);
    write_if_any("alias", gateway.alias);
    if (gateway.store_password) record["store_password"] = gateway.store_password->to_string();
    write_if_any("restart_command", gateway.restart_command);
    record["health"] = name_in(k_health_rules, gateway.health);
    record["wait_seconds"] = gateway.wait_seconds;
    if (!gateway.labels.empty()) record["labels"] = gateway.labels;
    return record_text(record);
}

std::vector<std::string> record_names(const Site& site) {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(site.gateways(), error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string file = entry->path().filename().string();
        // What an editor leaves beside a record ("berlin.json~") is none.
        if (file.starts_with('.') || !file.ends_with(k_extension)) continue;
        names.push_back(file.substr(0, file.size() - k_extension.size()));
    }
    if (error && error != std::errc::no_such_file_or_directory) {
        throw system_error(fmt::format("cannot list {}", in_quotes(site.gateways().string())), error.value());
    }
    std::sort(names.begin(), names.end());
    return names;
}

bool is_taken(const Path& path) {
    std::error_code ignored;
    return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

}  // namespace

Gateway load_gateway(const Site& site, std::string_view name) {
    check_record_name("gateway", name);
    if (!is_taken(record_path(site, name))) throw no_gateway(name);
    return load_record(site, name);
}

std::vector<Gateway> load_gateways(const Site& site) {
    std::vector<Gateway> gateways;
    for (const std::string& name : record_names(site)) gateways.push_back(load_record(site, name));
    return gateways;
}

void save_gateway(const Site& site, const Gateway& gateway, IfExists if_exists) {
    check_record_name("gateway", gateway.name);
    check_gateway(gateway, Code::usage);
    const Path path = record_path(site, gateway.name);
    if (if_exists == IfExists::refuse && is_taken(path)) {
        throw Error(Code::failed, fmt::format("there is a gateway {} already", in_quotes(gateway.name)),
                    fmt::format("change it with \"umsadm gateway edit {}\"", gateway.name));
    }
    write_file(path, as_bytes(text_of(gateway)), k_public, if_exists);
}

void remove_gateway(const Site& site, std::string_view name, UtcTime now) {
    check_record_name("gateway", name);
    if (!is_taken(record_path(site, name))) throw no_gateway(name);
    move_durably(record_path(site, name), free_trash_path(site, now, fmt::format("gateway-{}", name), k_extension));
}

}  // namespace umsadm
