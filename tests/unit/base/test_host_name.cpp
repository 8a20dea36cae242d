#include <catch2/catch.hpp>

#include "umsadm/base/host_name.hpp"

#include "unit/error_of.hpp"

using namespace umsadm;
using umsadm::test::error_of;

namespace {

HostName host(std::string_view text) { return HostName::parse(text); }

}  // namespace

TEST_CASE("a DNS name is kept in lower case", "[base][host]") {
    CHECK(host("ICG.Example.COM").typed() == "dns:icg.example.com");
    CHECK(host("localhost").typed() == "dns:localhost");
    CHECK(host("xn--mnchen-3ya.example").typed() == "dns:xn--mnchen-3ya.example");
    CHECK(host("1and1.example").kind() == HostName::Kind::dns);
    CHECK(host("10.0.0.5a").kind() == HostName::Kind::dns);
    CHECK(host("*.example.com").is_wildcard());
    CHECK_FALSE(host("a.example.com").is_wildcard());
    CHECK_NOTHROW(host(std::string(63, 'a') + ".example"));
    CHECK(host("a.example").ip_bytes().empty());
}

TEST_CASE("an address is kept in its canonical form", "[base][host]") {
    CHECK(host("10.0.0.5").typed() == "ip:10.0.0.5");
    CHECK(host("2001:DB8:0:0:0:0:0:1").typed() == "ip:2001:db8::1");
    CHECK(host("[::1]").typed() == "ip:::1");
    CHECK(host("::ffff:10.0.0.5").typed() == "ip:::ffff:10.0.0.5");
    CHECK(host("10.0.0.5").ip_bytes() == Bytes{10, 0, 0, 5});
    CHECK(host("::1").ip_bytes().size() == 16);
    CHECK(HostName::from_ip_bytes(Bytes{127, 0, 0, 1}) == host("127.0.0.1"));
    CHECK(HostName::from_ip_bytes(host("2001:db8::1").ip_bytes()) == host("2001:db8::1"));
    CHECK(error_of([] { (void)HostName::from_ip_bytes(Bytes(8)); }).code() == Code::invalid_data);
    CHECK(error_of([] { (void)HostName::from_ip_bytes({}); }).code() == Code::invalid_data);
}

TEST_CASE("what is neither a DNS name nor an address is refused", "[base][host]") {
    for (const std::string& bad : {std::string(),
                                   std::string("."),
                                   std::string("a."),
                                   std::string(".a"),
                                   std::string("a..b"),
                                   std::string("-a"),
                                   std::string("a-"),
                                   std::string("a_b"),
                                   std::string("a b"),
                                   std::string("*"),
                                   std::string("*."),
                                   std::string("a.*.b"),
                                   std::string("*a.b"),
                                   std::string("**.b"),
                                   std::string("*.*.b"),
                                   std::string("10.0.0"),
                                   std::string("10.0.0.256"),
                                   std::string("010.0.0.1"),
                                   std::string("1.2.3.4.5"),
                                   std::string("*.10.0.0.5"),
                                   std::string("12345"),
                                   std::string(":"),
                                   std::string("::1%eth0"),
                                   std::string("fe80::g"),
                                   std::string("[::1"),
                                   std::string("[a.example]"),
                                   std::string("a.example:443"),
                                   std::string("https://a"),
                                   std::string("m\xc3\xbcnchen.example"),
                                   std::string("a\0b", 3),
                                   std::string("10.0.0.5\0", 9),
                                   std::string(64, 'a'),
                                   std::string(200, 'a') + "." + std::string(60, 'b')}) {
        INFO(bad);
        CHECK(error_of([&] { (void)HostName::parse(bad); }).code() == Code::usage);
    }
    CHECK(error_of([] { (void)HostName::parse("m\xc3\xbcnchen"); }).hint().find("xn--") != std::string::npos);
}

TEST_CASE("brackets belong to IPv6 addresses only", "[base][host]") {
    CHECK(error_of([] { (void)HostName::parse("[10.0.0.5]"); }).code() == Code::usage);
}

TEST_CASE("a DNS name may have 253 characters", "[base][host]") {
    const std::string label(49, 'a');
    const std::string name = label + "." + label + "." + label + "." + label + "." + label;  // 249
    CHECK_NOTHROW(host(name + ".com"));
    CHECK_THROWS_AS(host(name + ".comm"), Error);
}

TEST_CASE("a wildcard covers exactly one label", "[base][host]") {
    CHECK(host("*.example.com").covers(host("a.example.com")));
    CHECK(host("*.example.com").covers(host("*.example.com")));
    CHECK_FALSE(host("*.example.com").covers(host("example.com")));
    CHECK_FALSE(host("*.example.com").covers(host("a.b.example.com")));
    CHECK_FALSE(host("*.example.com").covers(host("*.a.example.com")));
    CHECK_FALSE(host("*.example.com").covers(host("aexample.com")));
    CHECK_FALSE(host("a.example.com").covers(host("*.example.com")));
    CHECK(host("a.example.com").covers(host("A.example.com")));
}

TEST_CASE("an address covers only itself", "[base][host]") {
    CHECK(host("10.0.0.5").covers(host("10.0.0.5")));
    CHECK(host("2001:db8::1").covers(host("2001:db8:0::1")));
    CHECK_FALSE(host("10.0.0.5").covers(host("::ffff:10.0.0.5")));
    CHECK_FALSE(host("*.example").covers(host("10.0.0.5")));
}

TEST_CASE("a list of hosts drops blanks, empty parts and repetitions", "[base][host]") {
    const auto hosts = parse_host_list(" a.example ; 10.0.0.5;;A.EXAMPLE; ");
    CHECK(join_hosts(hosts) == "a.example;10.0.0.5");
    CHECK(parse_host_list("").empty());
    CHECK(parse_host_list(join_hosts(hosts)) == hosts);
    CHECK(error_of([] { (void)parse_host_list("a.example;b_c"); }).message().find("\"b_c\"") == 0);
    CHECK(any_covers(hosts, host("10.0.0.5")));
    CHECK_FALSE(any_covers(hosts, host("10.0.0.6")));
    CHECK_FALSE(any_covers({}, host("a.example")));
}
