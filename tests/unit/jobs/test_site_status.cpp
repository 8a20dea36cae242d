#include <algorithm>

#include <catch2/catch.hpp>

#include "umsadm/jobs/site_status.hpp"

#include "unit/jobs/gateway_fixture.hpp"

using namespace umsadm;
using umsadm::test::k_now;
using umsadm::test::TestSite;

namespace {

JournalRun run_that_installed(const Fingerprint& leaf, RunOutcome outcome = RunOutcome::updated, bool verified = true) {
    JournalRun run;
    run.facts.started = k_now - std::chrono::days(3);
    run.facts.new_leaf = leaf;
    run.end = RunEnd{k_now - std::chrono::days(2), outcome, verified, {}, false};
    return run;
}

Probed served(const Certificate& leaf, Health health = Health::ok) {
    Probed probed;
    probed.chain = {leaf};
    probed.tls_version = "TLSv1.3";
    probed.health = health;
    return probed;
}

GatewayFacts gateway(const std::string& name, std::vector<JournalRun> runs) {
    GatewayFacts facts;
    facts.name = name;
    facts.endpoint = name + ".example.com:8443";
    facts.runs = std::move(runs);
    return facts;
}

// A site with a root, the gateway's certificate in two generations, and a gateway that has the first one.
struct Scene {
    TestSite site;
    Certificate root = site.add_root("Root").certificate;
    Certificate leaf = site.add_leaf("ICG", 1, "Root", "icg.example.com").certificate;
    std::vector<GatewayFacts> gateways{gateway("berlin", {run_that_installed(leaf.fingerprint())})};
    std::vector<ServerFacts> servers;
    std::optional<Certificate> main;
    std::optional<Fingerprint> registered;
    bool offline = false;
    long soon_days = k_expires_soon_days;
    std::optional<Inventory> inventory;

    GatewayFacts& berlin() { return gateways.front(); }

    SiteStatus status(UtcTime now = k_now) {
        inventory.emplace(site.inventory());
        return assemble_site_status({.inventory = *inventory,
                                     .gateways = gateways,
                                     .servers = servers,
                                     .main_ums_id = main,
                                     .registered = registered,
                                     .offline = offline,
                                     .soon_days = soon_days,
                                     .now = now});
    }
};

const Remark* find(const SiteStatus& status, std::string_view code, std::string_view name) {
    const auto found = std::find_if(status.remarks.begin(), status.remarks.end(), [&](const Remark& remark) {
        return remark.finding.code == code && remark.name == name;
    });
    return found == status.remarks.end() ? nullptr : &*found;
}

ServerFacts server(const std::string& name, const std::optional<Fingerprint>& ums_id) {
    ServerFacts facts;
    facts.name = name;
    facts.host = name + ".example.com";
    facts.running = true;
    facts.time = k_now;
    facts.seen = ServerUmsId{ums_id, std::nullopt, false};
    return facts;
}

}  // namespace

TEST_CASE("a gateway that serves what was installed needs no attention, and is verified now", "[jobs][status]") {
    Scene scene;
    scene.berlin().served = served(scene.leaf);
    const SiteStatus status = scene.status();
    REQUIRE(status.remarks.empty());
    REQUIRE_FALSE(status.needs_attention());
    const GatewayStatus& berlin = status.gateways.front();
    CHECK(berlin.state == ServedState::as_installed);
    CHECK(berlin.certificate_name == "ICG@1");
    CHECK(berlin.last_verified == k_now);
    CHECK(status.fewest_days_left == days_left(scene.leaf.not_after(), k_now));
}

TEST_CASE("what is installed has a name, whatever is served", "[jobs][status]") {
    Scene scene;
    CHECK(scene.status().gateways.front().installed_name == "ICG@1");
    scene.berlin().runs.front().facts.new_leaf = Fingerprint{};
    CHECK(scene.status().gateways.front().installed_name == Fingerprint{}.to_string());
    scene.berlin().runs.clear();
    CHECK(scene.status().gateways.front().installed_name.empty());
}

TEST_CASE("an end is past from its very second on, and soon up to the last day of the limit", "[jobs][status]") {
    const std::chrono::seconds second(1);
    CHECK(expiry_of(k_now, k_now, 30) == Expiry::expired);
    CHECK(expiry_of(k_now + second, k_now, 30) == Expiry::soon);
    CHECK(expiry_of(k_now + std::chrono::days(31) - second, k_now, 30) == Expiry::soon);
    CHECK(expiry_of(k_now + std::chrono::days(31), k_now, 30) == Expiry::later);
    Scene scene;
    scene.soon_days = 60;
    CHECK(scene.status().expiry(k_now + std::chrono::days(59)) == Expiry::soon);
}

