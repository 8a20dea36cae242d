#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "killed_child.hpp"
#include "sync_box.hpp"

using namespace umsadm;
using namespace umsadm::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* k_child = "a child of the tests that settle a server";

// Where a child kills itself: "run-before 3", "run-after 3" or "progress 3".
struct KillPoint {
    std::string kind;
    int at = 0;
};

bool run_sync_child(const SyncBox& sync, const std::string& job, const KillPoint& point) {
    return run_child(
        k_child,
        {fmt::format("UMSADM_TEST_SERVER={}", sync.box.folder().string()), fmt::format("UMSADM_TEST_JOB={}", job),
         fmt::format("UMSADM_TEST_NEW={}", sync.plan.facts.new_fingerprint->hex()),
         fmt::format("UMSADM_TEST_KIND={}", point.kind), fmt::format("UMSADM_TEST_AT={}", point.at)});
}

// Kills a child at the n-th moment of each kind, from `first` on, and hands every killed one to `after`, until none is
// killed any more.
template <typename After>
void kill_everywhere(SyncBox& sync, const std::vector<KillPoint>& first, After&& after) {
    int killed = 0;
    for (KillPoint point : first) {
        for (bool more = true; more; ++point.at) {
            CAPTURE(point.kind, point.at);
            sync.reset();
            sync.box.host.reset();
            more = run_sync_child(sync, "execute", point);
            if (!more) break;
            ++killed;
            sync.lock();
            after();
        }
    }
    CHECK(killed >= 6);
}

void check_settled(const SyncBox& sync, const ServerChangeOutcome& outcome) {
    CAPTURE(outcome.error ? outcome.error->message() : "");
    CHECK_FALSE(outcome.left_open);
    CHECK((sync.has_new() || sync.has_old()));
    CHECK(outcome.new_fingerprint == sync.box.ums_id());
    CHECK(sync.is_clean());
    REQUIRE(sync.last_end());
    CHECK(sync.last_end()->outcome == outcome.result);
    CHECK(sync.last_end()->settled_later);
}

// The journal of a run that was killed in this step.
void write_cut_off_run(const SyncBox& sync, const std::vector<ServerStep>& steps) {
    ServerJournal journal = sync.journal();
    journal.begin(sync.plan.facts);
    for (const ServerStep step : steps) journal.step(sync.plan.facts.run, step, StepState::started);
}

}  // namespace

TEST_CASE("a child of the tests that settle a server", "[.]") {
    if (std::getenv("UMSADM_TEST_SERVER") == nullptr) {
        WARN("skipped: this one is started by the tests below");
        return;
    }
    SyncBox sync(ExistingBox{from_environment("UMSADM_TEST_SERVER")});
    const std::string kind = from_environment("UMSADM_TEST_KIND");
    const int at = std::stoi(from_environment("UMSADM_TEST_AT"));
    sync.plan.facts.new_fingerprint = Fingerprint::parse(from_environment("UMSADM_TEST_NEW"));
    sync.lock();
    Fault fault{kind.starts_with("run-") ? at : 0, kind == "run-after" ? Moment::after : Moment::before, die};
    sync.make_faulty(fault);
    int progressed = 0;
    sync.on_progress = [&](std::string_view) {
        if (kind == "progress" && ++progressed == at) die();
    };
    if (from_environment("UMSADM_TEST_JOB") == "execute") {
        sync.execute();
    } else {
        sync.settle();
    }
}

TEST_CASE("a sync that is killed at any point is settled by the next command", "[deploy][sync][settle]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync(GENERATE(as<std::string>(), "--store umsadmin-cli", "--store file"));
    std::vector<ServerOutcome> outcomes;
    kill_everywhere(sync, {{"run-before", 1}, {"run-after", 1}, {"progress", 1}}, [&] {
        if (sync.journal().load().empty()) {
            CHECK(sync.has_old());
            return;
        }
        const ServerChangeOutcome outcome = sync.settle();
        check_settled(sync, outcome);
        CHECK(sync.has_new() == (outcome.result == ServerOutcome::restart_needed));
        outcomes.push_back(outcome.result);
    });
    for (const ServerOutcome outcome : {ServerOutcome::restart_needed, ServerOutcome::failed}) {
        CHECK(std::count(outcomes.begin(), outcomes.end(), outcome) > 0);
    }
}

