#include <catch2/catch.hpp>

#include "apps/umsadm/html_text.hpp"
#include "apps/umsadm/html_writer.hpp"

using namespace umsadm::app;

TEST_CASE("markup in a text is text", "[html]") {
    CHECK(html_text("<script>alert('x') && \"y\"</script>") ==
          "&lt;script&gt;alert(&#39;x&#39;) &amp;&amp; &quot;y&quot;&lt;/script&gt;");
    CHECK(html_text("&amp;") == "&amp;amp;");
    CHECK(html_text("]]>") == "]]&gt;");
    CHECK(html_text("").empty());
}

TEST_CASE("letters of every language stay as they are", "[html]") {
    for (const char* const text : {"München", "Москва", "東京", "שלום", "می\u200cخواهم", "👩\u200d💻"}) {
        CHECK(html_text(text) == text);
    }
}

TEST_CASE("what is invisible or turns a text around is made visible", "[html]") {
    CHECK(html_text("a\u202Eb") == "a\\u202eb");
    CHECK(html_text("\u200F\u061C\u2066\u2069") == "\\u200f\\u061c\\u2066\\u2069");
    CHECK(html_text("zero\u200Bwidth\uFEFF") == "zero\\u200bwidth\\ufeff");
    CHECK(html_text("soft\u00ADhyphen\u2028") == "soft\\u00adhyphen\\u2028");
    CHECK(html_text("\U000E0041") == "\\ue0041");
}

TEST_CASE("what XML cannot have is made visible", "[html]") {
    CHECK(html_text("a\x1b[31m\n\tb") == "a\\x1b[31m\\x0a\\x09b");
    CHECK(html_text(std::string_view("\0", 1)) == "\\x00");
    CHECK(html_text("\x7f\xc2\x85") == "\\x7f\\xc2\\x85");
    CHECK(html_text("\xff\xc3") == "\\xff\\xc3");
    CHECK(html_text("\xed\xa0\x80") == "\\xed\\xa0\\x80");
    CHECK(html_text("\xef\xbf\xbe\xef\xbf\xbf") == "\\ufffe\\uffff");
    CHECK(html_text("\xf0\x9f\xbf\xbf") == "\\u1ffff");
}

TEST_CASE("a page is closed and escaped whatever is written", "[html]") {
    HtmlWriter html;
    html.element("p", {{"title", "\"><b>"}, {"class", ""}}, [&] {
        html.foreign("</p>");
        html.empty_element("meta", {{"charset", "utf-8"}});
        html.element("b", {}, "a&b");
    });
    CHECK(std::move(html).page() ==
          "<!DOCTYPE html>\n<p title=\"&quot;&gt;&lt;b&gt;\"><bdi>&lt;/p&gt;</bdi><meta charset=\"utf-8\"/>\n"
          "<b>a&amp;b</b></p>\n");
}
