#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "umsadm/base/secret.hpp"

namespace umsadm {

// What a gateway's application-prod.yml says about its keystore (Spring Boot, server.ssl.*).
struct GatewayConfig {
    std::string keystore;  // absolute path
    Secret store_password;
    std::optional<Secret> key_password;  // absent: same as store_password
    std::string alias;                   // empty: not said
    std::string trust_store;             // absolute path; empty: not said
    std::optional<std::uint16_t> port;
};

// Nested, dotted and mixed keys, "key-store" as well as "keyStore" (Spring's relaxed binding), the prefix "file:".
// Throws Code::invalid_data naming file and field, never a value: no YAML, no server.ssl.key-store or
// key-store-password, a relative path, a value with a placeholder "${...}", a password without quotes that YAML reads
// as a number or a truth value (hint: --keystore and --store-password). Of several documents in the file, those of
// other profiles than "prod" are passed over.
GatewayConfig read_gateway_config(std::string_view file_name, std::string_view yaml);

// Only server.ssl.key-store, for a caller who knows the passwords.
std::string read_keystore_path(std::string_view file_name, std::string_view yaml);

}  // namespace umsadm
