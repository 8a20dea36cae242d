#include <fstream>
#include <thread>

#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/registry/rollout_record.hpp"

#include "unit/error_of.hpp"
#include "unit/temp_folder.hpp"

using namespace umsadm;
using umsadm::test::error_of;
using umsadm::test::TempFolder;

namespace {

constexpr UtcTime k_start{std::chrono::seconds(1'800'000'000)};
const Clock k_clock = [] { return k_start + std::chrono::minutes(1); };
const std::string k_digits(64, 'a');

Rollout rollout(std::string run, const std::vector<std::string>& gateways) {
    Rollout rollout{std::move(run), k_start, "anna@console", {}};
    for (const std::string& gateway : gateways) rollout.members.push_back({gateway, {}, {}});
    return rollout;
}

std::vector<std::string> names_of(const std::vector<RolloutMember>& members) {
    std::vector<std::string> names;
    for (const RolloutMember& member : members) names.push_back(member.gateway);
    return names;
}

void append(const Site& site, const std::string& text) {
    std::ofstream(site.rollouts(), std::ios::app | std::ios::binary) << text;
}

}  // namespace

TEST_CASE("what failed or never started is left of a rollout, in its order", "[registry][rollout]") {
    const TempFolder folder;
    const Site site = Site::create(folder.path() / "site");
    RolloutRecord record(site, k_clock);
    CHECK_FALSE(record.newest());
    Rollout begun = rollout("00000000000000aa", {"a", "b", "c", "d", "e", "f", "g"});
    begun.members[1].certificate = Fingerprint::parse(k_digits);
    record.begin(begun);
    record.end(begun.run, "a", RunOutcome::updated);
    record.end(begun.run, "b", RunOutcome::failed);
    record.end(begun.run, "c", RunOutcome::restored);
    record.end(begun.run, "d", RunOutcome::already_current);
    record.end(begun.run, "e", RunOutcome::not_started);
    record.end(begun.run, "f", RunOutcome::skipped);

    const auto newest = record.newest();
    REQUIRE(newest);
    CHECK(newest->run == begun.run);
    CHECK(newest->started == k_start);
    CHECK(newest->user == "anna@console");
    CHECK(newest->members.size() == 7);
    CHECK(names_of(newest->left()) == std::vector<std::string>{"b", "c", "e", "g"});
    CHECK(newest->left().front().certificate == Fingerprint::parse(k_digits));

    // Taken up again: the last line about a gateway counts.
    record.end(begun.run, "b", RunOutcome::updated);
    CHECK(names_of(record.newest()->left()) == std::vector<std::string>{"c", "e", "g"});
}

TEST_CASE("the newest rollout counts, whatever still ends of an older one", "[registry][rollout]") {
    const TempFolder folder;
    const Site site = Site::create(folder.path() / "site");
    RolloutRecord record(site, k_clock);
    record.begin(rollout("00000000000000aa", {"a", "b"}));
    record.begin(rollout("00000000000000bb", {"b"}));
    record.end("00000000000000aa", "b", RunOutcome::updated);
    CHECK(names_of(record.newest()->left()) == std::vector<std::string>{"b"});
}

TEST_CASE("gateways that end at the same time each have their line", "[registry][rollout]") {
    const TempFolder folder;
    const Site site = Site::create(folder.path() / "site");
    std::vector<std::string> names;
    for (int i = 0; i < 40; ++i) names.push_back("g" + std::to_string(i));
    RolloutRecord record(site, k_clock);
    record.begin(rollout("00000000000000aa", names));
    std::vector<std::thread> workers;
    for (int worker = 0; worker < 8; ++worker) {
        workers.emplace_back([&, worker] {
            for (int i = worker; i < 40; i += 8) {
                RolloutRecord(site, k_clock)
                    .end("00000000000000aa", names[static_cast<std::size_t>(i)], RunOutcome::updated);
            }
        });
    }
    for (std::thread& worker : workers) worker.join();
    CHECK(record.newest()->left().empty());
}

TEST_CASE("a line that a crash cut off was never written, a damaged one is refused", "[registry][rollout]") {
    const TempFolder folder;
    const Site site = Site::create(folder.path() / "site");
    RolloutRecord record(site, k_clock);
    record.begin(rollout("00000000000000aa", {"a"}));
    append(site, R"({"time":"2027-01-15T08:01:00Z","run":"00000000000000aa","event":"end","gateway":"a","outc)");
    CHECK(names_of(record.newest()->left()) == std::vector<std::string>{"a"});
    record.end("00000000000000aa", "a", RunOutcome::updated);
    CHECK(record.newest()->left().empty());

    for (const char* const line :
         {R"({"time":"2027-01-15T08:01:00Z","run":"00000000000000aa","event":"end","gateway":"a","outcome":"fine"})",
          R"({"time":"2027-01-15T08:01:00Z","run":"00000000000000aa","event":"step"})",
          R"({"time":"2027-01-15T08:01:00Z","run":"00000000000000bb","event":"begin","schema":1,"user":"u",)"
          R"("gateways":["a"],"certificates":{"b":"x"}})"}) {
        CAPTURE(line);
        const TempFolder other;
        const Site damaged = Site::create(other.path() / "site");
        append(damaged, std::string(line) + "\n");
        const Error error = error_of([&] { RolloutRecord(damaged, k_clock).newest(); });
        CHECK(error.code() == Code::invalid_data);
        CHECK(error.frames().front().find("rollouts.jsonl") != std::string::npos);
    }
}
