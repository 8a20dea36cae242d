#include <cstdio>

#include <catch2/catch.hpp>

#include "umsadm/base/text.hpp"

#include "unit/error_of.hpp"

using namespace umsadm;
using umsadm::test::error_of;

namespace {

std::string output_of_shell(const std::string& command) {
    FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string output;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
    REQUIRE(::pclose(pipe) == 0);
    return output;
}

}  // namespace

TEST_CASE("trim takes blanks off both ends only", "[base][text]") {
    CHECK(trim(" \t\r\n a b \n") == "a b");
    CHECK(trim(" \n").empty());
    CHECK(trim("").empty());
    CHECK(trim("\va") == "\va");
}

TEST_CASE("split keeps empty parts", "[base][text]") {
    CHECK(split("a;b", ';') == std::vector<std::string>{"a", "b"});
    CHECK(split("", ';') == std::vector<std::string>{""});
    CHECK(split(";a;;", ';') == std::vector<std::string>{"", "a", "", ""});
}

TEST_CASE("upper and lower case are those of ASCII", "[base][text]") {
    CHECK(to_lower("AbZ[\xc3\x84") == "abz[\xc3\x84");
    CHECK(to_upper("aBz{\xc3\xa4") == "ABZ{\xc3\xa4");
}

TEST_CASE("is_utf8 accepts what RFC 3629 does, and nothing else", "[base][text]") {
    for (const char* good : {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                             "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "Z\xc3\xbcrich"}) {
        INFO(good);
        CHECK(is_utf8(good));
    }
    for (const char* bad : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3\x28", "\xe0\x9f\xbf", "\xed\xa0\x80",
                            "\xed\xbf\xbf", "\xe2\x82", "\xe2\x82\x28", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                            "\xf5\x80\x80\x80", "\xff", "a\xf0\x90\x80"}) {
        CHECK_FALSE(is_utf8(bad));
    }
    CHECK(is_utf8(std::string_view("\0", 1)));
}

TEST_CASE("control characters are seen, letters are not taken for some", "[base][text]") {
    for (const char* text : {"\x01", "a\n", "\x1b[31m", "\x7f", "\xc2\x80", "\xc2\x9b", "\xff\n"})
        CHECK(has_control_characters(text));
    CHECK(has_control_characters(std::string_view("a\0b", 3)));
    for (const char* text : {"", "a b", "\xc2\xa0", "\xc3\x9b", "\xe2\x80\x9b", "\xf0\x9f\x98\x80"})
        CHECK_FALSE(has_control_characters(text));
}

TEST_CASE("printable keeps text and shows everything that a terminal would obey", "[base][text]") {
    CHECK(printable("Z\xc3\xbcrich \xf0\x9f\x98\x80") == "Z\xc3\xbcrich \xf0\x9f\x98\x80");
    CHECK(printable("a\x1b[31m\n\x7f") == "a\\x1b[31m\\x0a\\x7f");
    CHECK(printable("\xc2\x9b"
                    "31m") == "\\xc2\\x9b31m");
    CHECK(printable("a\xff\xc3") == "a\\xff\\xc3");
    CHECK(printable(std::string_view("\0", 1)) == "\\x00");
    CHECK(in_quotes("a\nb") == "\"a\\x0ab\"");
    for (unsigned byte = 0; byte < 256; ++byte) {
        const std::string text(1, static_cast<char>(byte));
        CHECK(is_utf8(printable(text)));
        CHECK_FALSE(has_control_characters(printable(text)));
    }
}

TEST_CASE("a quoted word reaches a program as it was, every byte of it", "[base][text]") {
    std::string all;
    for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
    for (const std::string& word : {all, std::string(), std::string("'"), std::string("''a'$(id)`id`\\"),
                                    std::string("-n"), std::string("a\n\n")}) {
        CHECK(output_of_shell("printf %s " + shell_quoted(word)) == word);
    }
    CHECK(error_of([] { (void)shell_quoted(std::string_view("a\0b", 3)); }).code() == Code::failed);
}
