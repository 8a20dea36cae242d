#pragma once

#include "umsadm/registry/server.hpp"

#include "command.hpp"
#include "record_changes.hpp"

namespace umsadm::app {

// What the options of "server add" and "server edit" say.
struct ServerChanges {
    RecordChanges<Server> record;
    bool make_main = false;

    bool empty() const noexcept { return record.empty() && !make_main; }
};

// The options of "server add" and "server edit": everything that a server's record holds but its name, and --main.
void add_server_options(Command& command, ServerChanges& changes, Need host);

// The record with these changes. Paths on this machine are made absolute: they mean the same wherever umsadm is called.
// Throws Code::usage for an option of a PKCS#12 file when the UMS ID of the server is not in one.
Server changed(Server server, RecordChanges<Server> changes);

}  // namespace umsadm::app
