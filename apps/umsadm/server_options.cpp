#include "server_options.hpp"

#include "umsadm/base/error.hpp"

#include "login_files.hpp"
#include "record_options.hpp"

namespace umsadm::app {
namespace {

void add_address_options(Command& command, ServerChanges& changes, Need host) {
    command.heading("Server")
        .option("--host", "HOST", "DNS name or IP address of the server", into(changes.record, &Server::host), host)
        .option("--web-port", "PORT", "the port of its web server (default: 8443)",
                into(changes.record, &Server::web_port))
        .flag("--main", "this is the main server, and the one before is no longer (the first one is by itself)",
              changes.make_main);
}

void add_store_options(Command& command, RecordChanges<Server>& changes) {
    command.heading("UMS ID")
        .option("--ums-id-store", "umsadmin-cli|file",
                "where the server keeps its UMS ID: behind the vendor's program, or in a PKCS#12 file (default: "
                "umsadmin-cli)",
                into(changes, &Server::ums_id_store))
        .option("--umsadmin-cli", "PATH", "the vendor's program there (default: /usr/local/bin/umsadmin-cli)",
                into(changes, &Server::umsadmin_cli))
        .option("--ums-id-path", "PATH", "the PKCS#12 file there, of the store \"file\"",
                into(changes, &Server::ums_id_path))
        .option("--ums-id-password", "SRC", "the password of the PKCS#12 file", into(changes, &Server::ums_id_password))
        .option("--state-path", "PATH",
                "a folder there of root alone, for backups of replaced UMS IDs (default: /var/lib/umsadm)",
                into(changes, &Server::state_path))
        .option("--restart-command", "CMD",
                "what restarts the server, run as root (default: umsadmin-cli; a file store has none)",
                into(changes, &Server::restart_command))
        .option("--wait", "SECONDS", "how long it may take from a restart until it is Running (default: 300)",
                into(changes, &Server::wait_seconds));
}

// Without this a file would be named and never be used.
void refuse_file_without_store(const Server& given, const Server& server) {
    if (server.ums_id_store == UmsIdStoreKind::file) return;
    const bool path = !given.ums_id_path.empty();
    if (!path && !given.ums_id_password) return;
    throw Error(Code::usage,
                path ? "the option --ums-id-path is of the store \"file\", and this server uses umsadmin-cli"
                     : "the option --ums-id-password is of the store \"file\", and this server uses umsadmin-cli",
                "add --ums-id-store file when the UMS ID of this server is in a PKCS#12 file");
}

}  // namespace

void add_server_options(Command& command, ServerChanges& changes, Need host) {
    add_address_options(command, changes, host);
    add_store_options(command, changes.record);
    add_stored_login_options(command, changes.record);
}

Server changed(Server server, RecordChanges<Server> changes) {
    make_paths_absolute(changes.given().login);
    make_path_absolute(changes.given().ums_id_password);
    changes.apply_to(server);
    refuse_file_without_store(changes.given(), server);
    return server;
}

}  // namespace umsadm::app
