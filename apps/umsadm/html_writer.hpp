#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace umsadm::app {

// The attributes of an element. One without a value is left out.
using HtmlAttributes = std::initializer_list<std::pair<std::string_view, std::string>>;

// Writes HTML that is well-formed XML too: every element that is opened is closed, and every text and attribute is
// escaped (html_text()). There is no way to write markup of foreign origin.
class HtmlWriter {
public:
    // An element with what `body` writes.
    template <std::invocable Body>
    void element(std::string_view name, HtmlAttributes attributes, Body body) {
        open(name, attributes);
        body();
        close(name);
    }
    // An element with a text.
    void element(std::string_view name, HtmlAttributes attributes, std::string_view text);
    // An element that never has content: <meta/>, <circle/>.
    void empty_element(std::string_view name, HtmlAttributes attributes);

    void text(std::string_view text);
    // A text of foreign origin: it is written in its own direction, whatever is around it.
    void foreign(std::string_view text) { element("bdi", {}, text); }

    // Our own style sheet, as it is: it holds neither '<' nor '&'.
    void style_sheet(std::string_view css);

    std::string page() &&;  // with its DOCTYPE

private:
    void begin(std::string_view name, HtmlAttributes attributes);
    void open(std::string_view name, HtmlAttributes attributes);
    void close(std::string_view name);

    std::string m_html = "<!DOCTYPE html>\n";
};

}  // namespace umsadm::app
