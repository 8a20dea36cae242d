#include <atomic>
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>

#include "umsadm/registry/main_ums_id.hpp"

#include "unit/error_of.hpp"
#include "unit/mode_of.hpp"
#include "unit/temp_folder.hpp"

using namespace umsadm;
using umsadm::test::error_of;
using umsadm::test::mode_of;
using umsadm::test::TempFolder;

namespace {

const UtcTime k_now = *parse_utc("2026-11-21T18:30:00Z");

Fingerprint fingerprint(std::uint8_t number) {
    std::array<std::uint8_t, Fingerprint::k_size> bytes{};
    bytes[0] = number;
    return Fingerprint(bytes);
}

UmsIdRecord record(std::uint8_t number, bool has_key) {
    return {fingerprint(number), UmsIdOrigin::adopted, "ums1", k_now + std::chrono::seconds(number), has_key};
}

std::string pem(int number) { return "certificate " + std::to_string(number) + "\n"; }
std::string key_text(int number) { return "key " + std::to_string(number) + "\n"; }

struct Main {
    Main() : site(Site::create(temp / "site")) {}

    void store(std::uint8_t number) const {
        const Secret key{std::string_view(key_text(number))};
        store_main_ums_id(site, record(number, true), pem(number), &key);
    }
    void store_without_key(std::uint8_t number) const {
        store_main_ums_id(site, record(number, false), pem(number), nullptr);
    }
    std::string key() const { return std::string(load_main_ums_id_key(site).reveal()); }
    Path file(const char* name) const { return site.ums_id() / name; }
    // What a run leaves that was killed while it copied the files of a new UMS ID to their places.
    void interrupt(std::uint8_t number, const char* last_copied) const {
        const TempFolder other;
        const Site source = Site::create(other / "site");
        const Secret secret{std::string_view(key_text(number))};
        store_main_ums_id(source, record(number, true), pem(number), &secret);
        std::filesystem::create_directory(file("incoming"));
        for (const char* name : {"key.pem", "certificate.pem", "record.json"}) {
            std::filesystem::copy_file(source.ums_id() / name, file("incoming") / name);
        }
        for (const char* name : {"key.pem", "certificate.pem", "record.json"}) {
            std::filesystem::copy_file(source.ums_id() / name, file(name),
                                       std::filesystem::copy_options::overwrite_existing);
            if (std::string_view(name) == last_copied) break;
        }
    }

    TempFolder temp;
    Site site;
};

}  // namespace

TEST_CASE("a new site has no Main UMS ID", "[registry][ums-id]") {
    const Main main;
    CHECK_FALSE(load_main_ums_id(main.site));
    CHECK(error_of([&] { (void)load_main_ums_id_key(main.site); }).code() == Code::not_found);
    CHECK(load_previous_ums_ids(main.site).empty());
}

TEST_CASE("a Main UMS ID that cannot be looked at is not none", "[registry][ums-id]") {
    const Main main;
    std::filesystem::create_symlink("record.json", main.site.ums_id() / "record.json");
    CHECK(error_of([&] { load_main_ums_id(main.site); }).code() == Code::failed);
}

TEST_CASE("the Main UMS ID is read back from plain files, its key for the owner only", "[registry][ums-id]") {
    const Main main;
    main.store(1);
    const auto loaded = load_main_ums_id(main.site);
    REQUIRE(loaded);
    CHECK(loaded->record == record(1, true));
    CHECK(loaded->certificate_pem == pem(1));
    CHECK(main.key() == key_text(1));
    CHECK(read_text_file(main.file("certificate.pem"), 100) == pem(1));
    CHECK(mode_of(main.file("key.pem")) == 0600);
    CHECK_FALSE(std::filesystem::exists(main.file("incoming")));
    CHECK(read_text_file(main.file("record.json"), 1000) ==
          "{\n  \"schema\": 1,\n  \"fingerprint_sha256\": \"" + fingerprint(1).to_string() +
              "\",\n  \"origin\": \"adopted\",\n  \"source\": \"ums1\",\n  \"added\": \"2026-11-21T18:30:01Z\",\n"
              "  \"has_key\": true\n}\n");
}

TEST_CASE("a replaced Main UMS ID is kept with its key, newest first", "[registry][ums-id]") {
    const Main main;
    main.store(1);
    main.store_without_key(2);
    CHECK_FALSE(std::filesystem::exists(main.file("key.pem")));
    CHECK(error_of([&] { (void)load_main_ums_id_key(main.site); }).message() ==
          "this site has the Main UMS ID without its private key");
    main.store(3);
    const auto previous = load_previous_ums_ids(main.site);
    REQUIRE(previous.size() == 2);
    CHECK(previous[0].record == record(2, false));
    CHECK(previous[1].record == record(1, true));
    CHECK(previous[1].certificate_pem == pem(1));
    const Path kept = main.file("previous") / fingerprint(1).hex();
    CHECK(read_text_file(kept / "key.pem", 100) == key_text(1));
    CHECK(mode_of(kept / "key.pem") == 0600);
    CHECK(mode_of(kept) == 0700);
}

TEST_CASE("a UMS ID that becomes the main one again is not a previous one", "[registry][ums-id]") {
    const Main main;
    main.store(1);
    main.store(2);
    main.store(1);
    CHECK(load_main_ums_id(main.site)->record.fingerprint == fingerprint(1));
    CHECK(main.key() == key_text(1));
    const auto previous = load_previous_ums_ids(main.site);
    REQUIRE(previous.size() == 1);
    CHECK(previous[0].record.fingerprint == fingerprint(2));
}

