#pragma once

#include <string>

#include "umsadm/registry/login.hpp"

#include "context.hpp"
#include "server_sync_view.hpp"

namespace umsadm::app {

// "id create --server": a server that has no UMS ID gets a local one. With umsadmin-cli the server generates it; for a
// file it is made here. Hold the lock of the UMS ID.
// Throws Code::refused when the server has one.
ServerResult create_on_server(Context& ctx, const Site& site, const std::string& name, const LoginOptions& login);

}  // namespace umsadm::app
