#pragma once

#include <memory>

#include "umsadm/deploy/ums_id_store.hpp"

namespace umsadm {

// The UMS ID in a PKCS#12 file. It is exchanged as a whole by a rename; the new file has owner, mode, access list and
// label of the present one, else the owner of the folder and mode 0600.
std::unique_ptr<UmsIdStore> open_ums_id_file(RemoteHost& host, const Server& server);

}  // namespace umsadm