TEST_CASE("storing the same UMS ID again adds a missing key and takes none away", "[registry][ums-id]") {
    const Main main;
    main.store_without_key(1);
    main.store(1);
    CHECK(load_main_ums_id(main.site)->record.has_key);
    CHECK(main.key() == key_text(1));
    main.store_without_key(1);
    CHECK(load_main_ums_id(main.site)->record.has_key);
    CHECK(main.key() == key_text(1));
    CHECK(load_previous_ums_ids(main.site).empty());
}

TEST_CASE("a UMS ID that a server had is kept, and gets its key when that is found later", "[registry][ums-id]") {
    const Main main;
    keep_previous_ums_id(main.site, record(7, false), pem(7), nullptr);
    const Secret key{std::string_view("key 7\n")};
    keep_previous_ums_id(main.site, record(7, true), pem(7), &key);
    keep_previous_ums_id(main.site, record(7, false), pem(7), nullptr);
    const auto previous = load_previous_ums_ids(main.site);
    REQUIRE(previous.size() == 1);
    CHECK(previous[0].record == record(7, true));
    CHECK(read_text_file(main.file("previous") / fingerprint(7).hex() / "key.pem", 100) == "key 7\n");
    CHECK_FALSE(load_main_ums_id(main.site));
}

TEST_CASE("the record of a UMS ID must say what is stored of its key", "[registry][ums-id]") {
    const Main main;
    const Secret key{std::string_view("key")};
    CHECK(error_of([&] { store_main_ums_id(main.site, record(1, false), pem(1), &key); }).code() == Code::failed);
    CHECK(error_of([&] { store_main_ums_id(main.site, record(1, true), pem(1), nullptr); }).code() == Code::failed);
    CHECK(error_of([&] { keep_previous_ums_id(main.site, record(1, true), pem(1), nullptr); }).code() == Code::failed);
    CHECK_FALSE(load_main_ums_id(main.site));
}

TEST_CASE("a switch that was killed shows the new UMS ID whole, and the next one finishes it", "[registry][ums-id]") {
    for (const char* last_copied : {"", "key.pem", "certificate.pem", "record.json"}) {
        INFO(last_copied);
        const Main main;
        main.store(1);
        main.interrupt(2, last_copied);
        CHECK(load_main_ums_id(main.site)->record == record(2, true));
        CHECK(load_main_ums_id(main.site)->certificate_pem == pem(2));
        CHECK(main.key() == key_text(2));
        main.store(3);
        CHECK(main.key() == key_text(3));
        CHECK_FALSE(std::filesystem::exists(main.file("incoming")));
        CHECK(load_previous_ums_ids(main.site).front().record == record(2, true));
    }
}

TEST_CASE("a UMS ID whose record is missing is refused, not overwritten", "[registry][ums-id]") {
    const Main main;
    main.store(1);
    std::filesystem::remove(main.file("record.json"));
    const Error error = error_of([&] { (void)load_main_ums_id(main.site); });
    CHECK(error.code() == Code::invalid_data);
    CHECK(error.message() == "\"" + main.file("key.pem").string() + "\" is there without \"record.json\"");
    CHECK(error_of([&] { main.store(2); }).code() == Code::invalid_data);
    CHECK(read_text_file(main.file("key.pem"), 100) == key_text(1));
}

TEST_CASE("a foreign folder among the previous UMS IDs is refused by name", "[registry][ums-id]") {
    const Main main;
    main.store(1);
    main.store(2);
    const Path previous = main.file("previous");
    std::filesystem::rename(previous / fingerprint(1).hex(), previous / fingerprint(9).hex());
    CHECK(error_of([&] { (void)load_previous_ums_ids(main.site); }).message() ==
          "field \"fingerprint_sha256\" differs from the name of the folder");
    std::filesystem::rename(previous / fingerprint(9).hex(), previous / "old");
    CHECK(error_of([&] { (void)load_previous_ums_ids(main.site); }).message() ==
          "\"" + (previous / "old").string() + "\" is no folder of a certificate");
}

TEST_CASE("who reads while the Main UMS ID is switched sees parts of no two", "[registry][ums-id]") {
    const Main main;
    main.store(1);
    std::atomic<bool> stop{false};
    std::atomic<int> mixed{0};
    std::atomic<int> seen{0};
    std::thread reader([&] {
        while (!stop) {
            const auto files = load_main_ums_id(main.site);
            const int number = files->record.fingerprint == fingerprint(1) ? 1 : 2;
            if (files->certificate_pem != pem(number)) ++mixed;
            ++seen;
        }
    });
    for (int i = 0; i < 40; ++i) main.store(static_cast<std::uint8_t>(i % 2 == 0 ? 2 : 1));
    stop = true;
    reader.join();
    CHECK(mixed == 0);
    CHECK(seen > 0);
}

TEST_CASE("the registered fingerprint is remembered until it is forgotten", "[registry][ums-id]") {
    const Main main;
    CHECK_FALSE(load_registered_ums_id(main.site));
    save_registered_ums_id(main.site, std::nullopt);
    const RegisteredUmsId registered{fingerprint(1), k_now};
    save_registered_ums_id(main.site, registered);
    CHECK(load_registered_ums_id(main.site) == registered);
    save_registered_ums_id(main.site, std::nullopt);
    CHECK_FALSE(load_registered_ums_id(main.site));
    CHECK_FALSE(std::filesystem::exists(main.file("registered.json")));
}
