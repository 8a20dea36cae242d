#include <filesystem>

#include <catch2/catch.hpp>

#include "faulty_host.hpp"
#include "gateway_box.hpp"

using namespace umsadm;
using namespace umsadm::test;
namespace fs = std::filesystem;

namespace {

// Something goes wrong at every run in turn, until a change goes through without it.
constexpr int k_more_than_all_runs = 20;

void make_faulty(GatewayBox& box, Fault& fault) {
    box.host = std::make_unique<FaultyHost>(std::move(box.host), fault);
    box.connect = [&fault] { return std::make_unique<FaultyHost>(this_machine(), fault); };
}

void never_again(GatewayBox& box) {
    box.reconnect_for = std::chrono::milliseconds(50);
    box.connect = []() -> std::unique_ptr<RemoteHost> { throw Error(Code::unreachable, "no route to host"); };
}

void reach_again(GatewayBox& box) {
    box.reconnect_for = std::chrono::seconds(5);
    box.connect = [] { return this_machine(); };
}

bool old_state(const GatewayBox& box) { return box.lives(box.old_identity) && box.serves(box.old_identity); }
bool new_state(const GatewayBox& box) { return box.lives(box.new_identity) && box.serves(box.new_identity); }

// Nothing but whole backups may be left.
bool only_backups_left(const GatewayBox& box) {
    for (const std::string& name : box.files.files_beside_keystore()) {
        if (!name.ends_with(".bak")) return false;
        if (read_file(box.files.live().parent_path() / name, 100'000) != box.old_identity.pem) return false;
    }
    return true;
}

std::string failing_when_new(const GatewayBox& box) {
    const std::string good = box.files.restart_command();
    return good + "; cmp -s " + box.files.live().string() + " " + box.files.identity("old").string();
}

}  // namespace

TEST_CASE("an update goes through when the connection is lost at any run and can be made again", "[deploy][faults]") {
    if (!is_root_or_says_why()) return;
    for (const Moment moment : {Moment::before, Moment::amid, Moment::after}) {
        bool struck = true;
        int at = 1;
        for (; struck && at < k_more_than_all_runs; ++at) {
            CAPTURE(at, static_cast<int>(moment));
            GatewayBox box;
            Fault fault{at, moment, lose_connection};
            make_faulty(box, fault);
            const Outcome outcome = box.execute();
            struck = fault.struck;
            CHECK_FALSE(outcome.error);
            CHECK(outcome.result == RunOutcome::updated);
            CHECK(new_state(box));
            CHECK(only_backups_left(box));
            CHECK(box.files.files_beside_keystore().size() == 1);
            CHECK(box.host->lock_folder(box.files.live().parent_path().string()));
            CHECK_FALSE(this_machine()->lock_folder(box.files.live().parent_path().string()));
        }
        CHECK(at == (moment == Moment::amid ? k_add_files : k_clean) + 2);  // and once without a fault
    }
}

TEST_CASE("a connection that is lost for good leaves a run that can be settled", "[deploy][faults]") {
    if (!is_root_or_says_why()) return;
    for (const Moment moment : {Moment::before, Moment::amid, Moment::after}) {
        for (int at = k_add_files; at <= (moment == Moment::amid ? k_add_files : k_clean); ++at) {
            CAPTURE(at, static_cast<int>(moment));
            GatewayBox box;
            Fault fault{at, moment, lose_connection};
            make_faulty(box, fault);
            never_again(box);
            const Outcome outcome = box.execute();
            REQUIRE(fault.struck);
            REQUIRE(outcome.error);
            CAPTURE(outcome.error->message());
            if (at == k_clean) {  // the gateway is verified by then
                CHECK(outcome.result == RunOutcome::updated);
                CHECK(outcome.error->code() == Code::not_recorded);
                CHECK(new_state(box));
                continue;
            }
            CHECK(outcome.left_open);
            CHECK_FALSE(box.last_end());
            if (at < k_swap) {
                CHECK(outcome.result == RunOutcome::failed);
                CHECK(outcome.error->code() == Code::unreachable);
                CHECK(old_state(box));
            } else {
                CHECK(outcome.result == RunOutcome::restore_failed);
                CHECK(outcome.error->code() == Code::restore_failed);
                CHECK(outcome.error->message().find("unknown") != std::string::npos);
            }
            const bool loaded = at == k_restart && moment == Moment::after;
            const bool renamed = at == k_restart || (at == k_swap && moment == Moment::after);
            reach_again(box);
            const Outcome settled = box.settle();
            CHECK(settled.result == (loaded    ? RunOutcome::updated
                                     : renamed ? RunOutcome::restored
                                               : RunOutcome::failed));
            CHECK((loaded ? new_state(box) : old_state(box)));
            CHECK(only_backups_left(box));
            REQUIRE(box.last_end());
            CHECK(box.last_end()->settled_later);
            CHECK(box.last_end()->outcome == settled.result);
        }
    }
}

TEST_CASE("a host that is gone for good costs one time of trying", "[deploy][faults]") {
    if (!is_root_or_says_why()) return;
    for (int at = k_add_files; at <= k_restart; ++at) {
        CAPTURE(at);
        GatewayBox box;
        Fault fault{at, Moment::before, lose_connection};
        make_faulty(box, fault);
        never_again(box);
        box.reconnect_for = std::chrono::seconds(2);
        const auto before = std::chrono::steady_clock::now();
        CHECK(box.execute().left_open);
        CHECK(std::chrono::steady_clock::now() - before < std::chrono::milliseconds(3500));
    }
}

TEST_CASE("a host that comes back after the time of trying is still asked on the way back", "[deploy][faults]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    Fault fault{k_swap, Moment::before, lose_connection};
    make_faulty(box, fault);
    box.reconnect_for = std::chrono::milliseconds(300);
    std::optional<Deadline> gone;  // since the first attempt, however long the steps before it took
    box.connect = [&, gave_up = false]() mutable -> std::unique_ptr<RemoteHost> {
        if (gave_up) return this_machine();
        if (!gone) gone = Deadline::in(box.reconnect_for);
        gave_up = gone->passed();
        throw Error(Code::unreachable, "no route to host");
    };
    const Outcome outcome = box.execute();
    CHECK_FALSE(outcome.left_open);
    CHECK(outcome.result == RunOutcome::failed);
    CHECK(old_state(box));
    CHECK(box.files.files_beside_keystore().empty());
}

TEST_CASE("the old keystore is put back when the connection is lost at any run of that", "[deploy][faults]") {
    if (!is_root_or_says_why()) return;
    const bool again = GENERATE(true, false);
    for (const Moment moment : {Moment::before, Moment::after}) {
        for (int at = k_restart + 1; at <= k_restart + 3; ++at) {  // looking, putting back, restarting
            CAPTURE(at, static_cast<int>(moment), again);
            GatewayBox box;
            box.plan.restart_command = failing_when_new(box);
            Fault fault{at, moment, lose_connection};
            make_faulty(box, fault);
            if (!again) never_again(box);
            const Outcome outcome = box.execute();
            REQUIRE(fault.struck);
            if (outcome.left_open) {
                CHECK_FALSE(again);
                CHECK(outcome.error->code() == Code::restore_failed);
                reach_again(box);
                const Outcome settled = box.settle();
                CHECK((settled.result == RunOutcome::restored || settled.result == RunOutcome::updated));
                CHECK((settled.result == RunOutcome::restored ? old_state(box) : new_state(box)));
            } else if (outcome.result == RunOutcome::restored) {
                CHECK(old_state(box));
            } else {
                // The file is back, but the restart for it could not be asked for.
                CHECK_FALSE(again);
                CHECK(outcome.result == RunOutcome::restore_failed);
                CHECK(box.lives(box.old_identity));
            }
            if (again) CHECK(outcome.result == RunOutcome::restored);
            CHECK(only_backups_left(box));
        }
    }
}

TEST_CASE("an interruption at any run leaves the old or the new state", "[deploy][faults]") {
    if (!is_root_or_says_why()) return;
    for (const Moment moment : {Moment::before, Moment::amid, Moment::after}) {
        for (int at = k_add_files; at <= (moment == Moment::amid ? k_add_files : k_clean); ++at) {
            CAPTURE(at, static_cast<int>(moment));
            GatewayBox box;
            Fault fault{at, moment, [&box] { box.cancellation.request(); }};
            box.host = std::make_unique<FaultyHost>(std::move(box.host), fault);
            const Outcome outcome = box.execute();
            REQUIRE(fault.struck);
            CHECK_FALSE(outcome.left_open);
            CHECK(only_backups_left(box));
            REQUIRE(box.last_end());
            CHECK(box.last_end()->outcome == outcome.result);
            if (at == k_clean) {
                CHECK(outcome.result == RunOutcome::updated);
                CHECK(new_state(box));
                continue;
            }
            REQUIRE(outcome.error);
            CAPTURE(outcome.error->message());
            CHECK(outcome.error->code() == Code::interrupted);
            CHECK(old_state(box));
            const bool may_be_renamed = at > k_swap || (at == k_swap && moment == Moment::after);
            CHECK(outcome.result == (may_be_renamed ? RunOutcome::restored : RunOutcome::failed));
            if (!may_be_renamed) CHECK(box.files.files_beside_keystore().empty());
        }
    }
}

TEST_CASE("an interruption while waiting for the gateway puts the old state back", "[deploy][faults]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    box.plan.wait = std::chrono::seconds(30);
    box.plan.restart_command = box.files.restart_command() + "; cmp -s " + box.files.live().string() + " " +
                               box.files.identity("old").string() + " || rm " + box.files.loaded().string();
    const Probe inner = box.probe;
    box.probe = [&](const ProbeRequest& request) {
        Probed probed = inner(request);
        if (probed.chain.empty()) box.cancellation.request();
        return probed;
    };
    const Deadline limit = Deadline::in(std::chrono::seconds(15));
    const Outcome outcome = box.execute();
    CHECK_FALSE(limit.passed());
    CHECK(outcome.result == RunOutcome::restored);
    CHECK(outcome.error->code() == Code::interrupted);
    CHECK(old_state(box));
}

TEST_CASE("an interruption never hides that the old state could not be put back", "[deploy][faults]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    box.plan.restart_command = "rm -f " + box.files.loaded().string();
    box.on_progress = [&](std::string_view step) {
        if (step.starts_with("verifying what")) box.cancellation.request();
    };
    const Outcome outcome = box.execute();
    CHECK(outcome.result == RunOutcome::restore_failed);
    CHECK(outcome.error->code() == Code::restore_failed);
}

TEST_CASE("an interruption before the first step does nothing", "[deploy][faults]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    box.cancellation.request();
    const Outcome outcome = box.execute();
    CHECK(outcome.result == RunOutcome::failed);
    CHECK(outcome.error->code() == Code::interrupted);
    CHECK_FALSE(fs::exists(box.files.journal()));
    CHECK(old_state(box));
}

TEST_CASE("a lock that somebody else took after the connection was lost is waited for, not ignored",
          "[deploy][faults]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    std::unique_ptr<RemoteHost> other = this_machine();
    Fault fault{k_add_files, Moment::before, lose_connection};
    make_faulty(box, fault);
    box.reconnect_for = std::chrono::milliseconds(300);
    box.connect = [&] {
        other->lock_folder(box.files.live().parent_path().string());
        return this_machine();
    };
    const Outcome outcome = box.execute();
    CHECK(outcome.result == RunOutcome::failed);
    CHECK(outcome.left_open);
    CHECK(outcome.error->message().find("locked") != std::string::npos);
    CHECK(old_state(box));
    other.reset();
    reach_again(box);
    CHECK(box.settle().result == RunOutcome::failed);
    CHECK(box.files.files_beside_keystore().empty());
}
