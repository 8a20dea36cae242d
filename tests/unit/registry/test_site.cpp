#include <fstream>

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "umsadm/registry/gateway.hpp"
#include "umsadm/registry/site.hpp"

#include "unit/error_of.hpp"
#include "unit/mode_of.hpp"
#include "unit/temp_folder.hpp"

using namespace umsadm;
using umsadm::test::error_of;
using umsadm::test::mode_of;
using umsadm::test::TempFolder;

namespace {

Deadline soon() { return Deadline::in(std::chrono::milliseconds(50)); }

void put(const Path& path, std::string_view text) { std::ofstream(path) << text; }

}  // namespace

TEST_CASE("create makes a site that open finds, for its owner alone", "[registry][site]") {
    const TempFolder temp;
    const mode_t before = ::umask(0);
    const Site made = Site::create(temp / "parent/site/");
    ::umask(before);
    CHECK(mode_of(temp / "parent") == 0700);
    CHECK(mode_of(made.path()) == 0700);
    for (const char* name : {"servers", "gateways", "certificates", "requests", "ums-id", "ums-id/previous",
                             "ums-id/seen", "trash", "journal/gateways", "journal/servers"}) {
        INFO(name);
        CHECK(mode_of(made.path() / name) == 0700);
    }
    CHECK(read_text_file(made.path() / "site.json", 1000) ==
          "{\n  \"schema\": 1,\n  \"main_server\": \"\",\n  \"defaults\": {}\n}\n");
    const Site opened = Site::open(temp / "parent/site");
    CHECK(opened.path() == made.path());
    CHECK(opened.gateway_journal("berlin") == opened.path() / "journal/gateways/berlin.jsonl");
    CHECK(opened.server_journal("ums1") == opened.path() / "journal/servers/ums1.jsonl");
}

TEST_CASE("create takes an empty folder and tightens its mode", "[registry][site]") {
    const TempFolder temp;
    std::filesystem::create_directory(temp / "site");
    ::chmod((temp / "site").c_str(), 0755);
    (void)Site::create(temp / "site");
    CHECK(mode_of(temp / "site") == 0700);
}

TEST_CASE("create refuses a folder that holds a site or anything else", "[registry][site]") {
    const TempFolder temp;
    (void)Site::create(temp / "site");
    CHECK(error_of([&] { Site::create(temp / "site"); }).message().find("there is a site in") == 0);
    std::filesystem::create_directory(temp / "other");
    put(temp / "other/letter.txt", "dear");
    ::chmod((temp / "other").c_str(), 0755);
    const Error error = error_of([&] { Site::create(temp / "other"); });
    CHECK(error.code() == Code::failed);
    CHECK(error.message().find("is not empty") != std::string::npos);
    CHECK(mode_of(temp / "other") == 0755);
    put(temp / "file", "x");
    CHECK_THROWS_AS(Site::create(temp / "file"), Error);
}

TEST_CASE("create goes on where an interrupted one stopped", "[registry][site]") {
    const TempFolder temp;
    std::filesystem::create_directories(temp / "site/journal");
    put(temp / "site/.tmp-site.json-0011223344556677", "{");
    ::chmod((temp / "site").c_str(), 0700);
    CHECK(error_of([&] { Site::open(temp / "site"); }).code() == Code::not_found);
    CHECK_NOTHROW(Site::create(temp / "site"));
    CHECK_NOTHROW(Site::open(temp / "site"));
    CHECK_FALSE(std::filesystem::exists(temp / "site/.tmp-site.json-0011223344556677"));
}

TEST_CASE("open of a site that is not there says how to get one", "[registry][site]") {
    const TempFolder temp;
    std::filesystem::create_directory(temp / "empty");
    ::chmod((temp / "empty").c_str(), 0700);
    put(temp / "file", "x");
    for (const char* name : {"missing", "empty", "file", "file/below"}) {
        INFO(name);
        const Error error = error_of([&] { Site::open(temp / name); });
        CHECK(error.code() == Code::not_found);
        CHECK(error.hint() == "run \"umsadm init\" first, or name another site with --site");
    }
}

TEST_CASE("open refuses a site that others may enter", "[registry][site]") {
    const TempFolder temp;
    (void)Site::create(temp / "site");
    for (const mode_t mode : {0755U, 0750U, 0701U, 0777U, 02700U}) {
        REQUIRE(::chmod((temp / "site").c_str(), mode) == 0);
        const Error error = error_of([&] { Site::open(temp / "site"); });
        CHECK(error.code() == Code::invalid_data);
        CHECK(error.hint().find("chmod 0700 ") != std::string::npos);
    }
}

