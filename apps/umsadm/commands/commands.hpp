#pragma once

#include "../command.hpp"

namespace umsadm::app {

// Adds one command to its group: what it is called, its options, its help. One function and one file for each.
using AddCommand = void (*)(Command& group);

void add_init(Command& root);
void add_fullhelp(Command& root);

// All commands of the program, in the order of the help.
void add_all_commands(Command& root);

}  // namespace umsadm::app
