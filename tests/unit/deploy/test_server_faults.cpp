#include <catch2/catch.hpp>

#include "sync_box.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

constexpr int k_more_than_all_runs = 20;

}  // namespace

TEST_CASE("a sync goes through when the connection is lost at any run and can be made again",
          "[deploy][sync][faults]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync(GENERATE(as<std::string>(), "--store umsadmin-cli", "--store file"));
    sync.plan.facts.restart = true;
    for (const Moment moment : {Moment::before, Moment::after}) {
        bool struck = true;
        int at = 1;
        for (; struck && at < k_more_than_all_runs; ++at) {
            CAPTURE(at, moment == Moment::before);
            sync.reset();
            Fault fault{at, moment, lose_connection};
            sync.make_faulty(fault);
            const ServerChangeOutcome outcome = sync.execute();
            struck = fault.struck;
            CAPTURE(outcome.error ? outcome.error->message() : "");
            CHECK_FALSE(outcome.error);
            CHECK(outcome.result == ServerOutcome::updated);
            CHECK(sync.has_new());
            CHECK(sync.is_clean());
            CHECK(sync.box.loaded_ums_id() == sync.new_id);
            CHECK_FALSE(lock_server(*this_machine(), sync.box.server));
        }
        CHECK(at >= 8);  // look, keep, put, look, restart, note it, look, and once without a fault
    }
}

TEST_CASE("a server whose connection is lost for good is settled later", "[deploy][sync][faults]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync(GENERATE(as<std::string>(), "--store umsadmin-cli", "--store file"));
    for (const Moment moment : {Moment::before, Moment::after}) {
        for (int at = 1; at <= 4; ++at) {  // look, keep, put, look
            CAPTURE(at, moment == Moment::before);
            sync.reset();
            Fault fault{at, moment, lose_connection};
            sync.make_faulty(fault);
            sync.never_again();
            const ServerChangeOutcome outcome = sync.execute();
            REQUIRE(fault.struck);
            REQUIRE(outcome.error);
            CAPTURE(outcome.error->message());
            if (at <= 2) {
                CHECK(outcome.result == ServerOutcome::failed);
                CHECK(outcome.error->code() == Code::unreachable);
                CHECK_FALSE(outcome.left_open);
                CHECK(sync.has_old());
                continue;
            }
            CHECK(outcome.result == ServerOutcome::restore_failed);
            CHECK(outcome.error->code() == Code::restore_failed);
            CHECK(outcome.error->message().find("unknown") != std::string::npos);
            CHECK(outcome.left_open);
            CHECK_FALSE(sync.last_end());
            const bool replaced = at == 4 || moment == Moment::after;
            CHECK((replaced ? sync.has_new() : sync.has_old()));
            sync.reach_again();
            const ServerChangeOutcome settled = sync.settle();
            CHECK(settled.result == (replaced ? ServerOutcome::restart_needed : ServerOutcome::failed));
            CHECK((replaced ? sync.has_new() : sync.has_old()));
            CHECK(settled.new_fingerprint == sync.box.ums_id());
            CHECK(sync.is_clean());
            REQUIRE(sync.last_end());
            CHECK(sync.last_end()->settled_later);
        }
    }
}

TEST_CASE("the old UMS ID is put back when the connection is lost at any run of that", "[deploy][sync][faults]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync(GENERATE(as<std::string>(), "--store umsadmin-cli", "--store file"));
    sync.plan.facts.new_fingerprint = Fingerprint::parse(std::string(64, 'a'));
    for (const Moment moment : {Moment::before, Moment::after}) {
        for (int at = 5; at <= 8; ++at) {
            CAPTURE(at, moment == Moment::before);
            sync.reset();
            Fault fault{at, moment, lose_connection};
            sync.make_faulty(fault);
            const ServerChangeOutcome outcome = sync.execute();
            REQUIRE((fault.struck || at == 8));
            CHECK(outcome.result == ServerOutcome::restored);
            CHECK(sync.has_old());
            CHECK(sync.is_clean());
        }
    }
}

TEST_CASE("an interruption before the new UMS ID is used leaves the old one", "[deploy][sync][faults]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync(GENERATE(as<std::string>(), "--store umsadmin-cli", "--store file"));
    for (const Moment moment : {Moment::before, Moment::after}) {
        for (int at = 1; at <= 4; ++at) {
            CAPTURE(at, moment == Moment::before);
            sync.reset();
            Fault fault{at, moment, [&sync] { sync.cancellation->request(); }};
            sync.box.host = std::make_unique<FaultyHost>(std::move(sync.box.host), fault);
            const ServerChangeOutcome outcome = sync.execute();
            REQUIRE(fault.struck);
            REQUIRE(outcome.error);
            CAPTURE(outcome.error->message());
            CHECK(outcome.error->code() == Code::interrupted);
            CHECK((outcome.result == ServerOutcome::failed || outcome.result == ServerOutcome::restored));
            CHECK(sync.has_old());
            CHECK(sync.is_clean());
            if (at > 1) CHECK(sync.last_end()->outcome == outcome.result);
        }
    }
}

TEST_CASE("an interruption while the server restarts leaves the new UMS ID", "[deploy][sync][faults]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync;
    sync.plan.facts.restart = true;
    sync.plan.wait = std::chrono::seconds(60);
    sync.box.control("never-starts");
    const std::string when = GENERATE(as<std::string>(), "restarting", "waiting");
    sync.on_progress = [&](std::string_view step) {
        if (step.starts_with(when)) sync.cancellation->request();
    };
    const Deadline limit = Deadline::in(std::chrono::seconds(20));
    const ServerChangeOutcome outcome = sync.execute();
    CHECK_FALSE(limit.passed());
    CHECK(outcome.result == ServerOutcome::restart_needed);
    CHECK(outcome.error->code() == Code::interrupted);
    CHECK(sync.has_new());
    CHECK(sync.is_clean());
}

TEST_CASE("a lock that somebody else took after the connection was lost is not ignored", "[deploy][sync][faults]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync;
    std::unique_ptr<RemoteHost> other = this_machine();
    Fault fault{3, Moment::before, lose_connection};
    sync.make_faulty(fault);
    sync.plan.wait = std::chrono::seconds(0);
    sync.reconnect_for = std::chrono::milliseconds(300);
    sync.connect = [&] {
        lock_server(*other, sync.box.server);
        return this_machine();
    };
    const ServerChangeOutcome outcome = sync.execute();
    CHECK(outcome.result == ServerOutcome::restore_failed);
    CHECK(outcome.left_open);
    CHECK(outcome.error->message().find("lock") != std::string::npos);
    CHECK(sync.has_old());
    other.reset();
    sync.reach_again();
    CHECK(sync.settle().result == ServerOutcome::failed);
    CHECK(sync.has_old());
}
