#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/deploy/gateway_config.hpp"
#include "umsadm/registry/gateway.hpp"
#include "umsadm/remote/remote_host.hpp"

namespace umsadm {

// A file on a host, as it was at one moment.
struct RemoteFile {
    std::string path;  // symbolic links resolved: the place where a rename works
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::string owner;  // names, or the numbers where there is no name
    std::string group;
    std::uint32_t mode = 0;     // 07777
    std::string selinux_label;  // empty: none
    std::string digest;         // SHA-256, lower-case hex
    Bytes content;
};

// What a gateway's host looks like, read without changing anything: in one call where the keystore is in its usual
// place, in two otherwise.
struct RemoteState {
    RemoteFile keystore;
    std::optional<GatewayConfig> config;  // empty: not needed, passwords were given
    std::uint64_t free_bytes = 0;         // beside the keystore
    std::vector<std::string> own_files;   // beside the keystore, with umsadm's marks: backups and left-overs
    bool has_systemd_service = false;     // icg-server.service
};

struct ObserveRequest {
    std::string install_path{};
    std::string keystore{};     // empty: as configured
    std::string config{};       // empty: the default place
    bool config_needed = true;  // false: the passwords are known
    bool to_change = false;     // tries to lock the keystore's folder in the same call, see Command::try_lock
};

// Throws Code::not_found naming the file when configuration or keystore is not there, Code::invalid_data from the
// configuration.
RemoteState observe_gateway(RemoteHost& host, const ObserveRequest& request);

// Whether the vendor's systemd service (icg-server.service) is there to be restarted.
bool has_vendor_service(RemoteHost& host);

}  // namespace umsadm
