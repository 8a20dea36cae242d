#pragma once

#include <memory>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/secret.hpp"
#include "umsadm/remote/remote_host.hpp"

namespace umsadm {

// This machine as a RemoteHost: directly when the process is root, else through sudo.
// Throws Code::login_refused as connect_ssh() does for sudo.
std::unique_ptr<RemoteHost> open_local_host(const Secret* sudo_password, const Cancellation* cancellation);

}  // namespace umsadm
