#include <catch2/catch.hpp>

#include "umsadm/jobs/renewal_plan.hpp"

#include "unit/jobs/gateway_fixture.hpp"

using namespace umsadm;
using umsadm::test::k_now;
using umsadm::test::TestSite;

namespace {

using std::chrono::days;

JournalRun run_to(const Certificate& leaf, RunOutcome outcome = RunOutcome::updated, bool verified = true,
                  RunAction action = RunAction::update) {
    JournalRun run;
    run.facts.started = k_now - days(3);
    run.facts.action = action;
    run.facts.new_leaf = leaf.fingerprint();
    run.end = RunEnd{k_now - days(2), outcome, verified, {}, false};
    return run;
}

JournalRun failed(const Certificate& leaf, RunOutcome outcome) { return run_to(leaf, outcome, false); }

JournalRun rollback_to(const Certificate& leaf) { return run_to(leaf, RunOutcome::updated, true, RunAction::rollback); }

JournalRun open_run(const Certificate& leaf, RunAction action = RunAction::update) {
    JournalRun run = run_to(leaf, RunOutcome::failed, false, action);
    run.end.reset();
    return run;
}

// A site with a root and what was signed by it, and the gateways with what was done there.
struct Scene {
    TestSite site;
    std::vector<GatewayHistory> histories;
    std::chrono::days within = k_renew_within;
    std::optional<Inventory> inventory;
    RenewalPlan made;

    Scene() { site.add_root("Root"); }

    Certificate leaf(const std::string& name, int generation, days life,
                     CertificateOrigin origin = CertificateOrigin::renewed, StoredKey key = StoredKey::plain) {
        site.add_leaf(name, generation, "Root", "icg.example.com", life);
        site.items.back().record.origin = origin;
        site.items.back().record.key = key;
        return site.items.back().certificate;
    }

    void take_away_the_key_of_the_root() {
        for (TestSite::Item& item : site.items) {
            if (item.record.name == "Root") item.record.key = StoredKey::none;
        }
    }

    void gateway(const std::string& name, std::vector<JournalRun> runs) {
        histories.push_back({name, std::move(runs)});
    }

    const RenewalPlan& plan(UtcTime now = k_now) {
        inventory.emplace(site.inventory());
        made = plan_renewals(histories, *inventory, within, now);
        return made;
    }

    // What becomes of the first gateway: "deploy ICG@2".
    std::string first(UtcTime now = k_now) { return words(plan(now).gateways.at(0)); }

    static std::string words(const GatewayRenewal& gateway) {
        std::string text;
        switch (gateway.step) {
            case RenewalStep::nothing: text = "nothing"; break;
            case RenewalStep::deploy: text = "deploy"; break;
            case RenewalStep::issue: text = "issue"; break;
            case RenewalStep::cannot: text = "cannot"; break;
        }
        if (gateway.certificate != nullptr) text += " " + gateway.certificate->label();
        CHECK(gateway.finding.has_value() == (gateway.step == RenewalStep::cannot));
        CHECK_FALSE(gateway.reason.empty());
        return text;
    }

    const Finding& finding() const { return *made.gateways.at(0).finding; }
};

}  // namespace

TEST_CASE("a certificate is due when it ends within the time, to the second", "[jobs][renew]") {
    Scene scene;
    const Certificate icg = scene.leaf("ICG", 1, days(365));
    scene.gateway("berlin", {run_to(icg)});
    const UtcTime due = icg.not_after() - days(30);
    CHECK(scene.first(due - std::chrono::seconds(1)) == "nothing ICG@1");
    CHECK_FALSE(scene.made.has_work());
    CHECK(scene.first(due) == "issue ICG@1");
    CHECK(scene.made.has_work());
    REQUIRE(scene.made.due.size() == 1);
    CHECK(scene.made.due.front()->label() == "ICG@1");
    CHECK(scene.first(icg.not_after() + days(100)) == "issue ICG@1");  // expired long ago
    scene.within = days(10);
    CHECK(scene.first(due) == "nothing ICG@1");
    CHECK(scene.made.gateways.front().reason == "\"ICG@1\" ends on " + format_utc(icg.not_after()) + ", in 30 days");
}

