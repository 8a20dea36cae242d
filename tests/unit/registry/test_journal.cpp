#include <fstream>

#include <catch2/catch.hpp>

#include "umsadm/registry/journal.hpp"

#include "unit/error_of.hpp"
#include "unit/temp_folder.hpp"

using namespace umsadm;
using umsadm::test::error_of;
using umsadm::test::TempFolder;

namespace {

const UtcTime k_start = *parse_utc("2026-11-21T18:30:00Z");

Fingerprint fingerprint(std::uint8_t number) {
    std::array<std::uint8_t, Fingerprint::k_size> bytes{};
    bytes[0] = number;
    return Fingerprint(bytes);
}

std::string run_id(int number) { return "00000000000000" + std::to_string(10 + number); }

RunFacts facts(int number, RunAction action = RunAction::update) {
    RunFacts result;
    result.run = run_id(number);
    result.action = action;
    result.started = k_start;
    result.user = "root@admin";
    result.live_path = "/opt/icg/keystore.jks";
    result.new_leaf = fingerprint(static_cast<std::uint8_t>(number));
    return result;
}

struct Diary {
    Diary() : file(temp / "berlin.jsonl"), journal(file, [this] { return now += std::chrono::seconds(1); }) {}

    void run(int number, RunOutcome outcome, bool verified, RunAction action = RunAction::update, bool later = false) {
        journal.begin(facts(number, action));
        journal.end(run_id(number), outcome, verified, {}, later);
    }
    std::optional<Fingerprint> used() const { return used_certificate(journal.load()); }
    void add(std::string_view text) const { std::ofstream(file, std::ios::app | std::ios::binary) << text; }
    std::string content() const { return read_text_file(file, 1U << 20U); }

    TempFolder temp;
    Path file;
    UtcTime now = k_start;
    Journal journal;
};

}  // namespace

TEST_CASE("a run is read back with all its facts, steps and its end", "[registry][journal]") {
    Diary diary;
    CHECK(diary.journal.load().empty());
    RunFacts wanted = facts(1);
    wanted.staged_path = "/opt/icg/.keystore.jks.new";
    wanted.backup_path = "/opt/icg/keystore.jks.bak";
    wanted.old_digest = std::string(64, 'a');
    wanted.new_digest = std::string(64, 'b');
    wanted.served_before = fingerprint(8);
    wanted.old_leaf = fingerprint(9);
    wanted.restart = false;
    wanted.verify = false;
    wanted.health_required = true;
    wanted.reason = "holiday";
    diary.journal.begin(wanted);
    diary.journal.step(wanted.run, StepKind::backup, StepState::started);
    diary.journal.step(wanted.run, StepKind::backup, StepState::failed, "no space\nleft \xff");
    diary.journal.end(wanted.run, RunOutcome::restore_failed, true, "act now", true);

    const auto runs = diary.journal.load();
    REQUIRE(runs.size() == 1);
    const RunFacts& read = runs[0].facts;
    CHECK(read.run == wanted.run);
    CHECK(read.action == wanted.action);
    CHECK(read.started == wanted.started);
    CHECK(read.user == wanted.user);
    CHECK(read.live_path == wanted.live_path);
    CHECK(read.staged_path == wanted.staged_path);
    CHECK(read.backup_path == wanted.backup_path);
    CHECK(read.old_digest == wanted.old_digest);
    CHECK(read.new_digest == wanted.new_digest);
    CHECK(read.served_before == wanted.served_before);
    CHECK(read.old_leaf == wanted.old_leaf);
    CHECK(read.new_leaf == wanted.new_leaf);
    CHECK(read.restart == wanted.restart);
    CHECK(read.verify == wanted.verify);
    CHECK(read.health_required == wanted.health_required);
    CHECK(read.reason == wanted.reason);
    REQUIRE(runs[0].steps.size() == 2);
    CHECK(runs[0].steps[0].state == StepState::started);
    CHECK(runs[0].steps[1].state == StepState::failed);
    CHECK(runs[0].steps[1].detail == "no space\nleft \xef\xbf\xbd");
    CHECK(runs[0].steps[1].time == k_start + std::chrono::seconds(2));
    CHECK(runs[0].reached(StepKind::backup));
    CHECK_FALSE(runs[0].reached(StepKind::swap));
    REQUIRE(runs[0].end);
    CHECK(runs[0].end->outcome == RunOutcome::restore_failed);
    CHECK(runs[0].end->verified);
    CHECK(runs[0].end->error == "act now");
    CHECK(runs[0].end->settled_later);
    const std::string content = diary.content();
    CHECK(std::count(content.begin(), content.end(), '\n') == 4);
}

