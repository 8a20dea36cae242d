#pragma once

#include <optional>
#include <string>
#include <vector>

#include "completion.hpp"

namespace umsadm::app {

// What a shell is told when TAB was pressed. One line for each thing that fits, its parts separated by tabs; the shell
// passes over a line that begins with a word that it does not know:
//
//     word  WORD  DESCRIPTION     may stand there; the description may be missing
//     part  WORD  DESCRIPTION     the same, but more follows: no blank after it
//     file  BEFORE                a path, and what stands before it in the same word
//     folder  BEFORE              the path of a folder, likewise

// `words`: what stands on the line behind the name of the program, without quotes, and at last what was typed of the
// word at the cursor. All that may stand there: which of it fits what was typed is left to the shell.
std::string answer_words(const Command& root, const std::vector<std::string>& words, const NameSource& names);

// For bash, which breaks words its own way: `line` as it was typed, up to the cursor; `breaks`: $COMP_WORDBREAKS. Only
// what fits, and as readline has to insert it. A path is what was typed of it here; a line "before TEXT" precedes it
// when something stands before it that readline replaces, too.
std::string answer_bash(const Command& root, const std::string& line, const std::string& breaks,
                        const NameSource& names);

// The whole of "umsadm complete": `words` are the words behind it. Empty when they are not those of a shell.
std::optional<std::string> answer_shell(const Command& root, const std::vector<std::string>& words,
                                        const NameSource& names);

}  // namespace umsadm::app