TEST_CASE("a certificate that lives shorter than the time is not made anew by every call", "[jobs][renew]") {
    Scene scene;
    SECTION("what a renewal made is due after half of its life") {
        const Certificate icg = scene.leaf("ICG", 2, days(20));
        scene.gateway("berlin", {run_to(icg)});
        CHECK(scene.first() == "nothing ICG@2");
        CHECK(scene.first(icg.not_after() - days(11)) == "nothing ICG@2");
        CHECK(scene.made.gateways.front().reason == "\"ICG@2\" ends on " + format_utc(icg.not_after()) +
                                                        ", in 11 days; a renewal made it, and half of its life is "
                                                        "not over");
        CHECK(scene.first(icg.not_after() - days(10)) == "issue ICG@2");
    }
    SECTION("what somebody made so short is due") {
        const Certificate icg = scene.leaf("ICG", 1, days(20), CertificateOrigin::created);
        scene.gateway("berlin", {run_to(icg)});
        CHECK(scene.first() == "issue ICG@1");
    }
}

TEST_CASE("what is in the site already is deployed and not made again", "[jobs][renew]") {
    Scene scene;
    const Certificate old = scene.leaf("ICG", 1, days(5));
    const Certificate next = scene.leaf("ICG", 2, days(365));
    SECTION("it was never deployed") {
        scene.gateway("berlin", {run_to(old)});
        CHECK(scene.first() == "deploy ICG@2");
        CHECK(scene.made.gateways.front().reason == "\"ICG@2\" was not deployed there yet");
    }
    SECTION("its deployment failed and was put back") {
        scene.gateway("berlin", {run_to(old), failed(next, RunOutcome::restored)});
        CHECK(scene.first() == "deploy ICG@2");
        CHECK(scene.made.gateways.front().reason ==
              "the deployment of \"ICG@2\" on " + format_utc(k_now - days(3)) + " ended with \"restored\"");
    }
    SECTION("it failed before anything was changed, or could not be put back") {
        const RunOutcome outcome = GENERATE(RunOutcome::failed, RunOutcome::restore_failed);
        scene.gateway("berlin", {run_to(old), failed(next, outcome)});
        CHECK(scene.first() == "deploy ICG@2");
    }
    SECTION("it was cut off") {
        scene.gateway("berlin", {run_to(old), open_run(next)});
        CHECK(scene.first() == "deploy ICG@2");
    }
    CHECK(scene.made.due.empty());
    CHECK(scene.made.has_work());
}

TEST_CASE("also when the one that the gateway has is not due", "[jobs][renew]") {
    Scene scene;
    scene.gateway("berlin", {run_to(scene.leaf("ICG", 1, days(300)))});
    scene.leaf("ICG", 2, days(365));
    CHECK(scene.first() == "deploy ICG@2");
}

TEST_CASE("a short-lived renewal whose deployment failed is deployed, not made again", "[jobs][renew]") {
    Scene scene;
    scene.gateway("berlin", {run_to(scene.leaf("ICG", 1, days(5)))});
    const Certificate next = scene.leaf("ICG", 2, days(20));
    CHECK(scene.first() == "deploy ICG@2");
    // It lay there until it is worth nothing itself.
    CHECK(scene.first(next.not_after() - days(3)) == "issue ICG@2");
    CHECK(scene.first(next.not_after() + days(3)) == "issue ICG@2");
}

TEST_CASE("what was taken back is not put there again by a timer", "[jobs][renew]") {
    Scene scene;
    const Certificate old = scene.leaf("ICG", 1, days(100));
    const Certificate next = scene.leaf("ICG", 2, days(365));
    scene.gateway("berlin", {run_to(old), run_to(next), rollback_to(old)});
    CHECK(scene.first() == "nothing ICG@1");
    CHECK(scene.first(old.not_after() - days(20)) == "cannot ICG@1");
    CHECK(scene.finding().code == "rolled-back");
    CHECK(scene.finding().severity == Severity::error);
    CHECK_FALSE(scene.made.has_work());
    // A generation that was not there yet is another matter.
    scene.leaf("ICG", 3, days(365));
    CHECK(scene.first() == "deploy ICG@3");
}

TEST_CASE("an update after a rollback is an answer", "[jobs][renew]") {
    Scene scene;
    const Certificate old = scene.leaf("ICG", 1, days(100));
    const Certificate next = scene.leaf("ICG", 2, days(365));
    scene.gateway("berlin", {run_to(old), run_to(next), rollback_to(old), run_to(next)});
    CHECK(scene.first() == "nothing ICG@2");
}

