#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace umsadm::app {

// The candidate that a mistyped word most likely meant; empty when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace umsadm::app
