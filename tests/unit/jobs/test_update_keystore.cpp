#include <algorithm>

#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"

#include "tests/unit/jobs/gateway_fixture.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

TestSite make_site() {
    TestSite site;
    site.items.reserve(16);
    site.add_root("Root");
    site.add_leaf("ICG", 1, "Root", "icg.example.com;10.0.0.5", std::chrono::days(20));
    site.add_leaf("ICG", 2, "Root", "icg.example.com;10.0.0.5");
    return site;
}

std::vector<Certificate> served_chain(const TestSite& site, const TestSite::Item& item) {
    return site.chain(item).certificates;
}

struct Update {
    TestSite site = make_site();
    StoreFormat format = StoreFormat::jks;
    std::optional<std::string> chosen;  // empty: ICG@2
    bool force = false;

    Prepared run(const GatewayState& state, const std::vector<Certificate>& served) const {
        const Inventory inventory = site.inventory();
        const StoredCertificate& certificate = inventory.select(chosen.value_or("ICG@2"));
        const PrivateKey key = site.get(certificate.record.name, certificate.record.generation).key;
        UpdateRequest request;
        request.gateway = state.gateway;
        request.chosen = &certificate;
        request.key = &key;
        request.passwords = {&state.password, nullptr};
        request.force = force;
        request.reason = "a reason";
        request.run = "0123456789abcdef";
        request.user = "tester";
        request.now = k_now;
        return prepare_update(request, state.remote_state(), state.current(served), inventory);
    }
};

bool has_code(const Findings& findings, std::string_view code, Severity severity) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const Finding& finding) { return finding.code == code && finding.severity == severity; });
}

}  // namespace

TEST_CASE("prepare_update makes a keystore that holds the new chain and everything that was trusted", "[jobs]") {
    const auto format = GENERATE(StoreFormat::jks, StoreFormat::pkcs12);
    const Update update;
    const GatewayState state(update.site, update.site.get("ICG", 1), format);
    const Prepared prepared = update.run(state, served_chain(update.site, update.site.get("ICG", 1)));

    REQUIRE_FALSE(prepared.refused());
    REQUIRE(prepared.need == UpdateNeed::update);
    const DecodedKeystore fresh = decode_keystore(prepared.plan.new_keystore, &state.password);
    CHECK(fresh.keystore.format == format);
    CHECK(serving_entry(fresh.keystore, "").chain[0] == update.site.get("ICG", 2).certificate.der());
    const auto trusted = [](const Keystore& keystore) {
        return std::count_if(keystore.entries.begin(), keystore.entries.end(),
                             [](const KeystoreEntry& entry) { return std::holds_alternative<TrustedEntry>(entry); });
    };
    CHECK(trusted(fresh.keystore) == 2);

    const RunFacts& facts = prepared.plan.facts;
    CHECK(facts.action == RunAction::update);
    CHECK(facts.new_digest == sha256_hex(prepared.plan.new_keystore));
    CHECK(facts.old_digest != facts.new_digest);
    CHECK(facts.served_before == update.site.get("ICG", 1).certificate.fingerprint());
    CHECK(facts.health_required);
    CHECK(prepared.plan.new_chain.size() == 2);
    CHECK(prepared.plan.restart_command.find("icg-server") != std::string::npos);
}

TEST_CASE("prepare_update needs nothing when the certificate is stored and served already", "[jobs]") {
    const Update update;
    const GatewayState state(update.site, update.site.get("ICG", 2));
    const Prepared prepared = update.run(state, served_chain(update.site, update.site.get("ICG", 2)));
    CHECK(prepared.need == UpdateNeed::nothing);
    CHECK_FALSE(prepared.refused());
}

TEST_CASE("prepare_update only restarts when the certificate is stored but not served", "[jobs]") {
    const Update update;
    const GatewayState state(update.site, update.site.get("ICG", 2));
    const Prepared prepared = update.run(state, served_chain(update.site, update.site.get("ICG", 1)));
    REQUIRE(prepared.need == UpdateNeed::restart_only);
    CHECK(prepared.plan.facts.action == RunAction::restart);
    CHECK(prepared.plan.new_keystore.empty());
    CHECK(prepared.plan.facts.backup_path.empty());
}

TEST_CASE("prepare_update warns when the certificate is served but not stored, and stores it", "[jobs]") {
    const Update update;
    const GatewayState state(update.site, update.site.get("ICG", 1));
    const Prepared prepared = update.run(state, served_chain(update.site, update.site.get("ICG", 2)));
    CHECK(prepared.need == UpdateNeed::update);
    CHECK(has_code(prepared.findings, "served-not-stored", Severity::warning));
}

