// What a ByteChannel hands over at once, for both kinds of it.
#include <chrono>
#include <thread>

#include <catch2/catch.hpp>

#include "lib/remote/host_key_check.hpp"
#include "lib/remote/local_process.hpp"
#include "lib/remote/ssh_channel.hpp"
#include "lib/remote/ssh_login.hpp"
#include "unit/remote/sshd_fixture.hpp"

using namespace umsadm;
using namespace umsadm::remote;
using namespace umsadm::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t k_some = 128U * 1024;

// Prints on both streams until it is given up.
const std::string k_flood = "yes & yes >&2; wait";

void check_pieces(ByteChannel& channel) {
    const Deadline deadline = Deadline::in(10s);
    for (int i = 0; i < 3; ++i) {
        std::this_thread::sleep_for(300ms);  // a reader that is slower than the printer
        Bytes out;
        Bytes err;
        const auto moved = channel.exchange({}, out, err, deadline);
        CHECK_FALSE(moved.ended);
        CHECK(out.size() + err.size() > 0);
        CHECK(out.size() <= k_some);
        CHECK(err.size() <= k_some);
    }
    channel.abandon();
}

}  // namespace

TEST_CASE("a channel hands over endless output in pieces", "[remote][channel]") {
    SECTION("of a process on this machine") {
        const auto process = start_process({"/bin/sh", "-c", k_flood});
        check_pieces(*process);
    }
    SECTION("of a command over SSH") {
        if (const auto reason = why_no_sshd()) {
            WARN("skipped: " << *reason);
            return;
        }
        const Sshd sshd;
        SshTarget target = sshd.target("root");
        target.login.keys = {load_key(sshd.add_key("id_channel", "-t ed25519 -N ''"))};
        const Deadline deadline = Deadline::in(10s);
        const auto session = connect_verified(target);
        log_in(*session, target.login, "here", deadline);
        const auto channel = open_exec_channel(session, k_flood, deadline);
        check_pieces(*channel);
    }
}
