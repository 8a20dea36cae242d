#pragma once

#include <string_view>

namespace umsadm::app {

// The script that makes a shell ask umsadm (shell_answer.hpp) when TAB is pressed. They do no thinking of their own.
extern const std::string_view k_bash_completion;
extern const std::string_view k_zsh_completion;
extern const std::string_view k_fish_completion;

}  // namespace umsadm::app