TEST_CASE("a sync that is killed while it puts the old UMS ID back is settled, or left to people",
          "[deploy][sync][settle]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync("--store file");
    sync.plan.facts.new_fingerprint = Fingerprint::parse(std::string(64, 'a'));
    kill_everywhere(sync, {{"run-before", 3}, {"run-after", 3}, {"progress", 3}}, [&] {
        const ServerChangeOutcome outcome = sync.settle();
        check_settled(sync, outcome);
        // What the server got is neither the old nor the new one, and whole: it may be somebody's wish.
        if (sync.has_new()) {
            CHECK(outcome.result == ServerOutcome::failed);
            CHECK(outcome.error->message().find("neither") != std::string::npos);
        } else {
            CHECK((outcome.result == ServerOutcome::restored || outcome.result == ServerOutcome::failed));
        }
    });
}

TEST_CASE("a UMS ID that a killed run left missing or unreadable is put back", "[deploy][sync][settle]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync(GENERATE(as<std::string>(), "--store umsadmin-cli", "--store file"));
    sync.box.store()->keep(sync.plan.facts.backup_path);
    const bool is_file = sync.box.server.ums_id_store == UmsIdStoreKind::file;
    const Path file = sync.box.folder() / "data" / (is_file ? "ums-id.p12" : "ums-id.pem");
    SECTION("missing") { fs::remove(file); }
    SECTION("unreadable") {
        if (is_file) write_text(file, "half a file");
        if (!is_file) write_text(file, "-----BEGIN CERTIFICATE-----\nMIIB\n");
    }
    write_cut_off_run(sync, {ServerStep::backup, ServerStep::replace});
    const ServerChangeOutcome outcome = sync.settle();
    CHECK(outcome.result == ServerOutcome::restored);
    CHECK(outcome.error->code() == Code::restored);
    CHECK(sync.has_old());
    check_settled(sync, outcome);
}

TEST_CASE("a run that cannot be settled stays open until it can", "[deploy][sync][settle]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync;
    write_cut_off_run(sync, {ServerStep::backup});
    sync.box.control("fail-list", "the data base is down");
    const ServerChangeOutcome outcome = sync.settle();
    CHECK(outcome.left_open);
    CHECK(outcome.result == ServerOutcome::failed);
    CHECK_FALSE(sync.last_end());
    CHECK(sync.has_old());
    sync.box.behave("fail-list");
    CHECK(sync.settle().result == ServerOutcome::failed);
    CHECK(sync.last_end());
}

TEST_CASE("a killed restart, or creation, is settled by a look", "[deploy][sync][settle]") {
    if (!has_sandbox_or_says_why()) return;
    SECTION("restart") {
        SyncBox sync;
        sync.box.store()->put(sync.sealed);
        sync.plan.facts.action = GENERATE(ServerAction::restart, ServerAction::sync);
        sync.plan.facts.restart = true;
        const bool is_sync = sync.plan.facts.action == ServerAction::sync;
        write_cut_off_run(sync, {ServerStep::replace, ServerStep::restart});
        const bool happened = GENERATE(false, true);
        if (happened) sync.box.restart_by_hand();
        const ServerChangeOutcome outcome = sync.settle();
        CHECK_FALSE(outcome.error);
        CHECK(outcome.result == (!happened ? ServerOutcome::restart_needed
                                 : is_sync ? ServerOutcome::updated
                                           : ServerOutcome::restarted));
        CHECK(sync.last_end()->settled_later);
    }
    SECTION("creation") {
        SyncBox sync("--no-ums-id");
        sync.plan.facts.action = ServerAction::create;
        sync.plan.facts.new_fingerprint.reset();
        write_cut_off_run(sync, {ServerStep::replace});
        const bool happened = GENERATE(false, true);
        if (happened) sync.box.store()->create();
        const ServerChangeOutcome outcome = sync.settle();
        CHECK(outcome.result == (happened ? ServerOutcome::created : ServerOutcome::failed));
        CHECK(outcome.new_fingerprint == sync.box.ums_id());
    }
}