TEST_CASE("a gateway that umsadm never deployed to, or has something foreign, is left alone", "[jobs][renew]") {
    Scene scene;
    const Certificate icg = scene.leaf("ICG", 1, days(5));
    SECTION("no run at all") { scene.gateway("berlin", {}); }
    SECTION("the first deployment failed") { scene.gateway("berlin", {failed(icg, RunOutcome::restored)}); }
    SECTION("what it has is not in the site") {
        TestSite other;
        other.add_root("Root");
        scene.gateway("berlin", {run_to(other.add_leaf("X", 1, "Root", "icg.example.com").certificate)});
    }
    CHECK(scene.first() == "nothing");
}

TEST_CASE("a first deployment that was cut off is finished", "[jobs][renew]") {
    Scene scene;
    scene.gateway("berlin", {open_run(scene.leaf("ICG", 1, days(300)))});
    CHECK(scene.first() == "deploy ICG@1");
}

TEST_CASE("a run that was cut off decides which certificate it is", "[jobs][renew]") {
    Scene scene;
    const Certificate icg = scene.leaf("ICG", 1, days(300));
    const Certificate other = scene.leaf("Other", 1, days(300), CertificateOrigin::created);
    scene.gateway("berlin", {run_to(icg), open_run(other)});
    CHECK(scene.first() == "deploy Other@1");
}

TEST_CASE("a rollback that was cut off, or a run with something foreign, is for people", "[jobs][renew]") {
    Scene scene;
    const Certificate icg = scene.leaf("ICG", 1, days(300));
    SECTION("a rollback") {
        scene.gateway("berlin", {run_to(icg), open_run(icg, RunAction::rollback)});
        CHECK(scene.first() == "cannot ICG@1");
    }
    SECTION("something foreign") {
        TestSite other;
        other.add_root("Root");
        scene.gateway("berlin", {run_to(icg), open_run(other.add_leaf("X", 1, "Root", "icg.example.com").certificate)});
        CHECK(scene.first() == "cannot");
    }
    CHECK(scene.finding().code == "unfinished-run");
}

TEST_CASE("what is installed and not verified is left alone as long as there is time", "[jobs][renew]") {
    Scene scene;
    const Certificate old = scene.leaf("ICG", 1, days(100));
    const Certificate next = scene.leaf("ICG", 2, days(365));
    scene.gateway("berlin", {run_to(old), run_to(next, RunOutcome::installed, false)});
    CHECK(scene.first() == "nothing ICG@2");
    CHECK(scene.first(old.not_after() - days(20)) == "deploy ICG@2");
    CHECK(scene.first(old.not_after() + days(20)) == "deploy ICG@2");
    CHECK(scene.first(next.not_after() - days(20)) == "issue ICG@2");
    SECTION("nobody knows what was there before it") {
        scene.histories.front().runs.erase(scene.histories.front().runs.begin());
        CHECK(scene.first() == "nothing ICG@2");
    }
}

TEST_CASE("two gateways with one certificate: it is made once", "[jobs][renew]") {
    Scene scene;
    const Certificate icg = scene.leaf("ICG", 1, days(5), CertificateOrigin::created);
    scene.gateway("berlin", {run_to(icg)});
    scene.gateway("munich", {run_to(icg)});
    scene.gateway("hamburg", {run_to(scene.leaf("Other", 1, days(5), CertificateOrigin::created))});
    const RenewalPlan& plan = scene.plan();
    CHECK(Scene::words(plan.gateways[0]) == "issue ICG@1");
    CHECK(Scene::words(plan.gateways[1]) == "issue ICG@1");
    CHECK(Scene::words(plan.gateways[2]) == "issue Other@1");
    REQUIRE(plan.due.size() == 2);
    CHECK(plan.due[0]->label() == "ICG@1");
    CHECK(plan.due[1]->label() == "Other@1");
}

TEST_CASE("two gateways with two generations of one certificate get the same new one", "[jobs][renew]") {
    Scene scene;
    const Certificate first = scene.leaf("ICG", 1, days(5));
    const Certificate second = scene.leaf("ICG", 2, days(20), CertificateOrigin::created);
    scene.gateway("berlin", {run_to(first)});
    scene.gateway("munich", {run_to(second)});
    const RenewalPlan& plan = scene.plan();
    CHECK(Scene::words(plan.gateways[0]) == "issue ICG@2");
    CHECK(Scene::words(plan.gateways[1]) == "issue ICG@2");
    CHECK(plan.due.size() == 1);
    scene.site.items.back().record.origin = CertificateOrigin::renewed;
    scene.plan();
    CHECK(Scene::words(scene.made.gateways[0]) == "deploy ICG@2");
    CHECK(Scene::words(scene.made.gateways[1]) == "nothing ICG@2");
}