TEST_CASE("every step and outcome has a name of its own that is read back", "[registry][journal]") {
    Diary diary;
    diary.journal.begin(facts(0));
    for (int i = 0; i <= static_cast<int>(StepKind::clean); ++i) {
        diary.journal.step(run_id(0), static_cast<StepKind>(i), StepState::done);
    }
    for (int i = 0; i <= static_cast<int>(RunOutcome::planned); ++i)
        diary.run(i + 1, static_cast<RunOutcome>(i), false);
    const auto runs = diary.journal.load();
    REQUIRE(runs.size() == 10);
    for (std::size_t i = 0; i < runs[0].steps.size(); ++i) CHECK(runs[0].steps[i].step == static_cast<StepKind>(i));
    for (std::size_t i = 1; i < runs.size(); ++i) CHECK(runs[i].end->outcome == static_cast<RunOutcome>(i - 1));
    CHECK(step_name(StepKind::restore_restart) == "restore-restart");
    CHECK(outcome_name(RunOutcome::already_current) == "already-current");
    CHECK(action_name(RunAction::rollback) == "rollback");
}

TEST_CASE("the last run is unfinished until it has an end", "[registry][journal]") {
    Diary diary;
    CHECK(unfinished_run(diary.journal.load()) == nullptr);
    diary.journal.begin(facts(1));
    diary.journal.step(run_id(1), StepKind::swap, StepState::started);
    const auto open = diary.journal.load();
    REQUIRE(unfinished_run(open) != nullptr);
    CHECK(unfinished_run(open)->facts.run == run_id(1));
    CHECK(unfinished_run(open)->reached(StepKind::swap));
    diary.journal.end(run_id(1), RunOutcome::updated, true, {}, true);
    diary.journal.step(run_id(1), StepKind::clean, StepState::done);
    CHECK(unfinished_run(diary.journal.load()) == nullptr);
}

TEST_CASE("nothing is used before a deployment was verified", "[registry][used]") {
    Diary diary;
    CHECK_FALSE(diary.used());
    diary.journal.begin(facts(1));
    CHECK_FALSE(diary.used());
}

TEST_CASE("an update, a restart and a rollback that were verified move used", "[registry][used]") {
    Diary diary;
    diary.run(1, RunOutcome::updated, true);
    CHECK(diary.used() == fingerprint(1));
    diary.run(2, RunOutcome::updated, true, RunAction::restart);
    CHECK(diary.used() == fingerprint(2));
    diary.run(1 + 2, RunOutcome::updated, true, RunAction::rollback);
    CHECK(diary.used() == fingerprint(3));
}

TEST_CASE("a killed update that was found served later moves used", "[registry][used]") {
    Diary diary;
    diary.run(1, RunOutcome::updated, true);
    diary.run(2, RunOutcome::updated, true, RunAction::update, true);
    CHECK(diary.used() == fingerprint(2));
}

TEST_CASE("an installation that is seen served later moves used", "[registry][used]") {
    Diary diary;
    diary.run(1, RunOutcome::updated, true);
    diary.run(2, RunOutcome::installed, false);
    CHECK(diary.used() == fingerprint(1));
    diary.run(2 + 1, RunOutcome::already_current, true, RunAction::verify);
    CHECK(diary.used() == fingerprint(3));
}

