#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "umsadm/registry/journal.hpp"

namespace umsadm {

// The three kinds of lines of a journal, as one line of JSON each.
struct BeginLine {
    RunFacts facts;
};
struct StepLine {
    std::string run;
    JournalStep step;
};
struct EndLine {
    std::string run;
    RunEnd end;
};
using JournalLine = std::variant<BeginLine, StepLine, EndLine>;

std::string to_line(const BeginLine& line);
std::string to_line(const StepLine& line);
std::string to_line(const EndLine& line);
// Throws Code::invalid_data naming the field.
JournalLine parse_line(std::string_view text);

}  // namespace umsadm
