#include <catch2/catch.hpp>

#include "apps/umsadm/option_values.hpp"
#include "unit/error_of.hpp"

using namespace umsadm;
using namespace umsadm::app;
using umsadm::test::error_of;

namespace {

template <typename T>
T value_of(const std::string& text) {
    T value{};
    into(value).read(text);
    return value;
}

}  // namespace

TEST_CASE("a number is read whole or not at all", "[apps][option_values]") {
    CHECK(value_of<int>("-7") == -7);
    CHECK(value_of<std::uint32_t>("0") == 0);
    CHECK(value_of<std::uint32_t>("4294967295") == 4294967295U);
    for (const char* const text : {"", " 1", "1 ", "+1", "1.0", "0x10", "1e3", "99999999999999999999", "one"}) {
        CAPTURE(text);
        CHECK(error_of([&] { value_of<int>(text); }).code() == Code::usage);
    }
    CHECK_THROWS_AS(value_of<std::uint32_t>("-1"), Error);
}

TEST_CASE("a port is a number from 1 to 65535", "[apps][option_values]") {
    CHECK(value_of<std::uint16_t>("1") == 1);
    CHECK(value_of<std::uint16_t>("65535") == 65535);
    CHECK_THROWS_AS(value_of<std::uint16_t>("0"), Error);
    CHECK(std::string(error_of([] { value_of<std::uint16_t>("65536"); }).what()) ==
          "\"65536\" is not a number from 1 to 65535");
}

TEST_CASE("into_number keeps the old value when the new one is out of range", "[apps][option_values]") {
    int days = 30;
    const ValueReader reader = into_number(days, 1, 365);
    CHECK_THROWS_AS(reader.read("366"), Error);
    CHECK_THROWS_AS(reader.read("0"), Error);
    CHECK(days == 30);
    reader.read("365");
    CHECK(days == 365);
}

TEST_CASE("an option that was not given stays unset, a repeatable one collects", "[apps][option_values]") {
    std::optional<std::uint16_t> port;
    const ValueReader once = into(port);
    CHECK_FALSE(once.repeatable);
    CHECK_FALSE(port.has_value());
    once.read("8443");
    CHECK(port == std::uint16_t{8443});

    std::vector<std::string> hosts;
    const ValueReader repeatable = into(hosts);
    CHECK(repeatable.repeatable);
    repeatable.read("a");
    repeatable.read("b");
    CHECK(hosts == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a word that is none of the choices is answered with all of them", "[apps][option_values]") {
    CHECK(value_of<HealthRule>("require") == HealthRule::require);
    CHECK(value_of<ProbePath>("ssh") == ProbePath::ssh);
    CHECK(std::string(error_of([] { value_of<HealthRule>("Auto"); }).what()) ==
          "\"Auto\" is not one of auto, require, off");
}

TEST_CASE("labels collect, each key once, and a value may hold what it likes", "[apps][option_values]") {
    Labels labels;
    const ValueReader reader = into(labels);
    CHECK(reader.repeatable);
    reader.read("site=Berlin");
    reader.read("query=a=b");
    reader.read("ring=");
    CHECK(labels == Labels{{"query", "a=b"}, {"ring", ""}, {"site", "Berlin"}});
    for (const char* const text : {"site", "=Berlin", "", "site=Hamburg"}) {
        CAPTURE(text);
        CHECK(error_of([&] { reader.read(text); }).code() == Code::usage);
    }
}

TEST_CASE("a path must not be empty", "[apps][option_values]") {
    CHECK(value_of<Path>("a b") == Path("a b"));
    CHECK(error_of([] { value_of<Path>(""); }).code() == Code::usage);
}
