#include <chrono>
#include <csignal>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "umsadm/base/file_lock.hpp"

#include "unit/error_of.hpp"
#include "unit/temp_folder.hpp"

using namespace umsadm;
using namespace std::chrono_literals;
using umsadm::test::error_of;
using umsadm::test::TempFolder;

TEST_CASE("a lock is held until it goes, and names who is busy", "[base][lock]") {
    const TempFolder temp;
    {
        const FileLock lock(temp / "lock", "the site", Deadline::in(0ms));
        const auto start = std::chrono::steady_clock::now();
        const Error error = error_of([&] { FileLock(temp / "lock", "the site", Deadline::in(120ms)); });
        const auto waited = std::chrono::steady_clock::now() - start;
        CHECK(error.code() == Code::busy);
        CHECK(error.message() == "another umsadm is working on the site");
        CHECK(waited >= 120ms);
        CHECK(waited < 5s);
        // Another descriptor of the file that is closed must not drop the lock, as it would with POSIX locks.
        ::close(::open((temp / "lock").c_str(), O_RDWR));
        CHECK_THROWS_AS(FileLock(temp / "lock", "the site", Deadline::in(0ms)), Error);
    }
    CHECK_NOTHROW(FileLock(temp / "lock", "the site", Deadline::in(0ms)));
    CHECK(std::filesystem::exists(temp / "lock"));
}

TEST_CASE("a holder that was killed leaves no lock", "[base][lock]") {
    const TempFolder temp;
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const FileLock lock(temp / "lock", "x", Deadline::in(0ms));
        (void)!::write(ready[1], "x", 1);
        ::pause();
        ::_exit(0);
    }
    char byte = 0;
    REQUIRE(::read(ready[0], &byte, 1) == 1);
    CHECK(error_of([&] { FileLock(temp / "lock", "x", Deadline::in(0ms)); }).code() == Code::busy);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    CHECK_NOTHROW(FileLock(temp / "lock", "x", Deadline::in(0ms)));
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST_CASE("who waits for a lock can be interrupted, and a link is no lock", "[base][lock]") {
    const TempFolder temp;
    const FileLock lock(temp / "lock", "x", Deadline::in(0ms));
    Cancellation cancellation;
    cancellation.request();
    CHECK(error_of([&] { FileLock(temp / "lock", "x", Deadline::in(1h, &cancellation)); }).code() == Code::interrupted);
    REQUIRE(::symlink((temp / "elsewhere").c_str(), (temp / "link").c_str()) == 0);
    CHECK(error_of([&] { FileLock(temp / "link", "x", Deadline::in(0ms)); }).code() == Code::failed);
    CHECK_FALSE(std::filesystem::exists(temp / "elsewhere"));
}
