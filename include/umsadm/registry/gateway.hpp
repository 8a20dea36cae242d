#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/time.hpp"
#include "umsadm/registry/login.hpp"
#include "umsadm/registry/site.hpp"

namespace umsadm {

enum class HealthRule { automatic, require, off };

// gateways/NAME.json: one IGEL Cloud Gateway.
struct Gateway {
    std::string name;
    std::string host;
    std::uint16_t port = 8443;
    std::string external_host;  // empty: same as host
    std::optional<std::uint16_t> external_port;
    LoginOptions login;
    std::string install_path = "/opt/IGEL/icg";
    std::string keystore;                        // empty: as the gateway's configuration says
    std::string config;                          // empty: INSTALL/usg/conf/application-prod.yml
    std::string alias;                           // empty: the only key entry
    std::optional<SecretSource> store_password;  // absent: from the gateway's configuration
    std::string restart_command;                 // empty: the service of the vendor
    HealthRule health = HealthRule::automatic;
    std::uint32_t wait_seconds = 90;
    std::map<std::string, std::string> labels;  // by which a rollout selects gateways; a key has no "="
    // Gateways that stand in for each other: a rollout never works on two of one group at the same time. Empty: none.
    std::string group;

    bool operator==(const Gateway&) const = default;
};

// Throws Code::not_found, hint "umsadm gateway list"; Code::invalid_data naming file and field.
Gateway load_gateway(const Site& site, std::string_view name);
std::vector<Gateway> load_gateways(const Site& site);  // by name

// Checks every field first (Code::usage naming it): host, ports, absolute paths, one line each, the SSH user is not
// "icg". IfExists::refuse: Code::failed when the name is taken.
void save_gateway(const Site& site, const Gateway& gateway, IfExists if_exists);
// Moves the record to the trash; journal and backups stay.
void remove_gateway(const Site& site, std::string_view name, UtcTime now);

}  // namespace umsadm
