#pragma once

#include <string>
#include <string_view>

#include "command.hpp"

namespace umsadm::app {

// umsadm(1) in the language of man(7): every command with its arguments, options and examples, from the tree alone.
// `date`: 2026-11-26.
std::string man_page(const Command& root, std::string_view version, std::string_view date);

}  // namespace umsadm::app
