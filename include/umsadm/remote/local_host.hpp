#pragma once

#include <functional>
#include <memory>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/secret.hpp"
#include "umsadm/remote/remote_host.hpp"

namespace umsadm {

// This machine as a RemoteHost: directly when the process is root, else through sudo.
// Throws Code::login_refused as connect_ssh() does for sudo. `before_password` as in SshLogin.
std::unique_ptr<RemoteHost> open_local_host(const Secret* sudo_password, const Cancellation* cancellation,
                                            const std::function<void()>& before_password = {});

}  // namespace umsadm
