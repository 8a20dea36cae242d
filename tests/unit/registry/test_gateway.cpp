#include <fstream>
#include <functional>

#include <catch2/catch.hpp>

#include "umsadm/registry/gateway.hpp"

#include "unit/error_of.hpp"
#include "unit/temp_folder.hpp"

using namespace umsadm;
using umsadm::test::error_of;
using umsadm::test::TempFolder;

namespace {

const std::string k_host_key = "SHA256:" + std::string(42, 'A') + "E";

Gateway full_gateway() {
    Gateway gateway;
    gateway.name = "berlin";
    gateway.host = "icg.example.com";
    gateway.port = 9443;
    gateway.external_host = "10.0.0.5";
    gateway.external_port = std::uint16_t{443};
    gateway.login.local = false;
    gateway.login.ssh_host = "icg-admin.example.com";
    gateway.login.ssh_port = std::uint16_t{2222};
    gateway.login.ssh_user = "admin";
    gateway.login.ssh_keys = {"/home/admin/.ssh/id_ed25519", "/home/admin/.ssh/id_rsa"};
    gateway.login.ssh_key_password = SecretSource{SecretSource::Kind::file, "/root/pass phrase"};
    gateway.login.ssh_agent = true;
    gateway.login.ssh_password = SecretSource{SecretSource::Kind::env, "SSH_PW"};
    gateway.login.sudo_password = SecretSource{SecretSource::Kind::file, "/root/sudo"};
    gateway.login.jump = "admin@jump.example.com:22";
    gateway.login.ssh_config = false;
    gateway.login.host_keys = {k_host_key};
    gateway.login.known_hosts = {"/etc/ssh/ssh_known_hosts"};
    gateway.login.probe = ProbePath::ssh;
    gateway.install_path = "/opt/icg";
    gateway.keystore = "/opt/icg/usg/keys/keystore.jks";
    gateway.config = "/opt/icg/usg/conf/application-prod.yml";
    gateway.alias = "schl\xc3\xbcssel";
    gateway.store_password = SecretSource{SecretSource::Kind::file, "/root/store"};
    gateway.restart_command = "systemctl restart 'igel icg'";
    gateway.health = HealthRule::require;
    gateway.wait_seconds = 30;
    gateway.labels = {{"site", "Berlin"}, {"ring", ""}};
    gateway.group = "berlin-pair";
    return gateway;
}

Gateway small_gateway() {
    Gateway gateway;
    gateway.name = "berlin";
    gateway.host = "icg.example.com";
    return gateway;
}

std::string text_of(const Site& site, std::string_view name) {
    return read_text_file(site.gateways() / (std::string(name) + ".json"), 1U << 20U);
}

}  // namespace

TEST_CASE("a gateway is read back as it was saved, every field of it", "[registry][gateway]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    save_gateway(site, full_gateway(), IfExists::refuse);
    CHECK(load_gateway(site, "berlin") == full_gateway());
    Gateway small = small_gateway();
    small.name = "aachen";
    save_gateway(site, small, IfExists::refuse);
    CHECK(load_gateways(site) == std::vector<Gateway>{small, full_gateway()});
}

TEST_CASE("a small record is short and begins with its schema", "[registry][gateway]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    save_gateway(site, small_gateway(), IfExists::refuse);
    CHECK(text_of(site, "berlin") ==
          "{\n  \"schema\": 1,\n  \"name\": \"berlin\",\n  \"host\": \"icg.example.com\",\n  \"port\": 8443,\n"
          "  \"install_path\": \"/opt/IGEL/icg\",\n  \"health\": \"auto\",\n  \"wait_seconds\": 90\n}\n");
}

TEST_CASE("a gateway is not saved over another one unless that is wanted", "[registry][gateway]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    save_gateway(site, small_gateway(), IfExists::refuse);
    const Error error = error_of([&] { save_gateway(site, full_gateway(), IfExists::refuse); });
    CHECK(error.code() == Code::failed);
    CHECK(error.message() == "there is a gateway \"berlin\" already");
    CHECK(load_gateway(site, "berlin") == small_gateway());
    save_gateway(site, full_gateway(), IfExists::replace);
    CHECK(load_gateway(site, "berlin") == full_gateway());
}

