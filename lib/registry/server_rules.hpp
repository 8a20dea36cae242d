#pragma once

#include "umsadm/base/error.hpp"
#include "umsadm/registry/server.hpp"

namespace umsadm {

// Throws `code` naming the field that cannot be right: Code::usage for what a user gave, Code::invalid_data for what a
// file says.
void check_server(const Server& server, Code code);

}  // namespace umsadm
