#include <string>

#include <catch2/catch.hpp>

#include "apps/umsadm/text_width.hpp"

using namespace umsadm::app;

TEST_CASE("text_width counts the columns of a terminal, not bytes", "[apps][text_width]") {
    CHECK(text_width("") == 0);
    CHECK(text_width("berlin") == 6);
    CHECK(text_width("Köln") == 4);
    CHECK(text_width("Ko\u0308ln") == 4);  // a combining diaeresis
    CHECK(text_width("東京") == 4);
    CHECK(text_width("😀") == 2);
}

TEST_CASE("text_width takes bytes that are no UTF-8", "[apps][text_width]") {
    CHECK(text_width("a\xC3") == 2);
    CHECK(text_width(std::string(200, '\x80')) > 0);
    CHECK(text_width("\xFF" + std::string(40, '\xBF')) > 0);
}

TEST_CASE("shortened keeps whole characters and never exceeds the width", "[apps][text_width]") {
    CHECK(shortened("berlin", 6) == "berlin");
    CHECK(shortened("berlin", 5) == "be...");
    CHECK(shortened("berlin", 3) == "...");
    CHECK(shortened("berlin", 2) == "..");
    CHECK(shortened("berlin", 0).empty());
    CHECK(shortened("Kölnisch", 5) == "Kö...");
    CHECK(shortened("Ko\u0308lnisch", 5) == "Ko\u0308...");
    CHECK(shortened("東京都庁", 6) == "東...");  // half of the second one would fit
    CHECK(shortened("東京都", 6) == "東京都");
}
