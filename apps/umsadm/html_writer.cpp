#include "html_writer.hpp"

#include <algorithm>
#include <array>

#include "html_text.hpp"

namespace umsadm::app {
namespace {

// After these a line ends: blanks mean nothing between them.
constexpr std::array<std::string_view, 27> k_blocks{"html",  "head", "body",    "meta",    "title",   "style", "header",
                                                    "nav",   "main", "section", "footer",  "h1",      "h2",    "h3",
                                                    "p",     "ul",   "li",      "table",   "caption", "thead", "tr",
                                                    "tbody", "th",   "td",      "details", "summary", "div"};

bool ends_line(std::string_view name) noexcept {
    return std::find(k_blocks.begin(), k_blocks.end(), name) != k_blocks.end();
}

}  // namespace

void HtmlWriter::begin(std::string_view name, HtmlAttributes attributes) {
    m_html += '<';
    m_html += name;
    for (const auto& [attribute, value] : attributes) {
        if (value.empty()) continue;
        m_html += ' ';
        m_html += attribute;
        m_html += "=\"";
        m_html += html_text(value);
        m_html += '"';
    }
}

void HtmlWriter::open(std::string_view name, HtmlAttributes attributes) {
    begin(name, attributes);
    m_html += '>';
}

void HtmlWriter::close(std::string_view name) {
    m_html += "</";
    m_html += name;
    m_html += '>';
    if (ends_line(name)) m_html += '\n';
}

void HtmlWriter::element(std::string_view name, HtmlAttributes attributes, std::string_view text) {
    open(name, attributes);
    this->text(text);
    close(name);
}

void HtmlWriter::empty_element(std::string_view name, HtmlAttributes attributes) {
    begin(name, attributes);
    m_html += "/>";
    if (ends_line(name)) m_html += '\n';
}

void HtmlWriter::text(std::string_view text) { m_html += html_text(text); }

void HtmlWriter::style_sheet(std::string_view css) {
    open("style", {});
    m_html += css;
    close("style");
}

std::string HtmlWriter::page() && { return std::move(m_html); }

}  // namespace umsadm::app