TEST_CASE("an unknown gateway is not found, and a name cannot leave the folder", "[registry][gateway]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    const Error error = error_of([&] { (void)load_gateway(site, "berlin"); });
    CHECK(error.code() == Code::not_found);
    CHECK(error.hint() == "run \"umsadm gateway list\" to see all names");
    CHECK(error_of([&] { (void)load_gateway(site, "../site"); }).code() == Code::usage);
    CHECK(error_of([&] { remove_gateway(site, "berlin", UtcTime{}); }).code() == Code::not_found);
}

TEST_CASE("a removed gateway is in the trash, also when it is removed twice in one second", "[registry][gateway]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    const UtcTime now = *parse_utc("2026-11-21T18:30:00Z");
    for (int i = 0; i < 2; ++i) {
        save_gateway(site, small_gateway(), IfExists::refuse);
        remove_gateway(site, "berlin", now);
    }
    CHECK(load_gateways(site).empty());
    CHECK(std::filesystem::exists(site.trash() / "20261121T183000Z-gateway-berlin.json"));
    CHECK(std::filesystem::exists(site.trash() / "20261121T183000Z-gateway-berlin-2.json"));
}

TEST_CASE("save_gateway refuses what cannot be right, naming the field", "[registry][gateway]") {
    struct Wrong {
        std::string field;
        std::function<void(Gateway&)> change;
    };
    using Kind = SecretSource::Kind;
    const std::vector<Wrong> wrongs{
        {"host", [](Gateway& g) { g.host = ""; }},
        {"host", [](Gateway& g) { g.host = "*.example.com"; }},
        {"host", [](Gateway& g) { g.host = "https://icg.example.com"; }},
        {"host", [](Gateway& g) { g.host = "icg.example.com:8443"; }},
        {"host", [](Gateway& g) { g.host = "[::1]"; }},
        {"port", [](Gateway& g) { g.port = 0; }},
        {"external_host", [](Gateway& g) { g.external_host = "*.example.com"; }},
        {"external_host", [](Gateway& g) { g.external_host = "a b"; }},
        {"external_port", [](Gateway& g) { g.external_port = std::uint16_t{0}; }},
        {"install_path", [](Gateway& g) { g.install_path = ""; }},
        {"install_path", [](Gateway& g) { g.install_path = "opt/icg"; }},
        {"keystore", [](Gateway& g) { g.keystore = "keystore.jks"; }},
        {"keystore", [](Gateway& g) { g.keystore = "/opt/key\nstore.jks"; }},
        {"config", [](Gateway& g) { g.config = "/opt/\x1b[31m"; }},
        {"config", [](Gateway& g) { g.config = "/opt/\xff"; }},
        {"alias", [](Gateway& g) { g.alias = std::string("a\0b", 3); }},
        {"restart_command", [](Gateway& g) { g.restart_command = "true\nrm -rf /"; }},
        {"store_password",
         [](Gateway& g) {
             g.store_password = SecretSource{Kind::prompt, ""};
         }},
        {"wait_seconds", [](Gateway& g) { g.wait_seconds = 86401; }},
        {"labels",
         [](Gateway& g) {
             g.labels = {{"", "x"}};
         }},
        {"labels",
         [](Gateway& g) {
             g.labels = {{"a", "x\ny"}};
         }},
        {"labels",
         [](Gateway& g) {
             g.labels = {{"a=b", "x"}};
         }},
        {"group", [](Gateway& g) { g.group = "a\nb"; }},
        {"ssh_host", [](Gateway& g) { g.login.ssh_host = "-oProxyCommand=id"; }},
        {"ssh_port", [](Gateway& g) { g.login.ssh_port = std::uint16_t{0}; }},
        {"ssh_user", [](Gateway& g) { g.login.ssh_user = ""; }},
        {"ssh_user", [](Gateway& g) { g.login.ssh_user = "-l"; }},
        {"ssh_user", [](Gateway& g) { g.login.ssh_user = "icg"; }},
        {"ssh_user", [](Gateway& g) { g.login.ssh_user = "a b"; }},
        {"ssh_keys",
         [](Gateway& g) {
             g.login.ssh_keys = {"/ok", ""};
         }},
        {"ssh_key_password",
         [](Gateway& g) {
             g.login.ssh_key_password = SecretSource{Kind::fd, "3"};
         }},
        {"ssh_password",
         [](Gateway& g) {
             g.login.ssh_password = SecretSource{Kind::prompt, ""};
         }},
        {"sudo_password",
         [](Gateway& g) {
             g.login.sudo_password = SecretSource{Kind::fd, "0"};
         }},
        {"jump", [](Gateway& g) { g.login.jump = "@host"; }},
        {"jump", [](Gateway& g) { g.login.jump = "user@"; }},
        {"jump", [](Gateway& g) { g.login.jump = "user@host:0"; }},
        {"jump", [](Gateway& g) { g.login.jump = "user@host:70000"; }},
        {"jump", [](Gateway& g) { g.login.jump = "user@host:22x"; }},
        {"jump", [](Gateway& g) { g.login.jump = "user@-oX"; }},
        {"jump", [](Gateway& g) { g.login.jump = "first,,second"; }},
        {"host_keys", [](Gateway& g) { g.login.host_keys = {"SHA256:abc"}; }},
        {"host_keys", [](Gateway& g) { g.login.host_keys = {"MD5:" + std::string(43, 'A')}; }},
        {"host_keys", [](Gateway& g) { g.login.host_keys = {k_host_key + "="}; }},
        {"host_keys",
         [](Gateway& g) {
             g.login.host_keys = {k_host_key, "SHA256:" + std::string(42, 'A') + "!"};
         }},
        {"known_hosts", [](Gateway& g) { g.login.known_hosts = {"a\nb"}; }},
    };
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    for (const Wrong& wrong : wrongs) {
        Gateway gateway = full_gateway();
        wrong.change(gateway);
        const Error error = error_of([&] { save_gateway(site, gateway, IfExists::replace); });
        INFO(error.message());
        CHECK(error.code() == Code::usage);
        CHECK(error.message().find("field \"" + wrong.field + "\" ") == 0);
    }
    CHECK(load_gateways(site).empty());
}

