#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/fingerprint.hpp"
#include "umsadm/base/secret.hpp"
#include "umsadm/registry/server.hpp"
#include "umsadm/remote/remote_host.hpp"

namespace umsadm {

// What the store of a server's UMS ID showed; jobs/ums_id makes sense of it.
struct UmsIdReading {
    bool present = false;                    // the server has a UMS ID
    std::optional<Fingerprint> fingerprint;  // as umsadmin-cli lists it
    Bytes certificate;                       // as umsadmin-cli exports it, PEM or DER; empty: not exported
    Bytes file;                              // of a file store: the PKCS#12 file
    // The server was given this UMS ID, and the process that listens on its web port is older than that; where nobody
    // listens: and we have not restarted it since.
    bool restart_pending = false;
};

// A UMS ID with its private key, ready to travel: a backup of the vendor's program (which may be in a format of its
// own) with a one-time random password, or PKCS#12. A file store has the file as it is: whoever has its password keeps
// it to himself, and `password` is empty.
struct SealedUmsId {
    Bytes content;
    Secret password;
};

// Where a UMS Server keeps its UMS ID. Two implementations: the vendor's umsadmin-cli, driven as its help documents it,
// and a PKCS#12 file. Every function throws what RemoteHost::run() throws, Code::failed with the last words of what
// failed on the server, and Code::not_found when program, folder or (for take() and keep()) file is not there. Whatever
// holds a private key lies in folders that only root can read, and is removed when the function ends, also on failure.
// What umsadmin-cli says about a change proves nothing, neither success nor failure: look().
class UmsIdStore {
public:
    virtual ~UmsIdStore() = default;
    UmsIdStore() = default;
    UmsIdStore(const UmsIdStore&) = delete;
    UmsIdStore& operator=(const UmsIdStore&) = delete;

    // Changes nothing. "No UMS ID" is only said when it is sure. `known`: a fingerprint whose certificate the caller
    // has; it is not fetched again.
    virtual UmsIdReading look(const std::optional<Fingerprint>& known) = 0;
    // The present UMS ID, brought to this machine.
    virtual SealedUmsId take() = 0;

    // The following change the server. Call them with the server's state folder locked (lock_server()). Each may be
    // called again after a lost connection.

    // Keeps the present UMS ID in `folder` on the server (below its state folder): the file "backup", and where the
    // vendor's program made it the file "password" beside it.
    virtual void keep(const std::string& folder) = 0;
    // Makes this the server's UMS ID. It is used after the next start of the server.
    virtual void put(const SealedUmsId& sealed) = 0;
    // Puts back what keep() kept.
    virtual void put_back(const std::string& folder) = 0;
    // Takes the server's UMS ID away again: it had none before. Throws Code::failed where that cannot be done.
    virtual void remove() = 0;
    // umsadmin-cli: makes the server generate one of its own. A file store cannot: Code::failed.
    virtual void create() = 0;
    // Restarts the server; `limit` ends it. Notes on the server that it was restarted.
    virtual void restart(std::chrono::seconds limit) = 0;
};

std::unique_ptr<UmsIdStore> open_ums_id_store(RemoteHost& host, const Server& server);

// Makes the server's state folder (mode 0700) if it is missing, locks it (RemoteHost::lock_folder), and removes what
// killed runs left there and beside a PKCS#12 file. Returns false when somebody else is changing this server.
bool lock_server(RemoteHost& host, const Server& server);

}  // namespace umsadm
