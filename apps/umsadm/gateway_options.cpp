#include "gateway_options.hpp"

#include "login_files.hpp"
#include "record_options.hpp"

namespace umsadm::app {
namespace {

void add_address_options(Command& command, GatewayChanges& changes, Need host) {
    command.heading("Gateway")
        .option("--host", "HOST", "DNS name or IP address of the gateway", into(changes, &Gateway::host), host)
        .option("--port", "PORT", "its TLS port (default: 8443)", into(changes, &Gateway::port))
        .option("--external-host", "HOST", "the name by which devices reach it, where it differs",
                into(changes, &Gateway::external_host))
        .option("--external-port", "PORT", "the port by which devices reach it, where it differs",
                into(changes, &Gateway::external_port))
        .option("--label", "KEY=VALUE", "what it is selected by with \"keystore update --label\"; may be repeated",
                into(changes, &Gateway::labels))
        .option("--group", "NAME", "gateways that stand in for each other: never two of a group are updated at once",
                into(changes, &Gateway::group))
        .offering({OfferKind::gateway_group});
}

void add_installation_options(Command& command, GatewayChanges& changes) {
    command.heading("Installation")
        .option("--install-path", "PATH", "where the gateway is installed (default: /opt/IGEL/icg)",
                into(changes, &Gateway::install_path))
        .option("--config", "PATH", "its configuration (default: INSTALL-PATH/usg/conf/application-prod.yml)",
                into(changes, &Gateway::config))
        .option("--keystore", "PATH", "its keystore (default: as configured there)", into(changes, &Gateway::keystore))
        .option("--store-password", "SRC", "the password of the keystore (default: as configured there)",
                into(changes, &Gateway::store_password))
        .option("--alias", "ALIAS", "the key entry that is served, where the keystore has several",
                into(changes, &Gateway::alias))
        .option("--restart-command", "CMD", "what restarts the gateway, run as root (default: its service)",
                into(changes, &Gateway::restart_command))
        .option("--health", "auto|require|off",
                "what its health page must say after an update: as before, \"ok\", or nothing (default: auto)",
                into(changes, &Gateway::health))
        .option("--wait", "SECONDS", "how long to wait for the gateway after a restart (default: 90)",
                into(changes, &Gateway::wait_seconds));
}

}  // namespace

void add_gateway_options(Command& command, GatewayChanges& changes, Need host) {
    add_address_options(command, changes, host);
    add_installation_options(command, changes);
    add_stored_login_options(command, changes);
}

Gateway changed(Gateway gateway, GatewayChanges changes) {
    make_paths_absolute(changes.given().login);
    make_path_absolute(changes.given().store_password);
    changes.apply_to(gateway);
    return gateway;
}

}  // namespace umsadm::app
