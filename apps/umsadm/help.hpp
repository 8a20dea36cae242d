#pragma once

#include <string>

#include "command.hpp"

namespace umsadm::app {

// The help of one command, at most 100 columns wide.
std::string help_text(const Command& command);

// The help of the program and of every command below it, one after the other.
std::string full_help_text(const Command& root);

}  // namespace umsadm::app
