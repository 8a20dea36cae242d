#include "umsadm/deploy/ums_id_store.hpp"

#include "lib/deploy/ums_id_file.hpp"
#include "lib/deploy/umsadmin_cli.hpp"

namespace umsadm {

std::unique_ptr<UmsIdStore> open_ums_id_store(RemoteHost& host, const Server& server) {
    switch (server.ums_id_store) {
        case UmsIdStoreKind::umsadmin_cli: return open_umsadmin_cli(host, server);
        case UmsIdStoreKind::file: break;
    }
    return open_ums_id_file(host, server);
}

}  // namespace umsadm