TEST_CASE("every other outcome leaves used where it was", "[registry][used]") {
    for (const RunOutcome outcome :
         {RunOutcome::installed, RunOutcome::restored, RunOutcome::restore_failed, RunOutcome::failed,
          RunOutcome::skipped, RunOutcome::not_started, RunOutcome::planned}) {
        INFO(outcome_name(outcome));
        Diary diary;
        diary.run(1, RunOutcome::updated, true);
        diary.run(2, outcome, true);
        CHECK(diary.used() == fingerprint(1));
    }
    Diary diary;
    diary.run(1, RunOutcome::updated, true);
    diary.run(2, RunOutcome::updated, false);
    CHECK(diary.used() == fingerprint(1));
    diary.journal.begin(facts(3));
    CHECK(diary.used() == fingerprint(1));
}

TEST_CASE("a torn last line is passed over wherever it was torn, and cut off by the next one", "[registry][journal]") {
    Diary whole;
    whole.run(1, RunOutcome::updated, true);
    const std::string content = whole.content();
    const auto first_line = content.find('\n') + 1;
    for (std::size_t size = first_line; size < content.size(); ++size) {
        Diary torn;
        torn.add(content.substr(0, size));
        REQUIRE(torn.journal.load().size() == 1);
        CHECK_FALSE(torn.journal.load()[0].end);
    }
    Diary torn;
    torn.add(content.substr(0, content.size() - 1));
    torn.journal.step(run_id(1), StepKind::verify, StepState::done);
    REQUIRE(torn.journal.load().at(0).steps.size() == 1);
    CHECK_FALSE(torn.journal.load()[0].end);
    Diary empty;
    empty.add("{\"time\":");
    CHECK(empty.journal.load().empty());
}

TEST_CASE("any other damage is an error that names file and line", "[registry][journal]") {
    const std::string step =
        R"({"time":"2026-11-21T18:30:00Z","run":"0000000000000011","event":"step","step":"swap","state":"done"})";
    const std::string end =
        R"({"time":"2026-11-21T18:30:00Z","run":"0000000000000011","event":"end","outcome":"updated","verified":true})";
    const auto replaced = [&](const std::string& from, const std::string& to) {
        std::string text = step;
        return text.replace(text.find(from), from.size(), to);
    };
    const std::vector<std::string> wrongs{
        "",
        "not JSON",
        std::string(4096, '\0'),
        "[]",
        "{}",
        step.substr(0, step.size() - 1),
        replaced("2026-11-21", "2026-02-30"),
        replaced("\"swap\"", "\"swop\""),
        replaced("\"done\"", "1"),
        replaced("\"state\"", "\"extra\":1,\"state\""),
        replaced("\"state\"", "\"step\":\"swap\",\"state\""),
        replaced("0000000000000011", "0000000000000012"),
        replaced("0000000000000011", "../../../../../../"),
        end + "\n" + end,
    };
    for (const std::string& wrong : wrongs) {
        INFO(wrong);
        Diary diary;
        diary.journal.begin(facts(1));
        diary.add(wrong + "\n");
        const auto lines = static_cast<std::size_t>(std::count(wrong.begin(), wrong.end(), '\n')) + 2;
        const Error error = error_of([&] { (void)diary.journal.load(); });
        CHECK(error.code() == Code::invalid_data);
        REQUIRE(error.frames().size() == 1);
        CHECK(error.frames()[0] == "reading line " + std::to_string(lines) + " of " + diary.file.string());
    }
}

TEST_CASE("a run that begins twice, or was begun by a newer umsadm, is refused", "[registry][journal]") {
    Diary diary;
    diary.journal.begin(facts(1));
    diary.journal.begin(facts(1));
    CHECK(error_of([&] { (void)diary.journal.load(); }).message() == "the run \"0000000000000011\" begins twice");
    Diary newer;
    newer.add(R"({"time":"2026-11-21T18:30:00Z","run":"0000000000000011","event":"begin","schema":2,"what":1})"
              "\n");
    CHECK(error_of([&] { (void)newer.journal.load(); }).message().find("newer umsadm") != std::string::npos);
}
