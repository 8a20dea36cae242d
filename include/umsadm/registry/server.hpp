#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "umsadm/base/time.hpp"
#include "umsadm/registry/login.hpp"
#include "umsadm/registry/site.hpp"

namespace umsadm {

// Where a UMS Server keeps its UMS ID: behind the vendor's umsadmin-cli, or in a PKCS#12 file.
enum class UmsIdStoreKind { umsadmin_cli, file };

std::string_view ums_id_store_name(UmsIdStoreKind kind) noexcept;  // "umsadmin-cli", "file"

// servers/NAME.json: one UMS Server.
struct Server {
    std::string name;
    std::string host;
    std::uint16_t web_port = 8443;
    LoginOptions login;
    UmsIdStoreKind ums_id_store = UmsIdStoreKind::umsadmin_cli;
    std::string umsadmin_cli = "/usr/local/bin/umsadmin-cli";
    std::string ums_id_path;                      // of the PKCS#12 file; must be given for a file store
    std::optional<SecretSource> ums_id_password;  // of the PKCS#12 file; must be given for a file store
    std::string state_path = "/var/lib/umsadm";   // folder of root on the server: backups of replaced UMS IDs
    std::string restart_command;                  // empty: umsadmin-cli's own; a file store has none then
    std::uint32_t wait_seconds = 300;             // how long a server may take from a restart until it is Running

    bool operator==(const Server&) const = default;
};

// Throws Code::not_found, hint "umsadm server list"; Code::invalid_data naming file and field.
Server load_server(const Site& site, std::string_view name);
std::vector<Server> load_servers(const Site& site);  // by name

// Checks every field first (Code::usage naming it): host, port, absolute paths, one line each, path and password of a
// file store, the SSH user is not "icg". IfExists::refuse: Code::failed when the name is taken.
void save_server(const Site& site, const Server& server, IfExists if_exists);
// Moves the record to the trash; journal and backups stay. What was last seen of the server is forgotten.
void remove_server(const Site& site, std::string_view name, UtcTime now);

}  // namespace umsadm
