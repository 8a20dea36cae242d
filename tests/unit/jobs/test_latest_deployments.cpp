#include <catch2/catch.hpp>

#include "umsadm/jobs/latest_deployments.hpp"

#include "unit/jobs/gateway_fixture.hpp"

using namespace umsadm;
using umsadm::test::k_now;
using umsadm::test::TestSite;

namespace {

struct Scene {
    TestSite site;
    Certificate root = site.add_root("Root").certificate;
    Certificate leaf = site.add_leaf("ICG", 1, "Root", "icg.example.com").certificate;
    std::vector<GatewayFacts> gateways;

    JournalRun& run(const std::string& gateway, int days_ago, RunAction action = RunAction::update) {
        if (gateways.empty() || gateways.back().name != gateway) {
            gateways.emplace_back();
            gateways.back().name = gateway;
        }
        JournalRun& run = gateways.back().runs.emplace_back();
        run.facts.action = action;
        run.facts.started = k_now - std::chrono::days(days_ago);
        run.facts.new_leaf = leaf.fingerprint();
        return run;
    }

    LatestDeployments latest(std::size_t at_most) {
        const Inventory inventory = site.inventory();
        return latest_deployments({.inventory = inventory,
                                   .gateways = gateways,
                                   .servers = {},
                                   .main_ums_id = std::nullopt,
                                   .registered = std::nullopt,
                                   .now = k_now},
                                  at_most);
    }
};

}  // namespace

TEST_CASE("the newest deployments of all gateways come first", "[jobs][report]") {
    Scene scene;
    scene.run("berlin", 9);
    scene.run("berlin", 3);
    scene.run("munich", 5);
    const LatestDeployments latest = scene.latest(2);
    CHECK(latest.total == 3);
    REQUIRE(latest.items.size() == 2);
    CHECK(latest.items[0].gateway == "berlin");
    CHECK(latest.items[0].started == k_now - std::chrono::days(3));
    CHECK(latest.items[1].gateway == "munich");
}

TEST_CASE("of two runs in one second the later one in the journal is the newer", "[jobs][report]") {
    Scene scene;
    scene.run("berlin", 3).facts.user = "first";
    scene.run("berlin", 3).facts.user = "second";
    CHECK(scene.latest(9).items.front().user == "second");
}

TEST_CASE("a look is no deployment", "[jobs][report]") {
    Scene scene;
    scene.run("berlin", 3, RunAction::verify);
    CHECK(scene.latest(9).items.empty());
    CHECK(scene.latest(9).total == 0);
}

TEST_CASE("a deployment tells who, what became of it, and both certificates", "[jobs][report]") {
    Scene scene;
    const Fingerprint foreign = scene.site.add_leaf("Other", 1, "Root", "x.example.com").certificate.fingerprint();
    JournalRun& run = scene.run("berlin", 1, RunAction::rollback);
    run.facts.user = "anna@desk";
    run.facts.old_leaf = foreign;
    run.facts.reason = "CHG-1";
    run.end = RunEnd{k_now, RunOutcome::restored, true, "the port is closed", false};
    const DeploymentRecord record = scene.latest(9).items.front();
    CHECK(record.action == RunAction::rollback);
    CHECK(record.user == "anna@desk");
    CHECK(record.outcome == RunOutcome::restored);
    CHECK(record.verified);
    CHECK(record.before == foreign);
    CHECK(record.before_name == "Other@1");
    CHECK(record.after_name == "ICG@1");
    CHECK(record.reason == "CHG-1");
    CHECK(record.error == "the port is closed");
}

TEST_CASE("a run without an end has no outcome, and a certificate that the site lacks its fingerprint",
          "[jobs][report]") {
    Scene scene;
    scene.run("berlin", 1).facts.new_leaf = Fingerprint{};
    const DeploymentRecord record = scene.latest(9).items.front();
    CHECK_FALSE(record.outcome);
    CHECK(record.before_name.empty());
    CHECK(record.after_name == Fingerprint{}.to_string());
}