TEST_CASE("open refuses a site, or a link to one, that belongs to somebody else", "[registry][site]") {
    if (::geteuid() != 0) {
        WARN("skipped: only root can give a folder away");
        return;
    }
    const TempFolder temp;
    (void)Site::create(temp / "site");
    REQUIRE(::symlink((temp / "site").c_str(), (temp / "link").c_str()) == 0);
    CHECK_NOTHROW(Site::open(temp / "link"));
    REQUIRE(::lchown((temp / "link").c_str(), 65534, 65534) == 0);
    CHECK(error_of([&] { Site::open(temp / "link"); }).message().find("symbolic link") != std::string::npos);
    REQUIRE(::chown((temp / "site").c_str(), 65534, 65534) == 0);
    const Error error = error_of([&] { Site::open(temp / "site"); });
    CHECK(error.code() == Code::invalid_data);
    CHECK(error.message().find("belongs to user 65534") != std::string::npos);
}

TEST_CASE("open refuses a site of a newer umsadm", "[registry][site]") {
    const TempFolder temp;
    (void)Site::create(temp / "site");
    put(temp / "site/site.json", R"({"schema": 2, "main_server": "", "defaults": {}, "new": 1})");
    const Error error = error_of([&] { Site::open(temp / "site"); });
    CHECK(error.code() == Code::invalid_data);
    CHECK(error.message().find("newer umsadm (schema 2") != std::string::npos);
    REQUIRE(error.frames().size() == 1);
    CHECK(error.frames()[0] == "reading " + (temp / "site/site.json").string());
}

TEST_CASE("settings are read back as they were saved", "[registry][site]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    SiteSettings settings;
    settings.main_server = "ums1";
    settings.defaults.ssh_user = "admin";
    settings.defaults.ssh_password = SecretSource{SecretSource::Kind::env, "PW"};
    site.save_settings(settings);
    const SiteSettings loaded = site.load_settings();
    CHECK(loaded.main_server == "ums1");
    CHECK(loaded.defaults == settings.defaults);
    settings.main_server = "UMS 1";
    CHECK(error_of([&] { site.save_settings(settings); }).code() == Code::usage);
    put(site.path() / "site.json", R"({"schema": 1, "main_server": "", "defaults": {"ssh_port": 70000}})");
    CHECK(error_of([&] { (void)site.load_settings(); }).message() ==
          "field \"defaults.ssh_port\" must be a number from 1 to 65535");
}

TEST_CASE("lock lets one in at a time and clears what killed runs left", "[registry][site]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    put(site.path() / ".tmp-site.json-00", "");
    put(site.gateways() / ".tmp-berlin.json-00", "");
    std::filesystem::create_directory(site.certificates() / ".tmp-ab-00");
    put(site.certificates() / ".tmp-ab-00/key.pem", "secret");
    std::filesystem::remove(site.requests());
    {
        const FileLock lock = site.lock(soon());
        const Error error = error_of([&] { (void)site.lock(soon()); });
        CHECK(error.code() == Code::busy);
        CHECK(error.message().find("the site") != std::string::npos);
        CHECK(std::filesystem::is_empty(site.gateways()));
        CHECK(std::filesystem::is_empty(site.certificates()));
        CHECK_FALSE(std::filesystem::exists(site.path() / ".tmp-site.json-00"));
        CHECK(std::filesystem::is_directory(site.requests()));
    }
    CHECK_NOTHROW(site.lock(soon()));
}

TEST_CASE("gateways are locked one by one", "[registry][site]") {
    const TempFolder temp;
    const Site site = Site::create(temp / "site");
    const FileLock berlin = site.lock_gateway("berlin", soon());
    CHECK_NOTHROW(site.lock_gateway("hamburg", soon()));
    CHECK_NOTHROW(site.lock(soon()));
    CHECK(error_of([&] { (void)site.lock_gateway("berlin", soon()); }).message() ==
          "another umsadm is working on the gateway \"berlin\"");
    CHECK(error_of([&] { (void)site.lock_gateway("../berlin", soon()); }).code() == Code::usage);
    CHECK(load_gateways(site).empty());
}

TEST_CASE("record names are what fits a file name everywhere", "[registry][site]") {
    for (const char* good : {"a", "0", "berlin", "icg-1.example_x"}) CHECK_NOTHROW(check_record_name("gateway", good));
    CHECK_NOTHROW(check_record_name("gateway", std::string(63, 'a')));
    for (const char* bad :
         {"", ".", "..", ".berlin", "-berlin", "_a", "Berlin", "ber/lin", "ber lin", "b\n", "b\xc3\xbc"}) {
        INFO(bad);
        CHECK(error_of([&] { check_record_name("gateway", bad); }).code() == Code::usage);
    }
    CHECK_THROWS_AS(check_record_name("gateway", std::string(64, 'a')), Error);
    CHECK(error_of([] { check_record_name("gateway", "Berlin"); }).message() == "\"Berlin\" is no name for a gateway");
}
