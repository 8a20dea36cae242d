#pragma once

#include <string>
#include <vector>

#include "command.hpp"

namespace umsadm::app {

// What stands on a command line, before any value is read.
struct CommandLine {
    struct Given {
        const OptionInfo* option;
        std::vector<std::string> values;  // one each time it was given
    };

    const Command* command = nullptr;  // the deepest one that was named
    std::vector<Given> options;
    std::vector<std::vector<std::string>> arguments;  // for each argument of `command`
    std::vector<std::string> left_over;               // nobody's
    bool help = false;
    bool version = false;
};

// Takes a command line apart. Options of the root may stand anywhere. Throws Code::usage when an option lacks its
// value.
CommandLine take_apart(const Command& root, int argc, const char* const* argv);

// Reads the global options (those of the root) into their places. Throws Code::usage.
void read_global_options(const CommandLine& line, const Command& root);

// Reads everything else. Throws Code::usage, in this order, for what is unknown, missing, or has a wrong value.
void read_command(const CommandLine& line, const Command& root);

}  // namespace umsadm::app