TEST_CASE("a gateway that serves something else is drift", "[jobs][status]") {
    Scene scene;
    SECTION("of the same root") {
        const Certificate other = scene.site.add_leaf("Other", 1, "Root", "icg.example.com").certificate;
        scene.berlin().served = served(other);
        const SiteStatus status = scene.status();
        CHECK(status.gateways.front().state == ServedState::differs);
        CHECK(status.gateways.front().last_verified == k_now - std::chrono::days(2));
        REQUIRE(find(status, "served-differs", "berlin") != nullptr);
        CHECK(find(status, "served-differs", "berlin")->finding.text ==
              "it serves \"Other@1\", and \"ICG@1\" was installed");
        CHECK(find(status, "root-differs", "berlin") == nullptr);
    }
    SECTION("of another root, which devices do not know") {
        scene.site.add_root("Second");
        scene.berlin().served = served(scene.site.add_leaf("Other", 1, "Second", "icg.example.com").certificate);
        const SiteStatus status = scene.status();
        CHECK(find(status, "served-differs", "berlin") != nullptr);
        CHECK(find(status, "root-differs", "berlin") != nullptr);
    }
}

TEST_CASE("a gateway that could not be asked is unknown and hides nobody", "[jobs][status]") {
    Scene scene;
    scene.berlin().problem = Error(Code::unreachable, "no answer in time");
    scene.gateways.push_back(gateway("munich", {run_that_installed(scene.leaf.fingerprint())}));
    scene.gateways.back().served = Probed{{}, "connection refused", {}, Health::unknown};
    const SiteStatus status = scene.status();
    CHECK(status.gateways[0].state == ServedState::unknown);
    REQUIRE(find(status, "port-unreachable", "berlin") != nullptr);
    CHECK(find(status, "port-unreachable", "berlin")->unknown);
    CHECK(status.gateways[1].state == ServedState::nothing_served);
    REQUIRE(find(status, "not-served", "munich") != nullptr);
    CHECK_FALSE(find(status, "not-served", "munich")->unknown);
    CHECK(status.needs_attention());
}

TEST_CASE("offline the journal tells what a gateway has", "[jobs][status]") {
    Scene scene;
    scene.offline = true;
    scene.gateways.push_back(gateway("fresh", {}));
    SiteStatus status = scene.status();
    CHECK(status.gateways[0].state == ServedState::not_asked);
    CHECK(status.gateways[0].installed == scene.leaf.fingerprint());
    CHECK(status.gateways[0].last_verified == k_now - std::chrono::days(2));
    CHECK(status.gateways[1].state == ServedState::never_deployed);
    CHECK_FALSE(status.needs_attention());

    SECTION("what was put in place and never seen served was not verified") {
        scene.berlin().runs = {run_that_installed(scene.leaf.fingerprint(), RunOutcome::installed, false)};
        status = scene.status();
        CHECK(status.gateways[0].installed == scene.leaf.fingerprint());
        CHECK_FALSE(status.gateways[0].last_verified);
    }
    SECTION("what was put back does not count") {
        const Certificate next = scene.site.add_leaf("ICG", 2, "Root", "icg.example.com").certificate;
        scene.berlin().runs.push_back(run_that_installed(next.fingerprint(), RunOutcome::restored));
        CHECK(scene.status().gateways[0].installed == scene.leaf.fingerprint());
    }
    SECTION("a run without an end is told") {
        scene.berlin().runs.emplace_back();
        scene.berlin().runs.back().facts.started = k_now;
        status = scene.status();
        CHECK(find(status, "unfinished-run", "berlin") != nullptr);
        CHECK(status.gateways[0].installed == scene.leaf.fingerprint());
    }
}

TEST_CASE("a renewal that was not deployed is drift, and the next command is the update", "[jobs][status]") {
    Scene scene;
    const Certificate next = scene.site.add_leaf("ICG", 2, "Root", "icg.example.com").certificate;
    scene.berlin().served = served(scene.leaf);
    const SiteStatus status = scene.status();
    REQUIRE(find(status, "not-deployed", "berlin") != nullptr);
    CHECK(find(status, "not-deployed", "berlin")->next == "umsadm keystore update berlin");
    CHECK(status.gateways.front().newest->record.fingerprint == next.fingerprint());
}

TEST_CASE("the end of what is in use is judged to the day", "[jobs][status]") {
    Scene scene;
    scene.berlin().served = served(scene.leaf);
    const UtcTime end = scene.leaf.not_after();
    const auto code_at = [&](UtcTime now) {
        const SiteStatus status = scene.status(now);
        return status.remarks.empty() ? std::string() : status.remarks.front().finding.code;
    };
    CHECK(code_at(end - std::chrono::days(31)).empty());
    CHECK(code_at(end - std::chrono::days(31) + std::chrono::seconds(1)) == "expires-soon");
    CHECK(code_at(end - std::chrono::seconds(1)) == "expires-soon");
    CHECK(code_at(end) == "expired");
    CHECK(scene.status(end - std::chrono::days(1)).remarks.front().next == "umsadm cert renew --gateway berlin");
    scene.soon_days = 10;
    CHECK(code_at(end - std::chrono::days(20)).empty());
    CHECK(code_at(end - std::chrono::days(10)) == "expires-soon");
}

