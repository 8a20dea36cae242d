#include <fstream>
#include <functional>

#include <catch2/catch.hpp>

#include "umsadm/registry/last_seen.hpp"
#include "umsadm/registry/server.hpp"

#include "unit/error_of.hpp"
#include "unit/temp_folder.hpp"

using namespace umsadm;
using umsadm::test::error_of;
using umsadm::test::TempFolder;

namespace {

Server small_server() {
    Server server;
    server.name = "ums1";
    server.host = "ums1.example.com";
    return server;
}

Server full_server() {
    Server server;
    server.name = "ums2";
    server.host = "10.0.0.2";
    server.web_port = 9443;
    server.login.ssh_user = "admin";
    server.login.ssh_password = SecretSource{SecretSource::Kind::env, "SSH_PW"};
    server.login.probe = ProbePath::ssh;
    server.ums_id_store = UmsIdStoreKind::file;
    server.umsadmin_cli = "/opt/igel/umsadmin-cli";
    server.ums_id_path = "/opt/ums/ums id.p12";
    server.ums_id_password = SecretSource{SecretSource::Kind::file, "/root/ums-id"};
    server.state_path = "/srv/umsadm";
    server.restart_command = "systemctl restart 'igel ums'";
    server.wait_seconds = 600;
    return server;
}

std::string text_of(const Site& site, const std::string& name) {
    return read_text_file(site.servers() / (name + ".json"), 1U << 20U);
}

}  // namespace

TEST_CASE("a server is read back as it was saved, every field of it", "[registry][server]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    save_server(site, full_server(), IfExists::refuse);
    save_server(site, small_server(), IfExists::refuse);
    CHECK(load_server(site, "ums2") == full_server());
    CHECK(load_servers(site) == std::vector<Server>{small_server(), full_server()});
}

TEST_CASE("a small record of a server is short and names what its defaults are", "[registry][server]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    save_server(site, small_server(), IfExists::refuse);
    CHECK(text_of(site, "ums1") ==
          "{\n  \"schema\": 1,\n  \"name\": \"ums1\",\n  \"host\": \"ums1.example.com\",\n  \"web_port\": 8443,\n"
          "  \"ums_id_store\": \"umsadmin-cli\",\n  \"umsadmin_cli\": \"/usr/local/bin/umsadmin-cli\",\n"
          "  \"state_path\": \"/var/lib/umsadm\",\n  \"wait_seconds\": 300\n}\n");
}

TEST_CASE("a server is not saved over another one unless that is wanted", "[registry][server]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    save_server(site, small_server(), IfExists::refuse);
    const Error error = error_of([&] { save_server(site, small_server(), IfExists::refuse); });
    CHECK(error.code() == Code::failed);
    CHECK(error.message() == "there is a server \"ums1\" already");
    CHECK(error.hint() == "change it with \"umsadm server edit ums1\"");
    Server changed = small_server();
    changed.web_port = 443;
    save_server(site, changed, IfExists::replace);
    CHECK(load_server(site, "ums1") == changed);
}

TEST_CASE("an unknown server is not found, and its name cannot leave the folder", "[registry][server]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    const Error error = error_of([&] { (void)load_server(site, "ums1"); });
    CHECK(error.code() == Code::not_found);
    CHECK(error.message() == "there is no server \"ums1\"");
    CHECK(error.hint() == "run \"umsadm server list\" to see all names");
    CHECK(error_of([&] { (void)load_server(site, "../site"); }).code() == Code::usage);
    CHECK(error_of([&] { remove_server(site, "ums1", UtcTime{}); }).code() == Code::not_found);
    CHECK(error_of([&] { remove_server(site, "../site", UtcTime{}); }).code() == Code::usage);
}

TEST_CASE("a removed server is in the trash, and what was last seen of it is forgotten", "[registry][server]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    const UtcTime now = *parse_utc("2026-11-21T18:30:00Z");
    save_server(site, small_server(), IfExists::refuse);
    save_last_seen(site, "ums1", {now, true, Fingerprint(), {}, false});
    remove_server(site, "ums1", now);
    CHECK(load_servers(site).empty());
    CHECK(std::filesystem::exists(site.trash() / "20261121T183000Z-server-ums1.json"));
    CHECK_FALSE(load_last_seen(site, "ums1"));
}

