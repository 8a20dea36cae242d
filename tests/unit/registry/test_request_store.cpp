#include <fstream>

#include <catch2/catch.hpp>

#include "umsadm/registry/request_store.hpp"

#include "unit/error_of.hpp"
#include "unit/mode_of.hpp"
#include "unit/temp_folder.hpp"

using namespace umsadm;
using umsadm::test::error_of;
using umsadm::test::mode_of;
using umsadm::test::TempFolder;

namespace {

const UtcTime k_now = *parse_utc("2026-11-21T18:30:00Z");
const std::string k_pem = "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n";

std::string id(char digit) { return std::string(64, digit); }

RequestRecord record(std::string name, char digit, StoredKey key = StoredKey::plain) {
    return {id(digit), std::move(name), k_now, key};
}

Secret secret(std::string_view text) { return Secret(text); }

struct Store {
    Store() : site(Site::create(temp / "site")) {}
    Path folder(char digit) const { return site.requests() / id(digit); }
    void write_record(char digit, const std::string& text) const {
        std::ofstream(folder(digit) / "record.json", std::ios::binary) << text;
    }

    TempFolder temp;
    Site site;
};

}  // namespace

TEST_CASE("a request, its key and its record are stored together with the right modes", "[registry][requests]") {
    const Store store;
    store_request(store.site, record("ICG Berlin", 'a'), k_pem, secret("key"));
    const auto all = load_requests(store.site);
    REQUIRE(all.size() == 1);
    CHECK(all[0].record == record("ICG Berlin", 'a'));
    CHECK(all[0].request_pem == k_pem);
    CHECK(load_request_key_pem(store.site, id('a')).reveal() == "key");
    CHECK(mode_of(store.folder('a')) == 0700);
    CHECK(mode_of(store.folder('a') / "key.pem") == 0600);
    CHECK(mode_of(store.folder('a') / "request.pem") == 0644);
    CHECK(mode_of(store.folder('a') / "record.json") == 0644);
}

TEST_CASE("several requests of one name wait side by side, by name and time", "[registry][requests]") {
    const Store store;
    RequestRecord later = record("b", 'a');
    later.added += std::chrono::seconds(1);
    store_request(store.site, later, k_pem, secret("1"));
    store_request(store.site, record("b", 'c', StoredKey::encrypted), k_pem, secret("2"));
    store_request(store.site, record("a", 'd'), k_pem, secret("3"));
    std::vector<std::string> ids;
    for (const RequestFiles& one : load_requests(store.site)) ids.push_back(one.record.id);
    CHECK(ids == std::vector<std::string>{id('d'), id('c'), id('a')});
}

TEST_CASE("the same request is not stored twice, nor one without an ID, a name or a key", "[registry][requests]") {
    const Store store;
    store_request(store.site, record("a", 'a'), k_pem, secret("first"));
    CHECK(error_of([&] { store_request(store.site, record("b", 'a'), k_pem, secret("second")); }).code() ==
          Code::failed);
    CHECK(load_request_key_pem(store.site, id('a')).reveal() == "first");
    for (const std::string& bad : {std::string(), std::string(64, 'A'), std::string(63, 'a'), std::string("../x")}) {
        INFO(bad);
        RequestRecord wrong = record("a", 'b');
        wrong.id = bad;
        CHECK(error_of([&] { store_request(store.site, wrong, k_pem, secret("key")); }).code() == Code::failed);
    }
    for (const StoredKey key : {StoredKey::none, StoredKey::token}) {
        CHECK(error_of([&] { store_request(store.site, record("a", 'b', key), k_pem, secret("key")); }).code() ==
              Code::failed);
    }
    CHECK(error_of([&] { store_request(store.site, record("a/b", 'b'), k_pem, secret("key")); }).code() == Code::usage);
    CHECK(load_requests(store.site).size() == 1);
}

TEST_CASE("a request that is removed is whole in the trash, and counts as no certificate there",
          "[registry][requests]") {
    const Store store;
    store_request(store.site, record("a", 'a'), k_pem, secret("key"));
    const Path target = trash_request(store.site, id('a'), k_now);
    CHECK(target == store.site.trash() / ("20261121T183000Z-request-" + id('a')));
    CHECK(read_text_file(target / "key.pem", 100) == "key");
    CHECK(read_text_file(target / "request.pem", 1000) == k_pem);
    CHECK(load_requests(store.site).empty());
    CHECK(next_generation(store.site, "a") == 1);
    CHECK(error_of([&] { trash_request(store.site, id('a'), k_now); }).code() == Code::not_found);
    CHECK(error_of([&] { (void)load_request_key_pem(store.site, id('a')); }).code() == Code::not_found);
    CHECK(error_of([&] { trash_request(store.site, "../certificates", k_now); }).code() == Code::not_found);
}

TEST_CASE("a damaged request folder is named", "[registry][requests]") {
    const Store store;
    store_request(store.site, record("a", 'a'), k_pem, secret("key"));
    const auto load = [&] { return error_of([&] { (void)load_requests(store.site); }); };
    SECTION("a folder that is none") {
        std::filesystem::create_directory(store.site.requests() / "copy");
        CHECK(load().code() == Code::invalid_data);
        CHECK(load().message().find("copy\" is no folder of a request") != std::string::npos);
    }
    SECTION("under another name") {
        std::filesystem::rename(store.folder('a'), store.folder('b'));
        CHECK(load().message() == "field \"id\" differs from the name of the folder");
    }
    SECTION("without the request") {
        std::filesystem::remove(store.folder('a') / "request.pem");
        CHECK(load().message().find("request.pem") != std::string::npos);
    }
    SECTION("with a field that is not known, or a key that cannot be") {
        const std::string head = "{\"schema\": 1, \"id\": \"" + id('a') + "\", \"name\": \"a\", \"added\": ";
        store.write_record('a', head + R"("2026-11-21T18:30:00Z", "key": "plain", "kye": 1})");
        CHECK(load().message() == "field \"kye\" is not known");
        CHECK(load().frames().at(0) == "reading " + (store.folder('a') / "record.json").string());
        store.write_record('a', head + R"("2026-11-21T18:30:00Z", "key": "token"})");
        CHECK(load().message() == "field \"key\" must be one of plain, encrypted");
    }
}

TEST_CASE("drafts of running or killed commands are no requests", "[registry][requests]") {
    const Store store;
    std::filesystem::create_directory(store.site.requests() / ".tmp-ab-00");
    CHECK(load_requests(store.site).empty());
    std::filesystem::remove_all(store.site.requests());
    CHECK(load_requests(store.site).empty());
}
