#include <atomic>
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>

#include "umsadm/registry/certificate_store.hpp"

#include "unit/error_of.hpp"
#include "unit/temp_folder.hpp"

using namespace umsadm;
using umsadm::test::error_of;
using umsadm::test::TempFolder;

namespace {

const UtcTime k_now = *parse_utc("2026-11-21T18:30:00Z");
const std::string k_pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const std::string k_uri = "pkcs11:token=umsadm;object=root;type=private";

Fingerprint fingerprint() {
    std::array<std::uint8_t, Fingerprint::k_size> bytes{};
    bytes[0] = 0xAB;
    return Fingerprint(bytes);
}

CertificateRecord record(StoredKey key, std::string uri = {}) {
    return {"root", 1, fingerprint(), k_now, CertificateOrigin::created, key, std::move(uri)};
}

struct Store {
    Store() : site(Site::create(temp / "site")), folder(site.certificates() / fingerprint().hex()) {}
    void store(StoredKey key, std::string_view text) const {
        const Secret secret(text);
        store_certificate(site, record(key), k_pem, &secret);
    }
    CertificateRecord loaded() const { return load_certificates(site).at(0).record; }
    // The record as it is, but for one part of its text.
    Error load_with(const std::string& from, const std::string& to) const {
        std::string text = read_text_file(folder / "record.json", 10'000);
        const auto at = text.find(from);
        REQUIRE(at != std::string::npos);
        std::ofstream(folder / "record.json", std::ios::binary) << text.replace(at, from.size(), to);
        return error_of([&] { (void)load_certificates(site); });
    }

    TempFolder temp;
    Site site;
    Path folder;
};

}  // namespace

TEST_CASE("a key gets another form, and its record says so", "[registry][certificates]") {
    const Store store;
    store.store(StoredKey::plain, "plain key");
    replace_key(store.site, record(StoredKey::encrypted), Secret(std::string_view("encrypted key")));
    CHECK(store.loaded() == record(StoredKey::encrypted));
    CHECK(load_key_pem(store.site, fingerprint()).reveal() == "encrypted key");
    CHECK(load_certificates(store.site).at(0).certificate_pem == k_pem);
    // The old form is nowhere any more.
    CHECK(std::distance(std::filesystem::directory_iterator(store.site.certificates()), {}) == 1);
    CHECK(std::filesystem::is_empty(store.site.trash()));
}

TEST_CASE("only a key that is there gets another form, and only one that is a file", "[registry][certificates]") {
    const Store store;
    const Secret key(std::string_view("key"));
    store_certificate(store.site, record(StoredKey::none), k_pem, nullptr);
    CHECK(error_of([&] { replace_key(store.site, record(StoredKey::plain), key); }).message() ==
          "the private key of \"root@1\" is not in the site");
    add_key(store.site, record(StoredKey::plain), key);
    CHECK_THROWS_AS(replace_key(store.site, record(StoredKey::none), key), Error);
    CHECK_THROWS_AS(replace_key(store.site, record(StoredKey::token, k_uri), key), Error);
    CHECK_THROWS_AS(replace_key(store.site, record(StoredKey::encrypted, k_uri), key), Error);
    CHECK(store.loaded() == record(StoredKey::plain));
}

TEST_CASE("readers see a key in its old or its new form, with everything else, while it is replaced",
          "[registry][certificates]") {
    const Store store;
    store.store(StoredKey::plain, "plain");
    std::atomic<bool> stop{false};
    std::atomic<int> wrong{0};
    std::thread reader([&] {
        while (!stop) {
            try {
                const std::string key(load_key_pem(store.site, fingerprint()).reveal());
                if (key != "plain" && key != "encrypted") ++wrong;
                if (load_certificates(store.site).size() != 1) ++wrong;
            } catch (const Error&) {
                ++wrong;
            }
        }
    });
    for (int i = 0; i < 20; ++i) {
        replace_key(store.site, record(StoredKey::encrypted), Secret(std::string_view("encrypted")));
        replace_key(store.site, record(StoredKey::plain), Secret(std::string_view("plain")));
    }
    stop = true;
    reader.join();
    CHECK(wrong == 0);
}

TEST_CASE("a certificate whose key is in a token has its URI and no key file", "[registry][certificates]") {
    const Store store;
    store_certificate(store.site, record(StoredKey::token, k_uri), k_pem, nullptr);
    CHECK(store.loaded() == record(StoredKey::token, k_uri));
    CHECK_FALSE(std::filesystem::exists(store.folder / "key.pem"));
    CHECK(error_of([&] { (void)load_key_pem(store.site, fingerprint()); }).code() == Code::not_found);
    const Secret key(std::string_view("key"));
    CHECK_THROWS_AS(add_key(store.site, record(StoredKey::plain), key), Error);
    CHECK_THROWS_AS(replace_key(store.site, record(StoredKey::plain), key), Error);
}

TEST_CASE("a record must say where a key in a token is, and only then", "[registry][certificates]") {
    const Store store;
    const Secret key(std::string_view("key"));
    CHECK_THROWS_AS(store_certificate(store.site, record(StoredKey::token), k_pem, nullptr), Error);
    CHECK_THROWS_AS(store_certificate(store.site, record(StoredKey::token, k_uri), k_pem, &key), Error);
    CHECK_THROWS_AS(store_certificate(store.site, record(StoredKey::none, k_uri), k_pem, nullptr), Error);
    CHECK_THROWS_AS(store_certificate(store.site, record(StoredKey::plain, k_uri), k_pem, &key), Error);
    CHECK(load_certificates(store.site).empty());

    store_certificate(store.site, record(StoredKey::token, k_uri), k_pem, nullptr);
    SECTION("another key") {
        CHECK(store.load_with("\"token\"", "\"none\"").message() == "field \"key_uri\" is only for a key in a token");
    }
    SECTION("no URI") {
        CHECK(store.load_with("\"key_uri\"", "\"kye_uri\"").message() == "field \"key_uri\" is missing");
    }
    SECTION("something else") {
        CHECK(store.load_with("pkcs11:", "file:").message() == "field \"key_uri\" must be a PKCS#11 URI without a PIN");
    }
    SECTION("a PIN in the record") {
        const Error error = store.load_with("type=private", "type=private?pin-value=1234");
        CHECK(error.code() == Code::invalid_data);
        CHECK(error.message() == "field \"key_uri\" must be a PKCS#11 URI without a PIN");
    }
}

TEST_CASE("a key moves to a token: the one in the site goes to the trash", "[registry][certificates]") {
    const Store store;
    SECTION("there was one") {
        store.store(StoredKey::encrypted, "key");
        const auto kept = use_token_key(store.site, record(StoredKey::token, k_uri), k_now);
        REQUIRE(kept);
        CHECK(*kept == store.site.trash() / ("20261121T183000Z-" + fingerprint().hex()));
        CHECK(read_text_file(*kept / "key.pem", 100) == "key");
        CHECK(read_text_file(*kept / "certificate.pem", 1000) == k_pem);
        CHECK(next_generation(store.site, "root") == 2);
    }
    SECTION("there was none") {
        store_certificate(store.site, record(StoredKey::none), k_pem, nullptr);
        CHECK_FALSE(use_token_key(store.site, record(StoredKey::token, k_uri), k_now));
    }
    SECTION("it was in another token") {
        store_certificate(store.site, record(StoredKey::token, "pkcs11:object=old"), k_pem, nullptr);
        CHECK_FALSE(use_token_key(store.site, record(StoredKey::token, k_uri), k_now));
    }
    CHECK(store.loaded() == record(StoredKey::token, k_uri));
    CHECK_FALSE(std::filesystem::exists(store.folder / "key.pem"));
}

TEST_CASE("the URI of a key is one word, names a token's object and holds no PIN", "[registry][certificates]") {
    for (const std::string& good : {k_uri, std::string("pkcs11:id=%01%02"), std::string("PKCS11:object=%C3%BC"),
                                    std::string("pkcs11:object=a?module-path=/usr/lib/softhsm/libsofthsm2.so")}) {
        INFO(good);
        CHECK_NOTHROW(check_key_uri(good));
    }
    for (const std::string& bad :
         {std::string(), std::string("root.key"), std::string("pkcs11:object=a b"), std::string("pkcs11:object=a\nb"),
          "pkcs11:object=" + std::string(1000, 'a'), k_uri + "?pin-value=4711", k_uri + ";PIN-VALUE=4711",
          k_uri + "?pin-source=file:/etc/pin"}) {
        INFO(bad);
        const Error error = error_of([&] { check_key_uri(bad); });
        CHECK(error.code() == Code::usage);
        CHECK(error.message().find("4711") == std::string::npos);
        CHECK(error.hint().find("4711") == std::string::npos);
    }
}
