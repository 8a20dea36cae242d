#include <catch2/catch.hpp>

#include "umsadm/registry/jump.hpp"

using namespace umsadm;

namespace {

JumpHop only_hop(const char* text) {
    const auto hops = parse_jump(text);
    REQUIRE(hops);
    REQUIRE(hops->size() == 1);
    return hops->front();
}

}  // namespace

TEST_CASE("a jump host has a user, a host and a port, or less", "[registry][jump]") {
    CHECK(only_hop("host") == JumpHop{std::nullopt, "host", std::nullopt});
    CHECK(only_hop("host:2222") == JumpHop{std::nullopt, "host", std::uint16_t{2222}});
    CHECK(only_hop("user@host") == JumpHop{"user", "host", std::nullopt});
    CHECK(only_hop("user@10.0.0.1:22") == JumpHop{"user", "10.0.0.1", std::uint16_t{22}});
    CHECK(only_hop("user@[::1]:22") == JumpHop{"user", "::1", std::uint16_t{22}});
    CHECK(only_hop("[fe80::1]") == JumpHop{std::nullopt, "fe80::1", std::nullopt});
    CHECK(only_hop("user@fe80::1") == JumpHop{"user", "fe80::1", std::nullopt});
    CHECK(only_hop("user@ad.example@host") == JumpHop{"user@ad.example", "host", std::nullopt});
}

TEST_CASE("several jump hosts are passed one after the other, and none is none", "[registry][jump]") {
    const auto hops = parse_jump("first,user@second:2222");
    REQUIRE(hops);
    CHECK(*hops ==
          std::vector<JumpHop>{{std::nullopt, "first", std::nullopt}, {"user", "second", std::uint16_t{2222}}});
    CHECK(parse_jump("none")->empty());
    CHECK(parse_jump("None")->empty());
}

TEST_CASE("what is no jump host is refused", "[registry][jump]") {
    for (const char* text :
         {"", "@host", "user@", "host:", "host:0", "host:70000", "host:22x", "-oX", "user@-oX", "first,,second",
          "first,", "first, second", "[::1", "[]", "[::1]22", "ho\nst", "-u@host"}) {
        INFO(text);
        CHECK_FALSE(parse_jump(text));
    }
}
