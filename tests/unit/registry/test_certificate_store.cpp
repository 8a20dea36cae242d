#include <chrono>
#include <fstream>

#include <catch2/catch.hpp>

#include "umsadm/registry/certificate_store.hpp"

#include "unit/error_of.hpp"
#include "unit/mode_of.hpp"
#include "unit/temp_folder.hpp"

using namespace umsadm;
using umsadm::test::error_of;
using umsadm::test::mode_of;
using umsadm::test::TempFolder;

namespace {

const UtcTime k_now = *parse_utc("2026-11-21T18:30:00Z");
const std::string k_pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

Fingerprint fingerprint(unsigned number) {
    std::array<std::uint8_t, Fingerprint::k_size> bytes{};
    bytes[0] = 0xAB;
    bytes[30] = static_cast<std::uint8_t>(number >> 8U);
    bytes[31] = static_cast<std::uint8_t>(number & 0xFFU);
    return Fingerprint(bytes);
}

CertificateRecord record(std::string name, int generation, unsigned number, StoredKey key = StoredKey::none) {
    return {std::move(name), generation, fingerprint(number), k_now, CertificateOrigin::created, key};
}

struct Store {
    Store() : site(Site::create(temp / "site")) {}
    Path folder(unsigned number) const { return site.certificates() / fingerprint(number).hex(); }

    TempFolder temp;
    Site site;
};

}  // namespace

TEST_CASE("a certificate, its key and its record are stored together with the right modes",
          "[registry][certificates]") {
    const Store store;
    const Secret key{std::string_view("the key\n")};
    const CertificateRecord wanted = record("ICG Berlin", 1, 1, StoredKey::encrypted);
    store_certificate(store.site, wanted, k_pem, &key);
    CHECK(mode_of(store.folder(1)) == 0700);
    CHECK(mode_of(store.folder(1) / "key.pem") == 0600);
    CHECK(mode_of(store.folder(1) / "certificate.pem") == 0644);
    CHECK(mode_of(store.folder(1) / "record.json") == 0644);
    const auto all = load_certificates(store.site);
    REQUIRE(all.size() == 1);
    CHECK(all[0].record == wanted);
    CHECK(all[0].certificate_pem == k_pem);
    CHECK(load_key_pem(store.site, fingerprint(1)).reveal() == "the key\n");
    CHECK(read_text_file(store.folder(1) / "record.json", 1000) ==
          "{\n  \"schema\": 1,\n  \"name\": \"ICG Berlin\",\n  \"generation\": 1,\n  \"fingerprint_sha256\": \"" +
              fingerprint(1).to_string() +
              "\",\n  \"added\": \"2026-11-21T18:30:00Z\",\n  \"origin\": \"created\",\n  \"key\": \"encrypted\"\n}\n");
}

TEST_CASE("certificates are listed by name and generation, numbers as numbers", "[registry][certificates]") {
    const Store store;
    store_certificate(store.site, record("b", 10, 1), k_pem, nullptr);
    store_certificate(store.site, record("b", 9, 2), k_pem, nullptr);
    store_certificate(store.site, record("a", 1, 3), k_pem, nullptr);
    std::vector<std::string> labels;
    for (const auto& files : load_certificates(store.site)) {
        labels.push_back(files.record.name + "@" + std::to_string(files.record.generation));
    }
    CHECK(labels == std::vector<std::string>{"a@1", "b@9", "b@10"});
}

TEST_CASE("the same certificate is not stored twice", "[registry][certificates]") {
    const Store store;
    const Secret key{std::string_view("first")};
    store_certificate(store.site, record("a", 1, 1, StoredKey::plain), k_pem, &key);
    const Error error = error_of([&] { store_certificate(store.site, record("b", 1, 1), k_pem, nullptr); });
    CHECK(error.code() == Code::failed);
    CHECK(load_key_pem(store.site, fingerprint(1)).reveal() == "first");
    CHECK(load_certificates(store.site).at(0).record.name == "a");
}

