#include <cstring>
#include <memory>
#include <type_traits>

#include <catch2/catch.hpp>

#include "umsadm/base/secret.hpp"
#include "umsadm/base/secret_source.hpp"

#include "unit/error_of.hpp"

using namespace umsadm;
using umsadm::test::error_of;

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret> && std::is_nothrow_move_assignable_v<Secret>);

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
    out << value;
};
template <typename T>
concept Comparable = requires(const T& a, const T& b) {
    a == b;
};
static_assert(!Printable<Secret> && !Comparable<Secret>);

TEST_CASE("a secret holds every byte, also NUL", "[base][secret]") {
    const Secret secret{std::string_view("a\0b", 3)};
    CHECK(secret.reveal() == std::string_view("a\0b", 3));
    CHECK(secret.size() == 3);
    CHECK(Secret().empty());
    CHECK(Secret(std::string_view()).reveal().empty());
}

TEST_CASE("a secret that was moved is empty, a duplicate is another one", "[base][secret]") {
    Secret first{std::string_view("marker")};
    Secret second = std::move(first);
    CHECK(first.empty());  // NOLINT: what a move leaves behind is the point
    const Secret copy = second.duplicate();
    CHECK(copy.reveal_bytes().data() != second.reveal_bytes().data());
    second = Secret{std::string_view("other")};
    CHECK(copy.reveal() == "marker");
    CHECK(second.reveal() == "other");
    Secret& same = second;
    second = std::move(same);
    CHECK(second.reveal() == "other");
}

TEST_CASE("wipe_memory leaves zeros", "[base][secret]") {
    char text[] = "marker";
    wipe_memory(text, sizeof text);
    CHECK(std::all_of(std::begin(text), std::end(text), [](char c) { return c == 0; }));
    CHECK_NOTHROW(wipe_memory(nullptr, 0));
}

TEST_CASE("password sources are read and written", "[base][secret]") {
    for (const char* text : {"file:/etc/a:b", "file:a b", "env:PW", "fd:3", "prompt"}) {
        INFO(text);
        CHECK(SecretSource::parse(text).to_string() == text);
    }
    CHECK(SecretSource::parse("file:/x").storable());
    CHECK(SecretSource::parse("env:PW").storable());
    CHECK_FALSE(SecretSource::parse("fd:3").storable());
    CHECK_FALSE(SecretSource::parse("prompt").storable());
}

TEST_CASE("a text that is no password source is refused and never repeated", "[base][secret]") {
    for (const char* bad : {"", "MARKER", "file:", "env:", "fd:", "fd:x", "fd:-1", "fd:1234567", "pass:MARKER",
                            "prompt:MARKER", "FILE:MARKER", ":MARKER"}) {
        INFO(bad);
        const Error error = error_of([&] { (void)SecretSource::parse(bad); });
        CHECK(error.code() == Code::usage);
        CHECK(error.message().find("MARKER") == std::string::npos);
        CHECK(error.hint().find("MARKER") == std::string::npos);
        CHECK_FALSE(error.hint().empty());
    }
}
