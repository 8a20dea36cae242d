#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "unit/remote/sshd_fixture.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

struct World {
    Sshd sshd;
    SshKey key = load_key(sshd.add_key("id_keys", "-t ed25519 -N ''"));

    SshTarget target(const HostKeyPolicy& policy) const {
        SshTarget target = sshd.target("root");
        target.login.keys = {key};
        target.host_keys = policy;
        return target;
    }
    std::string known(const std::string& type, const std::string& marker = "") const {
        return fmt::format("{}[127.0.0.1]:{} {}\n", marker, sshd.port(), sshd.public_key(type));
    }
};

const World& world() {
    static const World one;
    return one;
}

bool connects(const HostKeyPolicy& policy) {
    return connect_ssh(world().target(policy))->run({.script = "true"}).exit_status == 0;
}

Error refusal(const HostKeyPolicy& policy) {
    const Error error = error_of([&] { connect_ssh(world().target(policy)); });
    CHECK(error.code() == Code::host_key);
    return error;
}

constexpr const char* k_wrong_pin = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

}  // namespace

TEST_CASE("a pinned host key is accepted whatever its type", "[remote][host-key]") {
    if (cannot_run()) return;
    CHECK(connects({.pinned = {world().sshd.fingerprint("ed25519")}}));
    CHECK(connects({.pinned = {world().sshd.fingerprint("ecdsa")}}));
    CHECK(connects({.pinned = {k_wrong_pin, world().sshd.fingerprint("ed25519")}}));
    CHECK(connects({.pinned = {world().sshd.fingerprint("ed25519")}, .known_hosts = {"garbage"}}));
}

TEST_CASE("a known host key is accepted and its type asked for", "[remote][host-key]") {
    if (cannot_run()) return;
    CHECK(connects({.known_hosts = {world().known("ed25519")}}));
    CHECK(connects({.known_hosts = {"", world().known("ecdsa")}}));
    CHECK(connects({.known_hosts = {fmt::format("127.0.0.1 {}", world().sshd.public_key())}}));
}

TEST_CASE("an unknown host key is refused with its fingerprint", "[remote][host-key]") {
    if (cannot_run()) return;
    const Error error = refusal({});
    CHECK_THAT(error.message(), Catch::Contains(world().sshd.fingerprint()));
    CHECK_THAT(error.hint(), Catch::Contains("--host-key"));
}

TEST_CASE("a changed host key is refused with both fingerprints, before any login", "[remote][host-key]") {
    if (cannot_run()) return;
    const Sshd other;
    const auto before = world().sshd.log().size();
    const Error pinned = refusal({.pinned = {k_wrong_pin}});
    CHECK_THAT(pinned.message(), Catch::Contains("HAS CHANGED") && Catch::Contains(k_wrong_pin) &&
                                     Catch::Contains(world().sshd.fingerprint()));
    const Error known =
        refusal({.known_hosts = {fmt::format("[127.0.0.1]:{} {}\n", world().sshd.port(), other.public_key())}});
    CHECK_THAT(known.message(), Catch::Contains("HAS CHANGED") && Catch::Contains(other.fingerprint()) &&
                                    Catch::Contains(world().sshd.fingerprint()));
    CHECK_THAT(world().sshd.log().substr(before), !Catch::Contains("for root"));
}

TEST_CASE("a revoked host key is refused even where it is pinned", "[remote][host-key]") {
    if (cannot_run()) return;
    const std::string revoked = world().known("ed25519", "@revoked ");
    CHECK_THAT(refusal({.pinned = {world().sshd.fingerprint()}, .known_hosts = {revoked}}).message(),
               Catch::Contains("revoked"));
    CHECK_THAT(refusal({.known_hosts = {world().known("ed25519"), revoked}}).message(), Catch::Contains("revoked"));
}

TEST_CASE("a key of another type than the known one is not accepted", "[remote][host-key]") {
    if (cannot_run()) return;
    CHECK_THAT(refusal({.known_hosts = {world().known("rsa")}}).message(), Catch::Contains("another type"));
}

TEST_CASE("a server with only an RSA host key is told what to do", "[remote][host-key]") {
    if (cannot_run()) return;
    const TempFolder folder;
    REQUIRE(shell(fmt::format("ssh-keygen -q -t rsa -N '' -f {}/rsa", folder.path().string())).status == 0);
    const Sshd sshd({fmt::format("HostKey {}/rsa", folder.path().string())});
    const Error error = error_of([&] { connect_ssh(sshd.target("root")); });
    CHECK(error.code() == Code::unreachable);
    CHECK_THAT(error.message(), Catch::Contains("RSA host key"));
    CHECK_THAT(error.hint(), Catch::Contains("ed25519"));
}

TEST_CASE("fetch_host_key shows the ed25519 key of a server", "[remote][host-key]") {
    if (cannot_run()) return;
    const HostKey key =
        fetch_host_key({"127.0.0.1", world().sshd.port()}, dial_directly, Deadline::in(std::chrono::seconds(5)));
    CHECK(key.type == "ssh-ed25519");
    CHECK(key.fingerprint == world().sshd.fingerprint());
}
