#include <cerrno>
#include <set>

#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/finding.hpp"

#include "unit/error_of.hpp"

using namespace umsadm;
using umsadm::test::error_of;

TEST_CASE("every code has a text of its own", "[base][error]") {
    std::set<std::string_view> names;
    for (int code = 0; code <= static_cast<int>(Code::interrupted); ++code)
        names.insert(code_name(static_cast<Code>(code)));
    CHECK(names.size() == static_cast<std::size_t>(Code::interrupted) + 1);
    CHECK(code_name(Code::not_found) == "not-found");
    CHECK(code_name(Code::host_key) == "host-key");
}

TEST_CASE("frames are collected from the inside out, and values pass through", "[base][error]") {
    const Error error = error_of(
        [] { with_context("outer", [] { with_context("inner", [] { throw Error(Code::refused, "no", "go"); }); }); });
    CHECK(error.frames() == std::vector<std::string>{"inner", "outer"});
    CHECK(error.code() == Code::refused);
    CHECK(error.what() == std::string("no"));
    CHECK(error.hint() == "go");
    CHECK(with_context("adding", [] { return 42; }) == 42);
    int value = 1;
    with_context("referring", [&]() -> int& { return value; }) = 2;
    CHECK(value == 2);
}

TEST_CASE("other exceptions pass with_context unchanged", "[base][error]") {
    CHECK_THROWS_AS(with_context("x", [] { throw std::bad_alloc(); }), std::bad_alloc);
}

TEST_CASE("an error of the system has its text", "[base][error]") {
    const Error error = system_error("cannot write", ENOSPC, "make room");
    CHECK(error.message() == "cannot write: No space left on device");
    CHECK(error.hint() == "make room");
    CHECK(error.code() == Code::failed);
}

TEST_CASE("findings have errors when one of them is an error", "[base][finding]") {
    CHECK_FALSE(has_errors({}));
    CHECK_FALSE(has_errors({{Severity::warning, "a", ""}, {Severity::info, "b", ""}}));
    CHECK(has_errors({{Severity::warning, "a", ""}, {Severity::error, "b", ""}}));
    CHECK(severity_name(Severity::warning) == "warning");
    CHECK(severity_name(Severity::info) == "info");
    CHECK(severity_name(Severity::error) == "error");
}
