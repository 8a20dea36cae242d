#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace umsadm::app {

// A command line of bash up to the cursor, as somebody typed it.
struct ShellLine {
    std::vector<std::string> words;  // without quotes and redirections; the last one is being typed and may be empty
    bool is_redirection = false;     // the last one is the file that a redirection names
    char quote = '\0';               // the one that is open at the cursor

    // The last word in two: readline breaks words behind ":" and "=" and before "@", too, and replaces what stands
    // there.
    std::string before;  // without quotes
    std::string piece;   // as it was typed, without the open quote
};

// `breaks`: $COMP_WORDBREAKS.
ShellLine parse_shell_line(std::string_view line, std::string_view breaks);

// What readline puts in place of the piece for the last word to become `word`, quoted as it has to be there; empty when
// `word` does not begin with what was typed.
std::optional<std::string> replacement(const ShellLine& line, std::string_view word);

}  // namespace umsadm::app
