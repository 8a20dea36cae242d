#include <fstream>

#include <catch2/catch.hpp>

#include "umsadm/registry/server_journal.hpp"

#include "unit/error_of.hpp"
#include "unit/temp_folder.hpp"

using namespace umsadm;
using umsadm::test::error_of;
using umsadm::test::TempFolder;

namespace {

const UtcTime k_start = *parse_utc("2026-11-21T18:30:00Z");
const std::string k_run = "00112233445566aa";

ServerRunFacts facts() {
    ServerRunFacts result;
    result.run = k_run;
    result.started = k_start;
    result.user = "root@admin";
    result.backup_path = "/var/lib/umsadm/backups/20261121T183000Z-00112233445566aa";
    result.old_fingerprint = Fingerprint();
    result.new_fingerprint = Fingerprint();
    result.restart = true;
    return result;
}

struct Diary {
    Diary() : file(temp / "ums1.jsonl"), journal(file, [this] { return now += std::chrono::seconds(1); }) {}
    void add(std::string_view text) const { std::ofstream(file, std::ios::app | std::ios::binary) << text; }

    TempFolder temp;
    Path file;
    UtcTime now = k_start;
    ServerJournal journal;
};

}  // namespace

TEST_CASE("a server's run is read back with all its facts, steps and its end", "[registry][journal]") {
    Diary diary;
    CHECK(diary.journal.load().empty());
    diary.journal.begin(facts());
    diary.journal.step(k_run, ServerStep::put_back, StepState::started);
    diary.journal.step(k_run, ServerStep::put_back, StepState::failed, "no space");
    diary.journal.end(k_run, ServerOutcome::restore_failed, "act now", true);
    const auto runs = diary.journal.load();
    REQUIRE(runs.size() == 1);
    CHECK(runs[0].facts.run == k_run);
    CHECK(runs[0].facts.action == ServerAction::sync);
    CHECK(runs[0].facts.started == k_start);
    CHECK(runs[0].facts.user == "root@admin");
    CHECK(runs[0].facts.backup_path == facts().backup_path);
    CHECK(runs[0].facts.old_fingerprint == Fingerprint());
    CHECK(runs[0].facts.new_fingerprint == Fingerprint());
    CHECK(runs[0].facts.restart);
    REQUIRE(runs[0].steps.size() == 2);
    CHECK(runs[0].steps[0].step == ServerStep::put_back);
    CHECK(runs[0].steps[0].state == StepState::started);
    CHECK(runs[0].steps[1].state == StepState::failed);
    CHECK(runs[0].steps[1].detail == "no space");
    CHECK(runs[0].steps[1].time == k_start + std::chrono::seconds(2));
    REQUIRE(runs[0].end);
    CHECK(runs[0].end->outcome == ServerOutcome::restore_failed);
    CHECK(runs[0].end->error == "act now");
    CHECK(runs[0].end->settled_later);
    CHECK(unfinished_run(runs) == nullptr);
}

TEST_CASE("every word of a server's journal is read back", "[registry][journal]") {
    for (const ServerAction action : {ServerAction::sync, ServerAction::create, ServerAction::restart}) {
        Diary diary;
        ServerRunFacts wanted;
        wanted.run = k_run;
        wanted.started = k_start;
        wanted.action = action;
        diary.journal.begin(wanted);
        for (const ServerStep step : {ServerStep::backup, ServerStep::replace, ServerStep::verify, ServerStep::restart,
                                      ServerStep::wait, ServerStep::put_back}) {
            diary.journal.step(k_run, step, StepState::done);
            CHECK(diary.journal.load()[0].steps.back().step == step);
        }
        CHECK(diary.journal.load()[0].facts.action == action);
        CHECK_FALSE(diary.journal.load()[0].facts.old_fingerprint);
        CHECK_FALSE(diary.journal.load()[0].facts.new_fingerprint);
    }
    for (const auto& [outcome, name] :
         std::vector<std::pair<ServerOutcome, std::string>>{{ServerOutcome::updated, "updated"},
                                                            {ServerOutcome::restart_needed, "restart-needed"},
                                                            {ServerOutcome::restarted, "restarted"},
                                                            {ServerOutcome::already_current, "already-current"},
                                                            {ServerOutcome::created, "created"},
                                                            {ServerOutcome::restored, "restored"},
                                                            {ServerOutcome::restore_failed, "restore-failed"},
                                                            {ServerOutcome::failed, "failed"},
                                                            {ServerOutcome::not_started, "not-started"},
                                                            {ServerOutcome::planned, "planned"}}) {
        Diary diary;
        diary.journal.begin(facts());
        diary.journal.end(k_run, outcome);
        CHECK(diary.journal.load()[0].end->outcome == outcome);
        CHECK(outcome_name(outcome) == name);
    }
}

TEST_CASE("a server's run that was killed is unfinished, and its torn last line is passed over",
          "[registry][journal]") {
    Diary diary;
    diary.journal.begin(facts());
    diary.journal.step(k_run, ServerStep::replace, StepState::started);
    diary.add("{\"time\":\"2026-");
    const auto runs = diary.journal.load();
    REQUIRE(unfinished_run(runs) != nullptr);
    CHECK(unfinished_run(runs)->steps.size() == 1);
    diary.journal.end(k_run, ServerOutcome::restored);
    CHECK(diary.journal.load()[0].end->outcome == ServerOutcome::restored);
}

TEST_CASE("a line that is none of a server's journal is refused naming file and line", "[registry][journal]") {
    Diary diary;
    diary.journal.begin(facts());
    diary.add("{\"time\":\"2026-11-21T18:30:00Z\",\"run\":\"" + k_run +
              "\",\"event\":\"step\",\"step\":\"swap\",\"state\":\"done\"}\n");
    const Error error = error_of([&] { (void)diary.journal.load(); });
    CHECK(error.code() == Code::invalid_data);
    CHECK(error.message() == "field \"step\" must be one of backup, replace, verify, restart, wait, put-back");
    REQUIRE(error.frames().size() == 1);
    CHECK(error.frames()[0] == "reading line 2 of " + diary.file.string());
}
