#include <catch2/catch.hpp>

#include "apps/umsadm/ticket.hpp"
#include "unit/error_of.hpp"

using namespace umsadm;
using umsadm::app::parse_ticket;
using umsadm::test::error_of;

TEST_CASE("parse_ticket takes one printable line without the blanks at its ends", "[apps]") {
    CHECK(parse_ticket("CHG-4711") == "CHG-4711");
    CHECK(parse_ticket("  INC 7: gr\xc3\xb6\xc3\x9f"
                       "er ") ==
          "INC 7: gr\xc3\xb6\xc3\x9f"
          "er");
    // Characters count, not bytes.
    std::string longest;
    for (int i = 0; i < 200; ++i) longest += "\xc3\x9f";
    CHECK(parse_ticket(longest) == longest);
    CHECK(error_of([&] { parse_ticket(longest + "x"); }).message() ==
          "a ticket must not be longer than 200 characters");
}

TEST_CASE("parse_ticket refuses what would be no line of a log", "[apps]") {
    for (const char* text : {"", "  ", "a\nb", "a\tb", "\x1b[31m", "\xff", "\xc2\x85"}) {
        CAPTURE(text);
        CHECK(error_of([&] { parse_ticket(text); }).code() == Code::usage);
    }
}