TEST_CASE("what another CA signed is renewed there: a warning, and an error in the last third", "[jobs][renew]") {
    Scene scene;
    const Certificate icg = scene.leaf("ICG", 1, days(90), CertificateOrigin::imported);
    scene.take_away_the_key_of_the_root();
    scene.gateway("berlin", {run_to(icg)});
    CHECK(scene.first(icg.not_after() - days(31)) == "nothing ICG@1");
    CHECK(scene.first(icg.not_after() - days(30)) == "cannot ICG@1");
    CHECK(scene.finding().code == "renewed-elsewhere");
    CHECK(scene.finding().severity == Severity::warning);
    CHECK_FALSE(scene.made.has_work());
    CHECK(scene.first(icg.not_after() - days(11)) == "cannot ICG@1");
    CHECK(scene.finding().severity == Severity::warning);
    CHECK(scene.first(icg.not_after() - days(10)) == "cannot ICG@1");
    CHECK(scene.finding().severity == Severity::error);
    SECTION("when the next one is there it is deployed, however near its end") {
        const Certificate next = scene.leaf("ICG", 2, days(90), CertificateOrigin::imported);
        CHECK(scene.first() == "deploy ICG@2");
        CHECK(scene.first(next.not_after() - days(1)) == "deploy ICG@2");
        CHECK(scene.first(next.not_after() + days(1)) == "cannot ICG@2");
    }
}

TEST_CASE("an imported certificate whose root is here is renewed here, with or without its own key", "[jobs][renew]") {
    Scene scene;
    const StoredKey key = GENERATE(StoredKey::plain, StoredKey::none);
    scene.gateway("berlin", {run_to(scene.leaf("ICG", 1, days(5), CertificateOrigin::imported, key))});
    CHECK(scene.first() == "issue ICG@1");
}

TEST_CASE("what was made here and cannot be made again is tried, and fails with its reason", "[jobs][renew]") {
    Scene scene;
    scene.gateway("berlin", {run_to(scene.leaf("ICG", 1, days(5), CertificateOrigin::created))});
    scene.take_away_the_key_of_the_root();
    CHECK(scene.first() == "issue ICG@1");
}

TEST_CASE("a newer generation that cannot be put into a keystore does not hide the end of the present one",
          "[jobs][renew]") {
    Scene scene;
    const StoredKey key = GENERATE(StoredKey::none, StoredKey::token);
    const Certificate old = scene.leaf("ICG", 1, days(100), CertificateOrigin::imported);
    scene.leaf("ICG", 2, days(365), CertificateOrigin::imported, key);
    scene.gateway("berlin", {run_to(old)});
    CHECK(scene.first() == "nothing ICG@1");
    CHECK(scene.first(old.not_after() - days(20)) == "issue ICG@2");
    scene.take_away_the_key_of_the_root();
    CHECK(scene.first() == "nothing ICG@1");
    CHECK(scene.first(old.not_after() - days(20)) == "cannot ICG@1");
    CHECK(scene.finding().code == "key-missing");
}

TEST_CASE("a generation that is not valid yet is waited for", "[jobs][renew]") {
    Scene scene;
    const Certificate old = scene.leaf("ICG", 1, days(5));
    const Certificate next = scene.leaf("ICG", 2, days(365));
    scene.gateway("berlin", {run_to(old)});
    CHECK(scene.first(next.not_before() - std::chrono::seconds(1)) == "nothing ICG@1");
    CHECK(scene.first(next.not_before()) == "deploy ICG@2");
}

TEST_CASE("a root that ends is told, once, and never renewed", "[jobs][renew]") {
    Scene scene;
    const Certificate icg = scene.leaf("ICG", 1, days(3640));
    scene.gateway("berlin", {run_to(icg)});
    scene.gateway("munich", {run_to(icg)});
    CHECK(scene.plan().authorities.empty());
    const UtcTime end = scene.site.get("Root", 1).certificate.not_after();
    scene.plan(end - days(30));
    REQUIRE(scene.made.authorities.size() == 1);
    CHECK(scene.made.authorities.front().authority->label() == "Root@1");
    CHECK(scene.made.authorities.front().finding.code == "expires-soon");
    CHECK(scene.made.authorities.front().finding.severity == Severity::warning);
    for (const StoredCertificate* const due : scene.made.due) CHECK(due->record.name == "ICG");
    scene.plan(end);
    CHECK(scene.made.authorities.front().finding.code == "expired");
    CHECK(scene.made.authorities.front().finding.severity == Severity::error);
}
