#include "lib/registry/gateway_rules.hpp"

#include "lib/registry/field_rules.hpp"
#include "lib/registry/login_record.hpp"

namespace umsadm {
namespace {

void check_paths(const FieldRules& rules, const Gateway& gateway) {
    rules.absolute_path("install_path", gateway.install_path);
    if (!gateway.keystore.empty()) rules.absolute_path("keystore", gateway.keystore);
    if (!gateway.config.empty()) rules.absolute_path("config", gateway.config);
}

}  // namespace

void check_gateway(const Gateway& gateway, Code code) {
    const FieldRules rules(code);
    rules.host("host", gateway.host);
    rules.port("port", gateway.port);
    if (!gateway.external_host.empty()) rules.host("external_host", gateway.external_host);
    if (gateway.external_port) rules.port("external_port", *gateway.external_port);
    check_login(gateway.login, code);
    check_paths(rules, gateway);
    rules.line_if_any("alias", gateway.alias);
    rules.stored_source("store_password", gateway.store_password);
    rules.line_if_any("restart_command", gateway.restart_command);
    rules.wait("wait_seconds", gateway.wait_seconds);
    for (const auto& [key, value] : gateway.labels) {
        rules.line("labels", key);
        rules.require(key.find('=') == std::string::npos, "labels", "must not have \"=\" in a key");
        rules.line_if_any("labels", value);
    }
    rules.line_if_any("group", gateway.group);
}

}  // namespace umsadm
