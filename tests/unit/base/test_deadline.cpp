#include <chrono>
#include <functional>
#include <thread>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/unique_fd.hpp"

#include "unit/error_of.hpp"

using namespace umsadm;
using namespace std::chrono_literals;
using umsadm::test::error_of;

namespace {

struct Pipe {
    Pipe() {
        int fds[2];
        REQUIRE(::pipe(fds) == 0);
        read = UniqueFd(fds[0]);
        write = UniqueFd(fds[1]);
    }
    UniqueFd read;
    UniqueFd write;
};

std::chrono::nanoseconds time_of(const std::function<void()>& function) {
    const auto start = std::chrono::steady_clock::now();
    function();
    return std::chrono::steady_clock::now() - start;
}

}  // namespace

TEST_CASE("a deadline counts down and not below zero", "[base][deadline]") {
    CHECK(Deadline::in(-1s).passed());
    CHECK(Deadline::in(-1s).remaining() == 0ms);
    const Deadline later = Deadline::in(1h);
    CHECK_FALSE(later.passed());
    CHECK(later.remaining() > 59min);
    CHECK(later.at_most(1min).remaining() <= 1min);
    CHECK(later.at_most(2h).remaining() <= 1h);
}

TEST_CASE("wait_ready sees what is ready and else waits until the deadline", "[base][deadline]") {
    const Pipe pipe;
    CHECK(wait_ready(pipe.write.get(), Ready::write, Deadline::in(0ms)));
    CHECK(time_of([&] { CHECK_FALSE(wait_ready(pipe.read.get(), Ready::read, Deadline::in(300ms))); }) >= 300ms);
    REQUIRE(::write(pipe.write.get(), "x", 1) == 1);
    CHECK(wait_ready(pipe.read.get(), Ready::read, Deadline::in(0ms)));
}

TEST_CASE("a wait ends soon after an interruption, also one from another thread", "[base][deadline]") {
    const Pipe pipe;
    Cancellation cancellation;
    const Deadline deadline = Deadline::in(1h, &cancellation);
    std::thread user([&] {
        std::this_thread::sleep_for(50ms);
        cancellation.request();
    });
    CHECK(time_of([&] {
              CHECK(error_of([&] { wait_ready(pipe.read.get(), Ready::read, deadline); }).code() == Code::interrupted);
          }) < 2s);
    user.join();
    CHECK(error_of([&] { sleep_for(1h, deadline); }).code() == Code::interrupted);
    CHECK(error_of([&] { sleep_for(1h, deadline.at_most(1min)); }).code() == Code::interrupted);
    CHECK(deadline.at_most(1s).cancellation() == &cancellation);
}

TEST_CASE("sleep_for sleeps as long as asked, but not beyond the deadline", "[base][deadline]") {
    CHECK(time_of([] { sleep_for(30ms, Deadline::in(1h)); }) >= 30ms);
    CHECK(time_of([] { sleep_for(1h, Deadline::in(30ms)); }) < 5s);
}

TEST_CASE("a descriptor is closed once, by its last owner", "[base][fd]") {
    Pipe pipe;
    const int number = pipe.read.get();
    UniqueFd other = std::move(pipe.read);
    CHECK_FALSE(pipe.read);  // NOLINT: what a move leaves behind is the point
    CHECK(other.get() == number);
    other = UniqueFd();
    CHECK(::fcntl(number, F_GETFD) == -1);
    const int released = pipe.write.release();
    CHECK(::close(released) == 0);
}
