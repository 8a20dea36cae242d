#include "lib/registry/gateway_rules.hpp"

#include <fmt/format.h>

#include "lib/registry/field_rules.hpp"
#include "lib/registry/login_record.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_port_rule = "must be a number from 1 to 65535";

void check_paths(const FieldRules& rules, const Gateway& gateway) {
    rules.absolute_path("install_path", gateway.install_path);
    if (!gateway.keystore.empty()) rules.absolute_path("keystore", gateway.keystore);
    if (!gateway.config.empty()) rules.absolute_path("config", gateway.config);
}

void check_store_password(const FieldRules& rules, const Gateway& gateway) {
    if (!gateway.store_password) return;
    rules.require(gateway.store_password->storable(), "store_password", "must be file:PATH or env:NAME to be stored",
                  "fd: and prompt are for one run: give them with each command instead");
    rules.line("store_password", gateway.store_password->value);
}

}  // namespace

void check_gateway(const Gateway& gateway, Code code) {
    const FieldRules rules(code);
    rules.host("host", gateway.host);
    rules.require(gateway.port != 0, "port", k_port_rule);
    if (!gateway.external_host.empty()) rules.host("external_host", gateway.external_host);
    rules.require(gateway.external_port.value_or(1) != 0, "external_port", k_port_rule);
    check_login(gateway.login, code);
    check_paths(rules, gateway);
    rules.line_if_any("alias", gateway.alias);
    check_store_password(rules, gateway);
    rules.line_if_any("restart_command", gateway.restart_command);
    rules.require(gateway.wait_seconds <= k_longest_wait, "wait_seconds",
                  fmt::format("must be a number from 0 to {}", k_longest_wait));
    for (const auto& [key, value] : gateway.labels) {
        rules.line("labels", key);
        rules.line_if_any("labels", value);
    }
}

}  // namespace umsadm
