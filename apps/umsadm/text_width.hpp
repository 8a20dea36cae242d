#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace umsadm::app {

// How many columns of a terminal a UTF-8 text takes: combining marks none, East Asian wide characters two.
std::size_t text_width(std::string_view text) noexcept;

// The text in at most `width` columns; "..." stands for what was cut off.
std::string shortened(std::string_view text, std::size_t width);

}  // namespace umsadm::app