TEST_CASE("many certificates are stored together, or none of them", "[registry][certificates]") {
    const Store store;
    const auto batch = [](unsigned first) {
        std::vector<CertificateToStore> certificates;
        certificates.push_back({record("ICG", 1, first), k_pem, std::nullopt});
        certificates.push_back(
            {record("ICG", 2, first + 1, StoredKey::plain), k_pem, Secret(std::string_view("key\n"))});
        return certificates;
    };
    store_certificates(store.site, batch(1));
    CHECK(load_certificates(store.site).size() == 2);
    CHECK(load_key_pem(store.site, fingerprint(2)).reveal() == "key\n");
    CHECK(mode_of(store.folder(2) / "key.pem") == 0600);
    CHECK(error_of([&] { store_certificates(store.site, batch(0)); }).code() == Code::failed);
    auto wrong = batch(3);
    wrong[1].key_pem.reset();
    CHECK(error_of([&] { store_certificates(store.site, wrong); }).code() == Code::failed);
    CHECK(load_certificates(store.site).size() == 2);
}

TEST_CASE("generations of all names count what is in the trash", "[registry][certificates]") {
    const Store store;
    store_certificate(store.site, record("ICG", 1, 1), k_pem, nullptr);
    store_certificate(store.site, record("ICG", 4, 2), k_pem, nullptr);
    store_certificate(store.site, record("Root", 1, 3), k_pem, nullptr);
    trash_certificate(store.site, fingerprint(2), k_now);
    CHECK(highest_generations(store.site) == std::map<std::string, int>{{"ICG", 4}, {"Root", 1}});
}

TEST_CASE("a record must say what is stored of the key", "[registry][certificates]") {
    const Store store;
    const Secret key{std::string_view("key")};
    CHECK_THROWS_AS(store_certificate(store.site, record("a", 1, 1), k_pem, &key), Error);
    CHECK_THROWS_AS(store_certificate(store.site, record("a", 1, 1, StoredKey::plain), k_pem, nullptr), Error);
    CHECK_THROWS_AS(store_certificate(store.site, record("a", 0, 1), k_pem, nullptr), Error);
    CHECK(load_certificates(store.site).empty());
}

TEST_CASE("a key can be added to a certificate that has none, once", "[registry][certificates]") {
    const Store store;
    const Secret key{std::string_view("key")};
    store_certificate(store.site, record("a", 1, 1), k_pem, nullptr);
    const Error none = error_of([&] { (void)load_key_pem(store.site, fingerprint(1)); });
    CHECK(none.code() == Code::not_found);
    CHECK(none.message().find(fingerprint(1).to_string()) != std::string::npos);
    CHECK_THROWS_AS(add_key(store.site, record("a", 1, 1), key), Error);
    add_key(store.site, record("a", 1, 1, StoredKey::plain), key);
    CHECK(load_key_pem(store.site, fingerprint(1)).reveal() == "key");
    CHECK(mode_of(store.folder(1) / "key.pem") == 0600);
    CHECK(load_certificates(store.site).at(0).record.key == StoredKey::plain);
    CHECK(error_of([&] { add_key(store.site, record("a", 1, 1, StoredKey::plain), key); }).message() ==
          "the certificate \"a@1\" has its private key already");
}

TEST_CASE("adding a key goes on where a killed run stopped", "[registry][certificates]") {
    const Store store;
    store_certificate(store.site, record("a", 1, 1), k_pem, nullptr);
    std::ofstream(store.folder(1) / "key.pem") << "from the killed run";
    std::ofstream(store.folder(1) / ".tmp-record.json-00") << "{";
    CHECK(load_certificates(store.site).at(0).record.key == StoredKey::none);
    add_key(store.site, record("a", 1, 1, StoredKey::plain), Secret{std::string_view("key")});
    CHECK(load_key_pem(store.site, fingerprint(1)).reveal() == "key");
    CHECK_FALSE(std::filesystem::exists(store.folder(1) / ".tmp-record.json-00"));
}

