#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/registry/journal.hpp"
#include "umsadm/remote/remote_host.hpp"

namespace umsadm {

// What is done on the host, one script for each step. None of them decides whether it should be done.
//
// Every function throws what RemoteHost::run() throws, and Code::failed when the script failed. After a lost connection
// the script may still be running, or start late. So each can be run again, none removes what it did not make, and a
// rename can be disarmed for good by removing its source.

// How one of several scripts ended that went to the host together.
struct ScriptEnd {
    std::chrono::milliseconds took{0};
    std::optional<Error> problem;
};

// In one round trip, two scripts that only add files: copies the live file to the backup path, for which there has to
// be room for both, then writes `content` to the staged path, with owner, mode, access list and label of the live file.
// Returns the end of each that ran: there is no upload where the backup failed.
std::vector<ScriptEnd> back_up_and_upload(RemoteHost& host, const RunFacts& facts, ByteView content);
// Removes what an upload left, before it is done again.
void remove_staged_keystore(RemoteHost& host, const RunFacts& facts);

// Renames the staged file to the live path. An Error is returned when surely nothing was renamed: the live file is not
// the one that was looked at, or the staged file is not whole. Whatever is thrown leaves that open.
std::optional<Error> swap_keystore(RemoteHost& host, const RunFacts& facts);

// Runs the restart command; `limit` ends it.
void restart_gateway(RemoteHost& host, const RunFacts& facts, const std::string& command, std::chrono::seconds limit);

// The digests of the files of a run as they are now.
struct FilesNow {
    static constexpr std::string_view k_missing = "missing";
    std::string live;
    std::string backup;
    bool not_restarted = false;  // after the swap the restart was surely not begun; false: not known
};
// Removes everything from which this run could still rename, then looks: a swap that is still on its way cannot
// happen afterwards.
FilesNow disarm_and_look(RemoteHost& host, const RunFacts& facts);

// Puts the backup back by a copy and a rename; the backup stays. Only over the file that this run put there, or where
// there is none. Throws Code::failed when a foreign file is there, or the backup is not what it was.
void put_keystore_back(RemoteHost& host, const RunFacts& facts);

// Removes all files that this run made beside the live one.
void discard_files(RemoteHost& host, const RunFacts& facts);

// Removes all but the newest `keep` of `backups` (newest first) that exist.
void clean_backups(RemoteHost& host, const std::vector<std::string>& backups, int keep);

}  // namespace umsadm
