#include <catch2/catch.hpp>

#include "umsadm/jobs/rollout_schedule.hpp"

using namespace umsadm;

namespace {

using Verdict = RolloutVerdict;

std::vector<std::string> without_groups(std::size_t count) { return std::vector<std::string>(count); }

// All that may begin now.
std::vector<std::size_t> start_all(RolloutSchedule& schedule) {
    std::vector<std::size_t> started;
    while (const auto next = schedule.next()) started.push_back(*next);
    return started;
}

}  // namespace

TEST_CASE("so many run at the same time, in the order of the rollout", "[jobs][rollout]") {
    RolloutSchedule schedule(without_groups(5), {.jobs = 2});
    CHECK(start_all(schedule) == std::vector<std::size_t>{0, 1});
    schedule.ended(1, Verdict::verified);
    CHECK(start_all(schedule) == std::vector<std::size_t>{2});
    schedule.ended(0, Verdict::failed);
    schedule.ended(2, Verdict::verified);
    CHECK(start_all(schedule) == std::vector<std::size_t>{3, 4});
    CHECK_FALSE(schedule.over());
    schedule.ended(3, Verdict::verified);
    schedule.ended(4, Verdict::verified);
    CHECK(schedule.over());
    CHECK(schedule.failures() == 1);
    CHECK(schedule.stop_reason().empty());
}

TEST_CASE("nothing at all is over at once, and no jobs means one", "[jobs][rollout]") {
    CHECK(RolloutSchedule({}, {.jobs = 4}).over());
    RolloutSchedule schedule(without_groups(2), {.jobs = 0});
    CHECK(start_all(schedule) == std::vector<std::size_t>{0});
}

TEST_CASE("the rest follows when the whole canary was verified", "[jobs][rollout]") {
    RolloutSchedule schedule(without_groups(5), {.jobs = 4, .canary = 2});
    CHECK(start_all(schedule) == std::vector<std::size_t>{0, 1});
    schedule.ended(1, Verdict::verified);
    CHECK(start_all(schedule).empty());
    schedule.ended(0, Verdict::verified);
    CHECK(start_all(schedule) == std::vector<std::size_t>{2, 3, 4});
}

TEST_CASE("a canary that was not verified stops the rest", "[jobs][rollout]") {
    for (const Verdict verdict : {Verdict::failed, Verdict::unverified}) {
        RolloutSchedule schedule(without_groups(4), {.jobs = 1, .canary = 2});
        CHECK(start_all(schedule) == std::vector<std::size_t>{0});
        schedule.ended(0, verdict);
        CHECK(start_all(schedule).empty());
        CHECK(schedule.over());
        CHECK(schedule.stop_reason() == "a gateway of the canary was not verified");
    }
}

TEST_CASE("a gateway with nothing to do is no canary: the next one takes its place", "[jobs][rollout]") {
    RolloutSchedule schedule(without_groups(4), {.jobs = 4, .canary = 1});
    CHECK(start_all(schedule) == std::vector<std::size_t>{0});
    schedule.ended(0, Verdict::idle);
    CHECK(start_all(schedule) == std::vector<std::size_t>{1});
    schedule.ended(1, Verdict::verified);
    CHECK(start_all(schedule) == std::vector<std::size_t>{2, 3});

    RolloutSchedule all_idle(without_groups(2), {.jobs = 4, .canary = 1});
    CHECK(start_all(all_idle) == std::vector<std::size_t>{0});
    all_idle.ended(0, Verdict::idle);
    CHECK(start_all(all_idle) == std::vector<std::size_t>{1});
    all_idle.ended(1, Verdict::idle);
    CHECK(all_idle.over());
    CHECK(all_idle.stop_reason().empty());
}

TEST_CASE("a canary of more than there are is all of them", "[jobs][rollout]") {
    RolloutSchedule schedule(without_groups(2), {.jobs = 1, .canary = 9});
    CHECK(start_all(schedule) == std::vector<std::size_t>{0});
    schedule.ended(0, Verdict::verified);
    CHECK(start_all(schedule) == std::vector<std::size_t>{1});
    schedule.ended(1, Verdict::verified);
    CHECK(schedule.over());
}

TEST_CASE("after so many failures nothing new begins, and what runs is waited for", "[jobs][rollout]") {
    RolloutSchedule schedule(without_groups(6), {.jobs = 3, .max_failures = 2});
    start_all(schedule);
    schedule.ended(0, Verdict::failed);
    CHECK(start_all(schedule) == std::vector<std::size_t>{3});
    schedule.ended(1, Verdict::failed);
    CHECK(start_all(schedule).empty());
    CHECK_FALSE(schedule.over());
    schedule.ended(2, Verdict::verified);
    schedule.ended(3, Verdict::failed);
    CHECK(schedule.over());
    CHECK(schedule.stop_reason() == "2 gateways failed");
}

TEST_CASE("two of a group never run at the same time", "[jobs][rollout]") {
    RolloutSchedule schedule({"pair", "pair", "", "", "other"}, {.jobs = 5});
    CHECK(start_all(schedule) == std::vector<std::size_t>{0, 2, 3, 4});
    schedule.ended(2, Verdict::verified);
    CHECK(start_all(schedule).empty());
    schedule.ended(0, Verdict::failed);
    CHECK(start_all(schedule) == std::vector<std::size_t>{1});
}

TEST_CASE("stopping keeps the first reason", "[jobs][rollout]") {
    RolloutSchedule schedule(without_groups(3), {.jobs = 1, .max_failures = 1});
    start_all(schedule);
    schedule.stop("interrupted");
    schedule.ended(0, Verdict::failed);
    CHECK(start_all(schedule).empty());
    CHECK(schedule.over());
    CHECK(schedule.stop_reason() == "interrupted");
}