TEST_CASE("the service user of the gateway is refused with a way out", "[registry][gateway]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    Gateway gateway = small_gateway();
    gateway.login.ssh_user = "icg";
    const Error error = error_of([&] { save_gateway(site, gateway, IfExists::refuse); });
    CHECK(error.message() == "field \"ssh_user\" must not be \"icg\", the gateway's own service user");
    CHECK(error.hint() == "use an account of your own that may use sudo");
}

TEST_CASE("a jump host may leave out user and port, and be an address", "[registry][gateway]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    for (const char* jump : {"host", "host:22", "user@host", "user@10.0.0.1:2222", "user@[::1]:22", "[fe80::1]",
                             "user@::1", "a@b@host", "first,user@second:2222", "none"}) {
        INFO(jump);
        Gateway gateway = small_gateway();
        gateway.login.jump = jump;
        CHECK_NOTHROW(save_gateway(site, gateway, IfExists::replace));
    }
}

TEST_CASE("no password gets into a record, and none out of a refused one", "[registry][gateway]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    std::ofstream(site.gateways() / "berlin.json")
        << R"({"schema": 1, "name": "berlin", "host": "a.example", "port": 1, "install_path": "/o", "health": "auto",
               "wait_seconds": 1, "ssh_password": "MARKER-secret"})";
    const Error error = error_of([&] { (void)load_gateway(site, "berlin"); });
    CHECK(error.message() == "field \"ssh_password\" must be file:PATH or env:NAME");
    CHECK(error.hint().find("MARKER") == std::string::npos);
}

TEST_CASE("overlay takes what the first says and else the second", "[registry][login]") {
    const LoginOptions record = full_gateway().login;
    CHECK(overlay(record, {}) == record);
    CHECK(overlay({}, record) == record);
    LoginOptions command_line;
    command_line.ssh_user = "root";
    command_line.ssh_agent = false;
    command_line.ssh_keys = {"/tmp/key"};
    const LoginOptions both = overlay(command_line, record);
    CHECK(both.ssh_user == "root");
    CHECK(both.ssh_agent == false);
    CHECK(both.ssh_keys == std::vector<std::string>{"/tmp/key"});
    CHECK(both.ssh_host == record.ssh_host);
    CHECK(both.host_keys == record.host_keys);
}