TEST_CASE("prepare_update compares with the stored certificate when nothing is served", "[jobs]") {
    const Update update;
    const GatewayState state(update.site, update.site.get("ICG", 1));
    const Prepared prepared = update.run(state, {});
    CHECK(prepared.need == UpdateNeed::update);
    CHECK(has_code(prepared.findings, "not-served", Severity::warning));
    CHECK_FALSE(prepared.plan.facts.served_before.has_value());
}

TEST_CASE("prepare_update refuses a certificate that lost a name, unless it is forced with a reason", "[jobs]") {
    Update update;
    update.site.add_leaf("Short", 1, "Root", "icg.example.com");
    update.chosen = "Short";
    const GatewayState state(update.site, update.site.get("ICG", 1));
    const auto served = served_chain(update.site, update.site.get("ICG", 1));

    const Prepared refused = update.run(state, served);
    CHECK(refused.refused());
    CHECK(has_code(refused.findings, "host-missing", Severity::error));
    CHECK(refused.plan.new_keystore.empty());

    update.force = true;
    const Prepared forced = update.run(state, served);
    CHECK_FALSE(forced.refused());
    CHECK(has_code(forced.findings, "host-missing", Severity::warning));
}

TEST_CASE("prepare_update does not let --force override another root", "[jobs]") {
    Update update;
    update.site.add_root("Other Root");
    update.site.add_leaf("Foreign", 1, "Other Root", "icg.example.com;10.0.0.5");
    update.chosen = "Foreign";
    update.force = true;
    const GatewayState state(update.site, update.site.get("ICG", 1));
    const Prepared prepared = update.run(state, served_chain(update.site, update.site.get("ICG", 1)));
    CHECK(prepared.refused());
    CHECK(has_code(prepared.findings, "root-differs", Severity::error));
}

TEST_CASE("next_generation is the newest one of the name that is stored on the gateway", "[jobs]") {
    Update update;
    update.site.add_leaf("Another", 1, "Root", "icg.example.com;10.0.0.5");
    const GatewayState state(update.site, update.site.get("ICG", 1));
    const Inventory inventory = update.site.inventory();
    const CurrentOnGateway current = state.current(served_chain(update.site, update.site.get("ICG", 1)));
    CHECK(judge_candidates(state.gateway, current, inventory, k_now).size() == 3);
    REQUIRE(next_generation(current, inventory) != nullptr);
    CHECK(next_generation(current, inventory)->label() == "ICG@2");
    CHECK(has_already(current, update.site.get("ICG", 1).certificate));
    CHECK_FALSE(has_already(current, next_generation(current, inventory)->certificate));
}

TEST_CASE("choose_certificate asks for a choice when the stored certificate is not known and several fit", "[jobs]") {
    Update update;
    update.site.add_leaf("Another", 1, "Root", "icg.example.com;10.0.0.5");
    TestSite elsewhere = update.site;
    elsewhere.items.reserve(16);
    const auto& foreign = elsewhere.add_leaf("Console", 1, "Root", "icg.example.com;10.0.0.5");
    const GatewayState state(elsewhere, foreign);
    const CurrentOnGateway current = state.current(served_chain(elsewhere, foreign));

    const Inventory inventory = update.site.inventory();
    CHECK(next_generation(current, inventory) == nullptr);
    const auto candidates = judge_candidates(state.gateway, current, inventory, k_now);
    try {
        (void)choose_certificate(inventory, candidates);
        FAIL("a certificate was chosen although two fit");
    } catch (const Error& error) {
        CHECK(error.code() == Code::ambiguous);
        CHECK(error.message().find("\"ICG@2\"") != std::string::npos);
        CHECK(error.message().find("\"Another@1\"") != std::string::npos);
    }
}

TEST_CASE("read_present_keystore refuses a wrong store password and a wrong key password", "[jobs]") {
    const Update update;
    const GatewayState state(update.site, update.site.get("ICG", 1));
    const Secret wrong{std::string_view("wrong-secret")};
    const RemoteFile file = state.remote_state().keystore;
    CHECK_THROWS_AS(read_present_keystore(file, {&wrong, nullptr}, ""), Error);
    CHECK_THROWS_AS(read_present_keystore(file, {&state.password, &wrong}, ""), Error);
    CHECK(read_present_keystore(file, {&state.password, &state.password}, "").alias == "icg");
}
