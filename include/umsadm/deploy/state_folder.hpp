#pragma once

#include <cstdint>
#include <string>

#include "umsadm/remote/remote_host.hpp"

namespace umsadm {

// The folder on a server that backups of replaced UMS IDs are kept in (Server::state_path).
struct StateFolder {
    bool present = false;         // false: the first change makes it
    bool open_to_others = false;  // the next change closes it
    std::uint64_t free_bytes = 0;
};

// Looks whether a change could use this folder, and changes nothing. Throws Code::failed when it could not: it is no
// folder, not root's, holds something that is not of umsadm, or cannot be written to.
StateFolder look_at_state_folder(RemoteHost& host, const std::string& path);

}  // namespace umsadm
