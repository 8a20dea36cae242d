#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "apps/umsadm/in_parallel.hpp"

using namespace umsadm::app;

namespace {

// How many are in the work at the same time, at most.
class Gauge {
public:
    void enter() {
        const std::lock_guard lock(m_mutex);
        m_most = std::max(m_most, ++m_now);
    }
    void leave() {
        const std::lock_guard lock(m_mutex);
        --m_now;
    }
    std::size_t most() const { return m_most; }

private:
    std::mutex m_mutex;
    std::size_t m_now = 0;
    std::size_t m_most = 0;
};

void wait_a_little() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

}  // namespace

TEST_CASE("in_parallel does each piece of work once", "[apps][parallel]") {
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{3}, 3 * k_most_at_once + 1}) {
        std::vector<std::atomic<int>> done(count);
        in_parallel(count, [&](std::size_t i) { ++done[i]; });
        CHECK(std::all_of(done.begin(), done.end(), [](const std::atomic<int>& times) { return times == 1; }));
    }
}

TEST_CASE("in_parallel works on several pieces at a time, never on more than it may", "[apps][parallel]") {
    Gauge gauge;
    in_parallel(3 * k_most_at_once, [&](std::size_t) {
        gauge.enter();
        wait_a_little();
        gauge.leave();
    });
    CHECK(gauge.most() > 1);
    CHECK(gauge.most() <= k_most_at_once);
}

TEST_CASE("in_parallel works on no more pieces at a time than it is told", "[apps][parallel]") {
    for (const std::size_t at_once : {std::size_t{1}, std::size_t{3}}) {
        Gauge gauge;
        in_parallel(
            10,
            [&](std::size_t) {
                gauge.enter();
                wait_a_little();
                gauge.leave();
            },
            at_once);
        CHECK(gauge.most() <= at_once);
    }
    CHECK(processors() >= 1);
}

TEST_CASE("in_parallel throws what the work threw, after all have ended, and begins nothing more", "[apps][parallel]") {
    std::atomic<std::size_t> begun{0};
    std::atomic<std::size_t> ended{0};
    const std::size_t count = 10 * k_most_at_once;
    CHECK_THROWS_AS(in_parallel(count,
                                [&](std::size_t i) {
                                    ++begun;
                                    if (i == 1) throw std::runtime_error("the second one");
                                    wait_a_little();
                                    ++ended;
                                }),
                    std::runtime_error);
    CHECK(begun < count);
    CHECK(ended == begun - 1);
}
