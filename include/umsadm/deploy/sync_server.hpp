#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/error.hpp"
#include "umsadm/deploy/execute.hpp"
#include "umsadm/deploy/probe.hpp"
#include "umsadm/deploy/ums_id_store.hpp"
#include "umsadm/registry/server.hpp"
#include "umsadm/registry/server_journal.hpp"

namespace umsadm {

// Everything that will be done to one server, decided before the first change.
struct ServerChangePlan {
    Server server;
    ServerRunFacts facts;
    const SealedUmsId* sealed = nullptr;  // action sync: what it gets
    std::chrono::seconds wait{300};
};

struct ServerStepReport {
    ServerStep step = ServerStep::backup;
    bool ok = false;
    std::chrono::milliseconds took{0};
    std::string detail;
};

// What became of one server. `error` is set for every outcome that is not a success; its code decides the exit code.
struct ServerChangeOutcome {
    ServerOutcome result = ServerOutcome::failed;
    std::optional<Fingerprint> old_fingerprint;
    std::optional<Fingerprint> new_fingerprint;  // what was read back
    std::string backup;                          // folder on the server; empty: none
    bool left_open = false;                      // the journal has no end of this run; the next change settles it
    std::vector<ServerStepReport> steps;
    std::optional<Error> error;
};

// Makes sense of what a store showed: the fingerprint, empty when there is no UMS ID. Throws when it cannot.
using Identify = std::function<std::optional<Fingerprint>(const UmsIdReading&)>;

struct ServerChangeContext {
    std::unique_ptr<RemoteHost>& host;  // replaced when the connection had to be made again; null when it could not be
    Connect connect;
    ServerJournal& journal;
    Identify identify;
    Probe probe;
    Progress progress{};
    const Cancellation* cancellation = nullptr;       // not listened to while the old state is being put back
    std::chrono::milliseconds reconnect_for{20'000};  // how long a lost connection is tried to be made again
};

// action sync: backup on the server, replace, read back and compare; then restart and wait until its web port serves
// TLS and it still shows the new UMS ID, when facts.restart. Anything failing from the replacement on puts the old one
// back (not a restart that failed: the new UMS ID is whole then, the outcome is restart_needed with an error). action
// restart: restart and wait. action create: the server makes one of its own. Throws nothing that happened on the way:
// it is in the outcome. The journal has each step before it is taken. Call it with the server locked (lock_server()).
ServerChangeOutcome execute_server_change(const ServerChangePlan& plan, ServerChangeContext& context);

// Ends a run that was killed: looks which UMS ID the server has, old or new, and writes that down. One that the run
// left missing or unreadable is put back; a third one, which somebody else must have given it, is left as it is.
// Restarts nothing. The run stays open while the server cannot be asked. Call it with the server locked; what the
// killed run had started there has ended then.
ServerChangeOutcome settle_server_run(const ServerRun& run, const Server& server, ServerChangeContext& context);

}  // namespace umsadm
