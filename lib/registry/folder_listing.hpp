#pragma once

#include <string>
#include <vector>

#include "umsadm/base/file.hpp"

namespace umsadm {

// The names in a folder, in no order; a folder that is missing is empty. Names that start with a dot are locks and
// drafts, and left out.
std::vector<std::string> names_in(const Path& folder);

}  // namespace umsadm
