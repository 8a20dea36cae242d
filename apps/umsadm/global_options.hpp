#pragma once

#include <string>

#include "command.hpp"
#include "output.hpp"

namespace umsadm::app {

// What may stand anywhere on a command line.
struct GlobalOptions {
    std::string site;
    std::string ticket;
    OutputOptions output;
    bool no_header = false;
    bool yes = false;
};

void add_global_options(Command& root, GlobalOptions& options);

// Throws Code::usage for options that contradict each other.
void check_global_options(const GlobalOptions& options);

}  // namespace umsadm::app
