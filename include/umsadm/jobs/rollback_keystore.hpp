#pragma once

#include <string>

#include "umsadm/jobs/update_keystore.hpp"

namespace umsadm {

struct RollbackRequest {
    Gateway gateway;
    StorePasswords passwords;
    std::string alias;
    bool restart = true;
    bool verify = true;
    int keep_backups = 3;
    std::string run;  // 16 hex digits
    std::string user;
    UtcTime now;
};

// The plan that puts a backup back as a change of its own. The backup is decoded with today's passwords and rehearsed
// first; the present keystore is not looked into, it may be the reason for going back. An expired certificate is a
// warning here: the admin wants the old state. Need::nothing when the live file is that backup already and is served.
// Pure. Throws Code::invalid_data when the backup cannot be used with the gateway's passwords.
Prepared prepare_rollback(const RollbackRequest& request, const RemoteState& state, const RemoteFile& backup,
                          const Probed& served);

}  // namespace umsadm