TEST_CASE("what is removed is whole in the trash, and its generation is not used again", "[registry][certificates]") {
    const Store store;
    const Secret key{std::string_view("key")};
    store_certificate(store.site, record("a", 1, 1, StoredKey::plain), k_pem, &key);
    store_certificate(store.site, record("a", 2, 2, StoredKey::plain), k_pem, &key);
    store_certificate(store.site, record("b", 7, 3), k_pem, nullptr);
    CHECK(next_generation(store.site, "a") == 3);
    const Path target = trash_certificate(store.site, fingerprint(2), k_now);
    CHECK(target == store.site.trash() / ("20261121T183000Z-" + fingerprint(2).hex()));
    CHECK(read_text_file(target / "key.pem", 100) == "key");
    CHECK(load_certificates(store.site).size() == 2);
    CHECK(next_generation(store.site, "a") == 3);
    CHECK(next_generation(store.site, "b") == 8);
    CHECK(next_generation(store.site, "c") == 1);
    CHECK(error_of([&] { trash_certificate(store.site, fingerprint(2), k_now); }).code() == Code::not_found);
    store_certificate(store.site, record("a", 3, 2), k_pem, nullptr);
    CHECK(trash_certificate(store.site, fingerprint(2), k_now).filename().string().ends_with("-2"));
    std::ofstream(store.site.trash() / "20261121T183000Z-gateway-berlin.json") << "{}";
    CHECK(next_generation(store.site, "a") == 4);
}

TEST_CASE("a damaged certificate folder is named", "[registry][certificates]") {
    const Store store;
    store_certificate(store.site, record("a", 1, 1), k_pem, nullptr);
    SECTION("a folder that is none") {
        std::filesystem::create_directory(store.site.certificates() / "copy of a");
        const Error error = error_of([&] { (void)load_certificates(store.site); });
        CHECK(error.code() == Code::invalid_data);
        CHECK(error.message().find("copy of a\" is no folder of a certificate") != std::string::npos);
    }
    SECTION("no record") {
        std::filesystem::remove(store.folder(1) / "record.json");
        CHECK(error_of([&] { (void)load_certificates(store.site); }).message().find("record.json") !=
              std::string::npos);
    }
    SECTION("no certificate") {
        std::filesystem::remove(store.folder(1) / "certificate.pem");
        CHECK(error_of([&] { (void)load_certificates(store.site); }).message().find("certificate.pem") !=
              std::string::npos);
    }
    SECTION("a folder under another name") {
        std::filesystem::rename(store.folder(1), store.folder(2));
        CHECK(error_of([&] { (void)load_certificates(store.site); }).message() ==
              "field \"fingerprint_sha256\" differs from the name of the folder");
    }
    SECTION("one generation twice") {
        store_certificate(store.site, record("a", 1, 2), k_pem, nullptr);
        CHECK(error_of([&] { (void)load_certificates(store.site); }).message().find("\"a@1\" is there twice") == 0);
    }
    SECTION("an unknown field") {
        std::ofstream(store.folder(1) / "record.json") << R"({"schema": 1, "nane": "a"})";
        const Error error = error_of([&] { (void)load_certificates(store.site); });
        CHECK(error.code() == Code::invalid_data);
        CHECK(error.frames().at(0) == "reading " + (store.folder(1) / "record.json").string());
    }
}

TEST_CASE("drafts of running or killed commands are no certificates", "[registry][certificates]") {
    const Store store;
    std::filesystem::create_directory(store.site.certificates() / ".tmp-ab-00");
    CHECK(load_certificates(store.site).empty());
    std::filesystem::remove_all(store.site.certificates());
    CHECK(load_certificates(store.site).empty());
}

TEST_CASE("display names cannot be taken for a file, a fingerprint or a generation", "[registry][certificates]") {
    for (const std::string& good :
         {std::string("ICG Berlin"), std::string("deadbeef"), std::string("a@b"), std::string("a@2b"),
          std::string("12"), std::string("@"), std::string("Z\xc3\xbcrich; \"x\""), std::string(200, 'a')}) {
        INFO(good);
        CHECK_NOTHROW(check_display_name(good));
    }
    std::string umlauts;
    for (int i = 0; i < 200; ++i) umlauts += "\xc3\xbc";
    CHECK_NOTHROW(check_display_name(umlauts));
    CHECK_THROWS_AS(check_display_name(umlauts + "x"), Error);
    for (const std::string& bad :
         {std::string(), std::string("a/b"), std::string("sha256:ab"), std::string("SHA256:ab"), std::string("a@2"),
          std::string("@2"), std::string("a\nb"), std::string("a\xff"), std::string(" a"), std::string("a ")}) {
        INFO(bad);
        CHECK(error_of([&] { check_display_name(bad); }).code() == Code::usage);
    }
}
