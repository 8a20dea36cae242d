#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace umsadm::app {

enum class Style { plain, bold, good, warning, bad };
enum class Align { left, right };
enum class For { everybody, people, machines };

struct Column {
    std::string header;
    Align align = Align::left;
    For whom = For::everybody;
};

struct Cell {
    Cell(std::string shown, Style look = Style::plain) : text(std::move(shown)), style(look) {}
    Cell(const char* shown) : text(shown) {}
    // `full` is what --machine-readable prints where people see something shorter.
    Cell(std::string shown, std::string full, Style look = Style::plain)
        : text(std::move(shown)), machine(std::move(full)), style(look) {}

    const std::string& for_machines() const noexcept { return machine.empty() ? text : machine; }

    std::string text;
    std::string machine;
    Style style = Style::plain;
};

// A table of texts; foreign control characters are made visible when it is rendered.
struct Table {
    std::vector<Column> columns;
    std::vector<std::vector<Cell>> rows;  // one cell for each column
    bool header_for_people = true;
};

// Aligned columns, two blanks between them, no blanks at the end of a line.
std::string render_for_people(const Table& table, bool with_color, bool with_header);

// One row a line. A value with the separator, a double quote or a line break in it stands in double quotes, and a
// double quote inside is doubled (RFC 4180).
std::string render_for_machines(const Table& table, std::string_view separator, bool with_header);

// The text as `style` shows it on a terminal.
std::string painted(std::string_view text, Style style, bool with_color);

}  // namespace umsadm::app
