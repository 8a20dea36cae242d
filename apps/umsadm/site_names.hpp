#pragma once

#include "completion.hpp"

namespace umsadm::app {

// Names for the completion, from the files of the site alone: nothing is connected, locked or changed. Throws as
// reading the site does.
std::vector<Candidate> site_names(const NameQuery& query);

}  // namespace umsadm::app
