#include <algorithm>

#include <catch2/catch.hpp>

#include "apps/umsadm/table.hpp"

using namespace umsadm::app;

namespace {

Table cities() {
    Table table;
    table.columns = {{"NAME"}, {"DAYS", Align::right}, {"NOTE"}};
    table.rows = {{"Köln", "7", ""}, {"東京", "365", "far"}};
    return table;
}

}  // namespace

TEST_CASE("a table for people is aligned by columns of the terminal", "[apps][table]") {
    CHECK(render_for_people(cities(), false, true) ==
          "NAME  DAYS  NOTE\n"
          "Köln     7\n"
          "東京   365  far\n");
    CHECK(render_for_people(cities(), false, false) ==
          "Köln    7\n"
          "東京  365  far\n");
}

TEST_CASE("color takes no room and paints no blanks", "[apps][table]") {
    Table table;
    table.columns = {{"A"}, {"B"}};
    table.rows = {{Cell("x", Style::bad), "y"}, {"long", Cell("", Style::good)}};
    CHECK(render_for_people(table, true, false) ==
          "\x1b[1;31mx\x1b[0m     y\n"
          "long\n");
}

TEST_CASE("a foreign control character cannot reach the terminal", "[apps][table]") {
    Table table;
    table.columns = {{"NAME"}};
    table.rows = {{"a\x1b[2Jb"}, {"c\nd"}};
    const std::string shown = render_for_people(table, false, false);
    CHECK(shown.find('\x1b') == std::string::npos);
    CHECK(std::count(shown.begin(), shown.end(), '\n') == 2);
}

TEST_CASE("people and machines have their own columns and texts", "[apps][table]") {
    Table table;
    table.columns = {{"NAME"}, {"IN", Align::right, For::people}, {"SECONDS", Align::right, For::machines}};
    table.rows = {{Cell("be...", "berlin"), "1 h", "3600"}};
    CHECK(render_for_people(table, false, true) == "NAME    IN\nbe...  1 h\n");
    CHECK(render_for_machines(table, ";", true) == "NAME;SECONDS\nberlin;3600\n");
}

TEST_CASE("a value for machines is quoted where it would be taken apart", "[apps][table]") {
    Table table;
    table.columns = {{"A"}, {"B"}};
    table.rows = {{"one;two", "say \"hi\""}, {"one,two", " blank "}};
    CHECK(render_for_machines(table, ";", false) ==
          "\"one;two\";\"say \"\"hi\"\"\"\n"
          "one,two; blank \n");
    CHECK(render_for_machines(table, "::", false).starts_with("one;two::"));
}
