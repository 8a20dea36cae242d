#include "lib/registry/server_rules.hpp"

#include <filesystem>

#include "lib/registry/field_rules.hpp"
#include "lib/registry/login_record.hpp"

namespace umsadm {
namespace {

void check_file_store(const FieldRules& rules, const Server& server) {
    if (server.ums_id_store != UmsIdStoreKind::file) return;
    rules.require(!server.ums_id_path.empty(), "ums_id_path", "is missing: the UMS ID is in a file",
                  "say where the PKCS#12 file lies on the server with --ums-id-path");
    rules.require(server.ums_id_password.has_value(), "ums_id_password", "is missing: the UMS ID is in a file",
                  "say where the password of the PKCS#12 file comes from with --ums-id-password");
}

// It is made with mode 0700, and what killed runs left is removed from it: it must be a folder of its own.
void check_state_path(const FieldRules& rules, const std::string& path) {
    rules.absolute_path("state_path", path);
    rules.require(std::filesystem::path(path).lexically_normal() != "/", "state_path", "must be a folder of its own");
}

}  // namespace

void check_server(const Server& server, Code code) {
    const FieldRules rules(code);
    rules.host("host", server.host);
    rules.port("web_port", server.web_port);
    check_login(server.login, code);
    rules.absolute_path("umsadmin_cli", server.umsadmin_cli);
    check_file_store(rules, server);
    if (!server.ums_id_path.empty()) rules.absolute_path("ums_id_path", server.ums_id_path);
    rules.stored_source("ums_id_password", server.ums_id_password,
                        "put it into a file that only you can read and give file:PATH");
    check_state_path(rules, server.state_path);
    rules.line_if_any("restart_command", server.restart_command);
    rules.wait("wait_seconds", server.wait_seconds);
}

}  // namespace umsadm
