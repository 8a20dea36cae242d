#include <algorithm>

#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"

#include "tests/unit/jobs/gateway_fixture.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

struct Exchange {
    TestSite site;
    Exchange() {
        site.items.reserve(8);
        site.add_root("Root");
        site.add_leaf("ICG", 1, "Root", "icg.example.com");
        site.add_leaf("ICG", 2, "Root", "icg.example.com");
    }
    ExchangedKeystore run(const GatewayState& state, std::string_view alias = "") const {
        const auto& next = site.get("ICG", 2);
        return exchange_entry(state.keystore, alias, next.key, site.chain(next), state.password, 42);
    }
};

const KeyEntry& key_entry(const Keystore& keystore, std::string_view alias) {
    for (const KeystoreEntry& entry : keystore.entries) {
        const auto* key = std::get_if<KeyEntry>(&entry);
        if (key != nullptr && key->alias == alias) return *key;
    }
    throw Error(Code::not_found, "no such entry in the test");
}

}  // namespace

TEST_CASE("exchange_entry puts the new key and chain under the old alias and keeps the trusted entries", "[jobs]") {
    const Exchange exchange;
    const GatewayState state(exchange.site, exchange.site.get("ICG", 1));
    const ExchangedKeystore fresh = exchange.run(state);

    const KeyEntry& entry = key_entry(fresh.keystore, "icg");
    REQUIRE(entry.chain.size() == 2);
    CHECK(entry.chain[0] == exchange.site.get("ICG", 2).certificate.der());
    CHECK(entry.chain[1] == exchange.site.get("Root", 1).certificate.der());
    const Secret pkcs8 = decrypt_entry_key(entry, state.password);
    CHECK(PrivateKey::from_der(pkcs8.reveal_bytes()).fits(exchange.site.get("ICG", 2).certificate));
    REQUIRE(fresh.keystore.entries.size() == 3);
    CHECK(fresh.keystore.entries[1] == state.keystore.entries[1]);
    CHECK(fresh.keystore.entries[2] == state.keystore.entries[2]);
    CHECK(fresh.findings.empty());
}

TEST_CASE("exchange_entry turns a CA's key entry into a trusted entry under the same alias", "[jobs]") {
    const Exchange exchange;
    GatewayState state(exchange.site, exchange.site.get("ICG", 1));
    const auto& root = exchange.site.get("Root", 1);
    const Keystore with_ca =
        new_keystore(StoreFormat::jks, "1264447657_key", root.key, exchange.site.chain(root), state.password, 7);
    state.keystore.entries.push_back(with_ca.entries.front());

    const ExchangedKeystore fresh = exchange.run(state);
    const auto* trusted = std::get_if<TrustedEntry>(&fresh.keystore.entries.back());
    REQUIRE(trusted != nullptr);
    CHECK(trusted->alias == "1264447657_key");
    CHECK(trusted->certificate == root.certificate.der());
    REQUIRE(fresh.findings.size() == 1);
    CHECK(fresh.findings[0].code == "ca-key-in-keystore");
    CHECK(fresh.findings[0].severity == Severity::warning);
}

TEST_CASE("exchange_entry leaves another end entity's key entry untouched when an alias is named", "[jobs]") {
    const Exchange exchange;
    GatewayState state(exchange.site, exchange.site.get("ICG", 1));
    const auto& other = exchange.site.get("ICG", 1);
    const Keystore second =
        new_keystore(StoreFormat::jks, "other", other.key, exchange.site.chain(other), state.password, 7);
    state.keystore.entries.push_back(second.entries.front());

    CHECK_THROWS_AS(exchange.run(state), Error);
    const ExchangedKeystore fresh = exchange.run(state, "ICG");
    CHECK(fresh.keystore.entries.back() == second.entries.front());
    CHECK(key_entry(fresh.keystore, "icg").chain[0] == exchange.site.get("ICG", 2).certificate.der());
}

TEST_CASE("serving_entry says which aliases there are", "[jobs]") {
    const Exchange exchange;
    const GatewayState state(exchange.site, exchange.site.get("ICG", 1));
    CHECK(serving_entry(state.keystore, "").alias == "icg");
    try {
        (void)serving_entry(state.keystore, "tomcat");
        FAIL("an alias that is not there was accepted");
    } catch (const Error& error) {
        CHECK(error.code() == Code::not_found);
        CHECK(error.hint().find("\"icg\"") != std::string::npos);
    }
    Keystore empty;
    CHECK_THROWS_AS(serving_entry(empty, ""), Error);
}
