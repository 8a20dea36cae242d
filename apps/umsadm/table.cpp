#include "table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "text_width.hpp"

namespace umsadm::app {
namespace {

using Line = std::vector<Cell>;

std::string_view escape_sequence(Style style) noexcept {
    switch (style) {
        case Style::plain: return "";
        case Style::bold: return "\x1b[1m";
        case Style::good: return "\x1b[32m";
        case Style::warning: return "\x1b[33m";
        case Style::bad: return "\x1b[1;31m";
    }
    return "";
}

// The columns that are shown to `reader`, and the header as the first line where it is wanted.
std::vector<std::size_t> visible_columns(const Table& table, For reader) {
    std::vector<std::size_t> visible;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const For whom = table.columns[i].whom;
        if (whom == For::everybody || whom == reader) visible.push_back(i);
    }
    return visible;
}

std::vector<Line> lines_of(const Table& table, bool with_header) {
    std::vector<Line> lines;
    if (with_header) {
        Line header;
        for (const Column& column : table.columns) header.emplace_back(column.header, Style::bold);
        lines.push_back(std::move(header));
    }
    for (const auto& row : table.rows) {
        Line line;
        for (const Cell& cell : row) line.emplace_back(printable(cell.text), cell.style);
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string quoted_for_machines(const std::string& value, std::string_view separator) {
    const bool plain = value.find(separator) == std::string::npos && value.find_first_of("\"\r\n") == std::string::npos;
    if (plain) return printable(value);
    std::string result = "\"";
    for (const char c : value) {
        if (c == '"') result += '"';
        result += c;
    }
    return printable(result + "\"");
}

}  // namespace

std::string painted(std::string_view text, Style style, bool with_color) {
    if (!with_color || style == Style::plain || text.empty()) return std::string(text);
    return fmt::format("{}{}\x1b[0m", escape_sequence(style), text);
}

std::string render_for_people(const Table& table, bool with_color, bool with_header) {
    const auto columns = visible_columns(table, For::people);
    const auto lines = lines_of(table, with_header && table.header_for_people);
    std::vector<std::size_t> widths(table.columns.size(), 0);
    for (const Line& line : lines) {
        for (const std::size_t i : columns) widths[i] = std::max(widths[i], text_width(line[i].text));
    }
    std::string result;
    for (const Line& line : lines) {
        // Blanks are owed until a text follows: none stand at the end of a line.
        std::size_t owed = 0;
        for (const std::size_t i : columns) {
            const std::string& text = line[i].text;
            const std::size_t fill = widths[i] - text_width(text);
            const bool right = table.columns[i].align == Align::right;
            if (right) owed += fill;
            if (!text.empty()) {
                result.append(owed, ' ');
                owed = 0;
                result += painted(text, line[i].style, with_color);
            }
            if (!right) owed += fill;
            owed += 2;
        }
        result += '\n';
    }
    return result;
}

std::string render_for_machines(const Table& table, std::string_view separator, bool with_header) {
    const auto columns = visible_columns(table, For::machines);
    std::string result;
    const auto add_line = [&](auto&& value_of) {
        for (std::size_t n = 0; n < columns.size(); ++n) {
            if (n != 0) result += separator;
            result += quoted_for_machines(value_of(columns[n]), separator);
        }
        result += '\n';
    };
    if (with_header) {
        add_line([&](std::size_t i) -> const std::string& { return table.columns[i].header; });
    }
    for (const auto& row : table.rows) {
        add_line([&](std::size_t i) -> const std::string& { return row[i].for_machines(); });
    }
    return result;
}

}  // namespace umsadm::app
