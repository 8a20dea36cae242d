#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "umsadm/base/file.hpp"
#include "umsadm/base/fingerprint.hpp"
#include "umsadm/base/time.hpp"
#include "umsadm/registry/journal.hpp"

namespace umsadm {

enum class ServerAction { sync, create, restart };
enum class ServerStep { backup, replace, verify, restart, wait, put_back };
enum class ServerOutcome {
    updated,          // has the Main UMS ID, and was restarted
    restart_needed,   // has the Main UMS ID, and was not restarted
    restarted,        // had it already, and was restarted
    already_current,  // nothing to do
    created,          // got a UMS ID of its own
    restored,         // failed, the old one is back
    restore_failed,   // failed, and what it has now is not what it had: act now
    failed,           // failed, nothing was changed
    not_started,
    planned
};

std::string_view action_name(ServerAction action) noexcept;
std::string_view step_name(ServerStep step) noexcept;           // "put-back"
std::string_view outcome_name(ServerOutcome outcome) noexcept;  // "restart-needed"

// What has to be known about a run after the program that started it is gone.
struct ServerRunFacts {
    std::string run;  // 16 hex digits
    ServerAction action = ServerAction::sync;
    UtcTime started;
    std::string user;                            // who, on which machine
    std::string backup_path;                     // folder on the server with the replaced UMS ID; empty: none
    std::optional<Fingerprint> old_fingerprint;  // empty: it had none
    std::optional<Fingerprint> new_fingerprint;  // empty: action create
    bool restart = false;
};

struct ServerJournalStep {
    UtcTime time;
    ServerStep step = ServerStep::backup;
    StepState state = StepState::started;
    std::string detail;
};

struct ServerRunEnd {
    UtcTime time;
    ServerOutcome outcome = ServerOutcome::failed;
    std::string error;
    bool settled_later = false;  // by a following command
};

struct ServerRun {
    ServerRunFacts facts;
    std::vector<ServerJournalStep> steps;
    std::optional<ServerRunEnd> end;  // empty: unfinished
};

// journal/servers/NAME.jsonl: every step of every change, each on disk before the step is taken.
class ServerJournal {
public:
    ServerJournal(Path file, Clock clock) : m_file(std::move(file)), m_clock(std::move(clock)) {}

    // As Journal::load().
    std::vector<ServerRun> load() const;

    void begin(const ServerRunFacts& facts);
    void step(std::string_view run, ServerStep step, StepState state, std::string_view detail = {});
    void end(std::string_view run, ServerOutcome outcome, std::string_view error = {}, bool settled_later = false);

private:
    Path m_file;
    Clock m_clock;
};

// The last run, when it has no end.
const ServerRun* unfinished_run(const std::vector<ServerRun>& runs) noexcept;

}  // namespace umsadm
