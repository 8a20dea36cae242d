#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/deploy/sync_server.hpp"

#include "faulty_host.hpp"
#include "server_box.hpp"

namespace umsadm::test {

// A server with the UMS ID "old" that gets the UMS ID "new", of another server that it shares a folder with. Every
// reset() makes it as at the start, so that one sandbox serves for many runs.
class SyncBox {
public:
    explicit SyncBox(const std::string& options = "");
    explicit SyncBox(const ExistingBox& existing);

    ServerBox box;
    std::optional<Fingerprint> old_id;
    std::optional<Fingerprint> new_id;
    SealedUmsId sealed;
    ServerChangePlan plan;  // preset: sync without restart
    std::function<std::unique_ptr<RemoteHost>()> connect;
    std::chrono::milliseconds reconnect_for{5000};
    std::unique_ptr<Cancellation> cancellation = std::make_unique<Cancellation>();
    std::function<void(std::string_view)> on_progress;
    std::vector<std::string> progress;

    void reset();
    void make_faulty(Fault& fault);
    void never_again();
    void reach_again();
    void lock();

    Path journal_file() const { return box.folder() / "journal.jsonl"; }
    ServerJournal journal() const { return {journal_file(), test_now}; }
    ServerChangeOutcome execute();
    // Settles the unfinished run; a failure when there is none.
    ServerChangeOutcome settle();
    std::optional<ServerRunEnd> last_end() const;

    bool has_old() const { return box.ums_id() == old_id; }
    bool has_new() const { return box.ums_id() == new_id; }
    // No transit folder, no draft, no half backup: at most the stamps and the backup of this run, whole.
    bool is_clean() const;

private:
    void set_up();
    ServerChangeContext context(ServerJournal& journal);
};

}  // namespace umsadm::test
