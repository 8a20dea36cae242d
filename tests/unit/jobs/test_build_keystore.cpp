#include <algorithm>

#include <catch2/catch.hpp>

#include "umsadm/jobs/build_keystore.hpp"

#include "tests/unit/jobs/gateway_fixture.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

struct Scene {
    TestSite site;
    std::optional<GatewayState> gateway;
    std::optional<PresentKeystore> present;

    Scene() {
        site.add_root("Root");
        const TestSite::Item old = site.add_leaf("ICG", 1, "Root", "icg.example.com;10.0.0.5");
        site.add_leaf("ICG", 2, "Root", "icg.example.com;10.0.0.5");
        gateway.emplace(site, old);
        present = read_present_keystore(gateway->remote_state().keystore, {&gateway->password, nullptr}, "");
    }

    BuiltKeystore build(const std::string& name, int generation, BuildRequest request) const {
        const Inventory inventory = site.inventory();
        const TestSite::Item item = site.get(name, generation);
        request.chosen = inventory.find(item.record.fingerprint);
        request.key = &item.key;
        request.passwords = {&gateway->password, nullptr};
        request.now = k_now;
        return build_keystore(request, inventory);
    }

    BuiltKeystore build_from_present(const std::string& name, int generation, const std::string& reason = {}) const {
        BuildRequest request;
        request.present = &*present;
        request.reason = reason;
        return build(name, generation, request);
    }
};

bool has_code(const Findings& findings, std::string_view code) {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.code == code; });
}

}  // namespace

TEST_CASE("build_keystore exchanges the key entry and keeps all that was trusted", "[jobs]") {
    const Scene scene;
    const BuiltKeystore built = scene.build_from_present("ICG", 2);
    REQUIRE_FALSE(built.refused());
    const Keystore fresh = decode_keystore(built.file, &scene.gateway->password).keystore;
    REQUIRE(fresh.format == StoreFormat::jks);
    REQUIRE(fresh.entries.size() == 3);
    const KeyEntry& entry = serving_entry(fresh, "");
    CHECK(entry.alias == "icg");
    CHECK(entry.chain.front() == scene.site.get("ICG", 2).certificate.der());
    const Secret key = decrypt_entry_key(entry, scene.gateway->password);
    CHECK(PrivateKey::from_der(key.reveal_bytes()).fits(scene.site.get("ICG", 2).certificate));
    for (std::size_t i = 0; i < fresh.entries.size(); ++i) {
        const KeystoreEntry& before = scene.gateway->keystore.entries[i];
        if (std::holds_alternative<TrustedEntry>(before)) CHECK(fresh.entries[i] == before);
    }
}

TEST_CASE("build_keystore refuses a certificate that lost a host, unless a reason is given", "[jobs]") {
    Scene scene;
    scene.site.add_leaf("Less", 1, "Root", "icg.example.com");
    const BuiltKeystore refused = scene.build_from_present("Less", 1);
    CHECK(refused.refused());
    CHECK(has_code(refused.findings, "host-missing"));
    CHECK(refused.file.empty());
    const BuiltKeystore forced = scene.build_from_present("Less", 1, "10.0.0.5 is gone");
    CHECK_FALSE(forced.refused());
    CHECK(has_code(forced.findings, "host-missing"));
    CHECK_FALSE(forced.file.empty());
}

TEST_CASE("build_keystore refuses another root, whatever the reason, unless that root is named", "[jobs]") {
    Scene scene;
    const Certificate other = scene.site.add_root("Other").certificate;
    scene.site.add_leaf("Foreign", 1, "Other", "icg.example.com;10.0.0.5");
    const BuiltKeystore refused = scene.build_from_present("Foreign", 1, "because");
    CHECK(refused.refused());
    CHECK(has_code(refused.findings, "root-differs"));
    BuildRequest request;
    request.present = &*scene.present;
    request.allowed_root = other.fingerprint();
    CHECK_FALSE(scene.build("Foreign", 1, request).refused());
}

TEST_CASE("build_keystore without a present keystore makes one that trusts nothing else", "[jobs]") {
    const Scene scene;
    const StoreFormat format = GENERATE(StoreFormat::jks, StoreFormat::pkcs12);
    BuildRequest request;
    request.alias = "Gate";
    request.format = format;
    const BuiltKeystore built = scene.build("ICG", 2, request);
    REQUIRE_FALSE(built.refused());
    const Keystore fresh = decode_keystore(built.file, &scene.gateway->password).keystore;
    CHECK(fresh.format == format);
    CHECK(serving_entry(fresh, "gate").chain.size() == 2);
    CHECK(std::none_of(fresh.entries.begin(), fresh.entries.end(),
                       [](const KeystoreEntry& entry) { return std::holds_alternative<TrustedEntry>(entry); }));
}

TEST_CASE("build_keystore refuses an expired certificate", "[jobs]") {
    Scene scene;
    scene.site.add_leaf("Short", 1, "Root", "icg.example.com;10.0.0.5", std::chrono::days(1));
    const Inventory inventory = scene.site.inventory();
    const TestSite::Item item = scene.site.get("Short", 1);
    BuildRequest request;
    request.chosen = inventory.find(item.record.fingerprint);
    request.key = &item.key;
    request.passwords = {&scene.gateway->password, nullptr};
    request.alias = "icg";
    request.now = k_now + std::chrono::days(2);
    const BuiltKeystore built = build_keystore(request, inventory);
    CHECK(built.refused());
    CHECK(has_code(built.findings, "expired"));
}
