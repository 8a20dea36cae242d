#include <cstdlib>
#include <filesystem>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "faulty_host.hpp"
#include "gateway_box.hpp"
#include "killed_child.hpp"

using namespace umsadm;
using namespace umsadm::test;
namespace fs = std::filesystem;

namespace {

// Where a child kills itself: "run-before 3", "run-amid 1", "run-after 3", "progress 3" or "probe 3".
struct KillPoint {
    std::string kind;
    int at = 0;
    std::string to_string() const { return fmt::format("{} {}", kind, at); }
};

// A child of this program works on the same box. True when it was killed.
bool run_child(const GatewayBox& box, const std::string& job, const KillPoint& point) {
    return test::run_child(
        "a child of the settle tests",
        {fmt::format("UMSADM_TEST_FOLDER={}", box.files.folder.string()),
         fmt::format("UMSADM_TEST_PORT={}", box.port()), fmt::format("UMSADM_TEST_JOB={}", job),
         fmt::format("UMSADM_TEST_RESTART={}", box.plan.restart_command),
         fmt::format("UMSADM_TEST_KIND={}", point.kind), fmt::format("UMSADM_TEST_AT={}", point.at)});
}

// Every temporary file gone, every backup whole, and what is served is what lies there.
void check_whole(const GatewayBox& box, RunOutcome outcome) {
    const bool updated = outcome == RunOutcome::updated;
    CHECK((updated || outcome == RunOutcome::restored || outcome == RunOutcome::failed));
    CHECK(box.lives(updated ? box.new_identity : box.old_identity));
    CHECK(box.serves(updated ? box.new_identity : box.old_identity));
    for (const std::string& name : box.files.files_beside_keystore()) {
        CAPTURE(name);
        CHECK(name.ends_with(".bak"));
        CHECK(read_file(box.files.live().parent_path() / name, 100'000) == box.old_identity.pem);
    }
    REQUIRE(box.last_end());
    CHECK(box.last_end()->outcome == outcome);
}

// The child held the lock until its shell saw that it was gone.
void take_lock_again(GatewayBox& box) {
    box.host = this_machine();
    const Deadline limit = Deadline::in(std::chrono::seconds(5));
    while (!box.host->lock_folder(box.files.live().parent_path().string())) {
        REQUIRE_FALSE(limit.passed());
        sleep_for(std::chrono::milliseconds(20), limit);
    }
}

// Kills a child at the n-th moment of each kind, from `first` on, and hands every killed one to `after`, until none is
// killed any more.
template <typename After>
void kill_everywhere(const std::string& job, const std::vector<KillPoint>& first,
                     const std::function<void(GatewayBox&)>& prepare, After&& after) {
    int killed = 0;
    for (KillPoint point : first) {
        for (bool more = true; more; ++point.at) {
            GatewayBox box;
            CAPTURE(point.to_string());
            prepare(box);
            box.host.reset();
            more = run_child(box, job, point);
            if (!more) break;
            ++killed;
            after(box, point);
        }
    }
    CHECK(killed >= 2);
}

std::string failing_when_new(const GatewayBox& box) {
    return box.files.restart_command() + "; cmp -s " + box.files.live().string() + " " +
           box.files.identity("old").string();
}

}  // namespace

TEST_CASE("a child of the settle tests", "[.]") {
    if (std::getenv("UMSADM_TEST_FOLDER") == nullptr) {
        WARN("skipped: this one is started by the tests below");
        return;
    }
    const BoxFiles files{Path(from_environment("UMSADM_TEST_FOLDER"))};
    const std::string kind = from_environment("UMSADM_TEST_KIND");
    const int at = std::stoi(from_environment("UMSADM_TEST_AT"));
    UpdatePlan plan = files.plan(static_cast<std::uint16_t>(std::stoi(from_environment("UMSADM_TEST_PORT"))));
    plan.restart_command = from_environment("UMSADM_TEST_RESTART");

    const Moment moment = kind == "run-after" ? Moment::after : kind == "run-amid" ? Moment::amid : Moment::before;
    Fault fault{kind.starts_with("run-") ? at : 0, moment, die};
    const auto connect = [&fault] { return std::make_unique<FaultyHost>(this_machine(), fault); };
    std::unique_ptr<RemoteHost> host = connect();
    REQUIRE(host->lock_folder(files.live().parent_path().string()));
    Journal journal(files.journal(), test_now);
    int progressed = 0;
    int probed = 0;
    ExecuteContext context{.host = host,
                           .connect = connect,
                           .journal = journal,
                           .probe =
                               [&](const ProbeRequest& request) {
                                   if (kind == "probe" && ++probed == at) die();
                                   return direct_probe()(request);
                               },
                           .progress =
                               [&](std::string_view) {
                                   if (kind == "progress" && ++progressed == at) die();
                               }};
    if (from_environment("UMSADM_TEST_JOB") == "update") {
        execute_update(plan, context);
        return;
    }
    const std::vector<JournalRun> runs = journal.load();
    const JournalRun* run = unfinished_run(runs);
    REQUIRE(run != nullptr);
    settle_run(*run, plan, context);
}

TEST_CASE("an update that is killed at any point is settled by the next command", "[deploy][settle]") {
    if (!is_root_or_says_why()) return;
    std::vector<RunOutcome> outcomes;
    const auto settle = [&](GatewayBox& box, const KillPoint& point) {
        take_lock_again(box);
        if (box.journal().load().empty()) return;
        const Outcome outcome = box.settle();
        CAPTURE(point.to_string(), outcome.error ? outcome.error->message() : "");
        check_whole(box, outcome.result);
        CHECK(box.last_end()->settled_later);
        outcomes.push_back(outcome.result);
    };
    const std::vector<KillPoint> first{
        {"run-before", 1}, {"run-amid", 1}, {"run-after", 1}, {"progress", 1}, {"probe", 1}};
    kill_everywhere(
        "update", first, [](GatewayBox&) {}, settle);
    for (const RunOutcome outcome : {RunOutcome::updated, RunOutcome::restored, RunOutcome::failed}) {
        CHECK(std::count(outcomes.begin(), outcomes.end(), outcome) > 0);
    }
}

TEST_CASE("an update that is killed while it puts the old keystore back is settled", "[deploy][settle]") {
    if (!is_root_or_says_why()) return;
    const auto settle = [&](GatewayBox& box, const KillPoint& point) {
        take_lock_again(box);
        const Outcome outcome = box.settle();
        CAPTURE(point.to_string(), outcome.error ? outcome.error->message() : "");
        check_whole(box, outcome.result);
    };
    // From the restart that fails on.
    const std::vector<KillPoint> first{{"run-before", k_restart + 1}, {"run-after", k_restart}, {"probe", 1}};
    kill_everywhere(
        "update", first, [](GatewayBox& box) { box.plan.restart_command = failing_when_new(box); }, settle);
}

TEST_CASE("settling that is killed itself is settled", "[deploy][settle]") {
    if (!is_root_or_says_why()) return;
    // After the upload, after the rename, after the restart, and after the old keystore was put back.
    const int killed_after = GENERATE(as<int>{}, k_add_files, k_swap, k_restart, k_restart + 2);
    const auto prepare = [&](GatewayBox& box) {
        if (killed_after == k_restart + 2) box.plan.restart_command = failing_when_new(box);
        box.host.reset();
        REQUIRE(run_child(box, "update", {"run-after", killed_after}));
        take_lock_again(box);
    };
    const auto settle = [&](GatewayBox& box, const KillPoint& point) {
        take_lock_again(box);
        const Outcome outcome = box.settle();
        CAPTURE(killed_after, point.to_string(), outcome.error ? outcome.error->message() : "");
        check_whole(box, outcome.result);
    };
    kill_everywhere("settle", {{"run-before", 1}, {"run-after", 1}}, prepare, settle);
}

namespace {

// A journal that ends after `last` was begun, and the files as they were then.
void cut_journal(GatewayBox& box, const std::vector<StepKind>& steps) {
    Journal journal = box.journal();
    journal.begin(box.plan.facts);
    for (const StepKind step : steps) journal.step(box.plan.facts.run, step, StepState::started);
}

}  // namespace

TEST_CASE("settle_run leaves a keystore alone that somebody else put there", "[deploy][settle]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    cut_journal(box, {StepKind::backup, StepKind::upload, StepKind::swap});
    write_file(box.plan.facts.backup_path, box.old_identity.pem, 0600, IfExists::refuse);
    write_text(box.files.live(), "foreign");
    const Outcome outcome = box.settle();
    CHECK(outcome.result == RunOutcome::failed);
    CHECK(outcome.error->message().find("somebody else") != std::string::npos);
    CHECK(outcome.error->hint().find(".bak") != std::string::npos);
    CHECK(read_text_file(box.files.live(), 100) == "foreign");
    CHECK(fs::exists(box.plan.facts.backup_path));
    CHECK(box.last_end()->outcome == RunOutcome::failed);
}

TEST_CASE("settle_run puts the backup back where the keystore is gone", "[deploy][settle]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    cut_journal(box, {StepKind::backup, StepKind::upload, StepKind::swap, StepKind::restart});
    fs::rename(box.files.live(), box.plan.facts.backup_path);
    CHECK(box.settle().result == RunOutcome::restored);
    CHECK(box.lives(box.old_identity));
    CHECK(box.serves(box.old_identity));
}

TEST_CASE("settle_run ends a run without restart or verification as installed", "[deploy][settle]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    box.plan.facts.verify = false;
    box.plan.facts.restart = GENERATE(true, false);
    cut_journal(box, {StepKind::backup, StepKind::upload, StepKind::swap});
    if (box.plan.facts.restart) {
        box.journal().step(box.plan.facts.run, StepKind::restart, StepState::started);
        box.journal().step(box.plan.facts.run, StepKind::restart, StepState::done);
    }
    write_file(box.plan.facts.backup_path, box.old_identity.pem, 0600, IfExists::refuse);
    write_file(box.files.live(), box.new_identity.pem, 0600, IfExists::replace);
    const Outcome outcome = box.settle();
    CHECK_FALSE(outcome.error);
    CHECK(outcome.result == RunOutcome::installed);
    CHECK_FALSE(outcome.verified);
    CHECK(box.lives(box.new_identity));
}

TEST_CASE("settle_run waits for a gateway that is still starting", "[deploy][settle]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    cut_journal(box, {StepKind::backup, StepKind::upload, StepKind::swap, StepKind::restart});
    write_file(box.plan.facts.backup_path, box.old_identity.pem, 0600, IfExists::refuse);
    write_file(box.files.live(), box.new_identity.pem, 0600, IfExists::replace);
    fs::remove(box.files.loaded());
    int looks = 0;
    box.probe = [&](const ProbeRequest& request) {
        if (++looks == 3) write_file(box.files.loaded(), box.new_identity.pem, 0600, IfExists::replace);
        return direct_probe()(request);
    };
    box.plan.wait = std::chrono::seconds(10);
    const Outcome outcome = box.settle();
    CHECK(outcome.result == RunOutcome::updated);
    CHECK(outcome.verified);
}

TEST_CASE("settle_run does not wait for a restart that was never begun, and interrupts nobody", "[deploy][settle]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    box.host.reset();
    REQUIRE(run_child(box, "update", {"run-before", k_restart}));
    take_lock_again(box);
    REQUIRE(box.journal().load().back().reached(StepKind::restart));
    REQUIRE(box.lives(box.new_identity));
    box.plan.wait = std::chrono::seconds(20);
    const auto before = std::chrono::steady_clock::now();
    const Outcome outcome = box.settle();
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(10));
    check_whole(box, RunOutcome::restored);
    CHECK_FALSE(box.journal().load().back().reached(StepKind::restore_restart));
}

TEST_CASE("settle_run ends a killed restart by what is served", "[deploy][settle]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    box.plan.facts.action = RunAction::restart;
    box.plan.facts.staged_path.clear();
    box.plan.facts.backup_path.clear();
    SECTION("not begun") {
        cut_journal(box, {});
        CHECK(box.settle().result == RunOutcome::failed);
    }
    SECTION("begun, the old one is served") {
        cut_journal(box, {StepKind::restart});
        CHECK(box.settle().result == RunOutcome::restored);
    }
    SECTION("begun, the new one is served") {
        cut_journal(box, {StepKind::restart});
        write_file(box.files.loaded(), box.new_identity.pem, 0600, IfExists::replace);
        CHECK(box.settle().result == RunOutcome::updated);
    }
    SECTION("begun, nothing is served") {
        cut_journal(box, {StepKind::restart});
        fs::remove(box.files.loaded());
        CHECK(box.settle().result == RunOutcome::restore_failed);
    }
    CHECK(box.lives(box.old_identity));
    CHECK(box.last_end()->settled_later);
}

TEST_CASE("settle_run stays open when the host cannot be asked or the user interrupts", "[deploy][settle]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    cut_journal(box, {StepKind::backup, StepKind::upload, StepKind::swap, StepKind::restart});
    write_file(box.plan.facts.backup_path, box.old_identity.pem, 0600, IfExists::refuse);
    write_file(box.files.live(), box.new_identity.pem, 0600, IfExists::replace);
    Fault fault{1, Moment::before, lose_connection};
    Code expected = Code::unreachable;
    SECTION("lost") {
        box.host = std::make_unique<FaultyHost>(std::move(box.host), fault);
        box.reconnect_for = std::chrono::milliseconds(50);
        box.connect = []() -> std::unique_ptr<RemoteHost> { throw Error(Code::unreachable, "no route"); };
    }
    SECTION("interrupted") {
        box.cancellation.request();
        expected = Code::interrupted;
    }
    const Outcome outcome = box.settle();
    CHECK(outcome.left_open);
    CHECK(outcome.error->code() == expected);
    CHECK_FALSE(box.last_end());
    CHECK(box.lives(box.new_identity));
}
