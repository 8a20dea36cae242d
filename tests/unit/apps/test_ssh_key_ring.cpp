#include <atomic>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"

#include "apps/umsadm/ssh_key_ring.hpp"

using namespace umsadm;
using namespace umsadm::app;

namespace {

// Ed25519, made by ssh-keygen for this test.
constexpr const char* k_key =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n"
    "QyNTUxOQAAACAUJvbwiiDUm5bF6gto+F9zjGHqzbWcK7jAyfiVtcnC1gAAAIjIZGq8yGRq\n"
    "vAAAAAtzc2gtZWQyNTUxOQAAACAUJvbwiiDUm5bF6gto+F9zjGHqzbWcK7jAyfiVtcnC1g\n"
    "AAAEC2PjcC6DEZA574H0Qmf/sGN6MwJdD5KNvFqXFvV3NDXRQm9vCKINSblsXqC2j4X3OM\n"
    "YerNtZwruMDJ+JW1ycLWAAAAAAECAwQF\n"
    "-----END OPENSSH PRIVATE KEY-----\n";

}  // namespace

TEST_CASE("a key is read once, however many ask for it at the same time", "[apps][ssh_key_ring]") {
    SshKeyRing ring;
    std::atomic<int> loads{0};
    std::vector<std::thread> askers;
    for (int i = 0; i < 8; ++i) {
        askers.emplace_back([&] {
            ring.get("id", [&] {
                ++loads;
                return SshKey::parse("id", as_bytes(k_key), nullptr);
            });
        });
    }
    for (std::thread& asker : askers) asker.join();
    CHECK(loads == 1);
    CHECK(ring.get("id", []() -> SshKey { throw Error(Code::failed, "read again"); }).type() == "ssh-ed25519");
}

TEST_CASE("a key that could not be read is tried by the next one", "[apps][ssh_key_ring]") {
    SshKeyRing ring;
    CHECK_THROWS_AS(ring.get("id", []() -> SshKey { throw Error(Code::failed, "no such file"); }), Error);
    CHECK(ring.get("id", [] { return SshKey::parse("id", as_bytes(k_key), nullptr); }).name() == "id");
}