TEST_CASE("an authority counts for the gateways below it, and only for them", "[jobs][status]") {
    Scene scene;
    scene.site.add_root("Unused");
    scene.berlin().served = served(scene.leaf);
    scene.gateways.push_back(scene.berlin());
    scene.gateways.back().name = "munich";
    const SiteStatus status = scene.status(scene.root.not_after() + std::chrono::hours(1));
    const auto gateways_of = [&](std::string_view name) {
        const auto found = std::find_if(status.certificates.begin(), status.certificates.end(),
                                        [&](const CertificateStatus& one) { return one.stored->record.name == name; });
        REQUIRE(found != status.certificates.end());
        return found->gateways;
    };
    CHECK(gateways_of("Root") == 2);
    CHECK(gateways_of("ICG") == 2);
    CHECK(gateways_of("Unused") == 0);
    CHECK(find(status, "expired", "Root@1") != nullptr);
    CHECK(find(status, "expired", "Unused@1") == nullptr);
}

TEST_CASE("authorities that share a name are told apart by their signature", "[jobs][status]") {
    Scene scene;
    TestSite stranger;
    auto twin = stranger.add_root("Root");
    twin.record.name = "Twin";
    scene.site.items.push_back(twin);
    scene.berlin().served = served(scene.leaf);
    const SiteStatus status = scene.status();
    for (const CertificateStatus& one : status.certificates) {
        CAPTURE(one.stored->label());
        CHECK(one.gateways == (one.stored->record.name == "Twin" ? 0U : 1U));
    }
}

TEST_CASE("the health page counts as the gateway's record says", "[jobs][status]") {
    Scene scene;
    scene.berlin().served = served(scene.leaf, Health::warn);
    CHECK(scene.status().remarks.empty());
    scene.berlin().health = HealthRule::require;
    CHECK(find(scene.status(), "health", "berlin") != nullptr);
    scene.berlin().served = served(scene.leaf, Health::err);
    CHECK(find(scene.status(), "health-err", "berlin") != nullptr);
    scene.berlin().health = HealthRule::off;
    CHECK(scene.status().remarks.empty());
}

TEST_CASE("servers are judged by the Main UMS ID", "[jobs][status]") {
    Scene scene;
    scene.main = scene.root;  // any certificate will do
    const Fingerprint main = scene.root.fingerprint();
    scene.servers = {server("ums1", main),         server("ums2", scene.leaf.fingerprint()),
                     server("ums3", std::nullopt), server("ums4", main),
                     server("ums5", main),         server("ums6", main)};
    scene.servers[0].is_main = true;
    scene.servers[3].seen->restart_pending = true;
    scene.servers[4].seen.reset();
    scene.servers[4].problem = Error(Code::login_refused, "wrong password");
    scene.servers[5].running = false;
    scene.servers[5].unfinished_run = true;
    const SiteStatus status = scene.status();
    CHECK(status.servers[0].ums_id == UmsIdStatus::main);
    CHECK(find(status, "ums-id-differs", "ums2") != nullptr);
    CHECK(find(status, "no-ums-id", "ums3") != nullptr);
    CHECK(find(status, "restart-needed", "ums4") != nullptr);
    CHECK(status.servers[4].ums_id == UmsIdStatus::unknown);
    REQUIRE(find(status, "login-refused", "ums5") != nullptr);
    CHECK(find(status, "login-refused", "ums5")->unknown);
    CHECK(find(status, "not-running", "ums6") != nullptr);
    CHECK(find(status, "unfinished-run", "ums6") != nullptr);
    CHECK(std::none_of(status.remarks.begin(), status.remarks.end(),
                       [](const Remark& remark) { return remark.name == "ums1"; }));
    CHECK(std::is_sorted(status.remarks.begin(), status.remarks.end(),
                         [](const Remark& a, const Remark& b) { return a.finding.severity < b.finding.severity; }));
}

TEST_CASE("a server that was never asked is unknown, and nobody says that it does not run", "[jobs][status]") {
    Scene scene;
    scene.offline = true;
    scene.main = scene.root;
    scene.servers = {server("ums1", std::nullopt)};
    scene.servers[0].seen.reset();
    scene.servers[0].time.reset();
    scene.servers[0].running = false;
    const SiteStatus status = scene.status();
    CHECK(status.servers[0].ums_id == UmsIdStatus::unknown);
    CHECK_FALSE(status.servers[0].running);
    CHECK(status.remarks.empty());
}

TEST_CASE("the Main UMS ID is missing, ends, or is not the registered one", "[jobs][status]") {
    Scene scene;
    scene.servers = {server("ums1", scene.root.fingerprint())};
    SiteStatus status = scene.status();
    CHECK(find(status, "no-main-ums-id", "") != nullptr);
    CHECK_FALSE(status.needs_attention());
    scene.main = scene.root;
    scene.registered = scene.leaf.fingerprint();
    status = scene.status();
    CHECK(find(status, "not-registered", "") != nullptr);
    CHECK(status.main_is_registered == false);
    scene.registered = scene.root.fingerprint();
    CHECK(scene.status().main_is_registered == true);
    CHECK(find(scene.status(scene.root.not_after()), "expired", "") != nullptr);
}