TEST_CASE("save_server refuses what cannot be right, naming the field", "[registry][server]") {
    struct Wrong {
        std::string field;
        std::function<void(Server&)> make;
    };
    const std::vector<Wrong> wrongs{
        {"host", [](Server& s) { s.host = "https://ums"; }},
        {"host", [](Server& s) { s.host.clear(); }},
        {"web_port", [](Server& s) { s.web_port = 0; }},
        {"ssh_user", [](Server& s) { s.login.ssh_user = "icg"; }},
        {"ums_id_path", [](Server& s) { s.ums_id_path.clear(); }},
        {"ums_id_path", [](Server& s) { s.ums_id_path = "ums.p12"; }},
        {"ums_id_path", [](Server& s) { s.ums_id_path = "/a\nb"; }},
        {"ums_id_password", [](Server& s) { s.ums_id_password.reset(); }},
        {"ums_id_password", [](Server& s) { s.ums_id_password = SecretSource{}; }},
        {"umsadmin_cli", [](Server& s) { s.umsadmin_cli.clear(); }},
        {"umsadmin_cli", [](Server& s) { s.umsadmin_cli = "umsadmin-cli"; }},
        {"state_path", [](Server& s) { s.state_path = "state"; }},
        {"state_path", [](Server& s) { s.state_path = "/"; }},
        {"state_path", [](Server& s) { s.state_path = "/var/.."; }},
        {"restart_command", [](Server& s) { s.restart_command = "a\nb"; }},
        {"wait_seconds", [](Server& s) { s.wait_seconds = 86'401; }},
    };
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    for (const Wrong& wrong : wrongs) {
        INFO(wrong.field);
        Server server = full_server();
        wrong.make(server);
        const Error error = error_of([&] { save_server(site, server, IfExists::refuse); });
        CHECK(error.code() == Code::usage);
        CHECK(error.message().find("field \"" + wrong.field + "\"") == 0);
    }
    CHECK(load_servers(site).empty());
}

TEST_CASE("a server's record with a foreign or wrong field is refused naming file and field", "[registry][server]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    save_server(site, small_server(), IfExists::refuse);
    const std::string good = text_of(site, "ums1");
    const auto load = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        const auto at = text.find(from);
        REQUIRE(at != std::string::npos);
        std::ofstream(site.servers() / "ums1.json", std::ios::trunc) << text.replace(at, from.size(), to);
        const Error error = error_of([&] { (void)load_server(site, "ums1"); });
        CHECK(error.code() == Code::invalid_data);
        REQUIRE(error.frames().size() == 1);
        CHECK(error.frames()[0] == "reading " + (site.servers() / "ums1.json").string());
        return error.message();
    };
    CHECK(load("\"umsadmin-cli\"", "\"registry\"") == "field \"ums_id_store\" must be one of umsadmin-cli, file");
    CHECK(load("\"umsadmin-cli\"", "\"file\"") == "field \"ums_id_path\" is missing: the UMS ID is in a file");
    CHECK(load("\"ums1\"", "\"ums2\"") == "field \"name\" must be \"ums1\", as the file is called");
    CHECK(load("\"wait_seconds\"", "\"wait_minutes\"") == "field \"wait_seconds\" is missing");
    CHECK(load("300", "300, \"main\": true") == "field \"main\" is not known");
}

TEST_CASE("what was last seen of a server is read back, and nothing was seen before", "[registry][server]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    CHECK_FALSE(load_last_seen(site, "ums1"));
    LastSeen seen{*parse_utc("2026-11-21T18:30:00Z"), false, {}, {}, false};
    save_last_seen(site, "ums1", seen);
    CHECK(load_last_seen(site, "ums1") == seen);
    seen = {*parse_utc("2026-11-21T18:31:00Z"), true, Fingerprint(), "-----BEGIN\nAAAA\n", true};
    save_last_seen(site, "ums1", seen);
    CHECK(load_last_seen(site, "ums1") == seen);
    CHECK(error_of([&] { save_last_seen(site, "../site", seen); }).code() == Code::usage);
}

TEST_CASE("what was last seen can be written while somebody changes the site, and in an old site",
          "[registry][server]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    std::filesystem::remove(site.ums_id() / "seen");
    std::filesystem::remove(site.ums_id() / "previous");
    const LastSeen seen{*parse_utc("2026-11-21T18:30:00Z"), true, Fingerprint(), {}, false};
    save_last_seen(site, "ums1", seen);
    // The draft of somebody who is writing just now.
    const Path draft = site.ums_id() / "seen/.tmp-ums2.json-0011223344556677";
    std::ofstream(draft) << "{";
    const FileLock lock = site.lock(Deadline::in(std::chrono::seconds(1)));
    CHECK(std::filesystem::exists(draft));
    CHECK(std::filesystem::is_directory(site.ums_id() / "previous"));
    save_last_seen(site, "ums1", seen);
    CHECK_FALSE(std::filesystem::exists(draft));
    CHECK(load_last_seen(site, "ums1") == seen);
}
