#pragma once

#include <memory>

#include "umsadm/deploy/ums_id_store.hpp"

namespace umsadm {

// The UMS ID behind the vendor's umsadmin-cli. Its help is all that is known of it, so nothing is taken for granted:
// neither columns nor exit statuses nor that "done" means done. It reads passwords from files, which lie in folders of
// root's. Its errors name the program and have the hint --umsadmin-cli where it may be another one.
std::unique_ptr<UmsIdStore> open_umsadmin_cli(RemoteHost& host, const Server& server);

}  // namespace umsadm
