#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "umsadm/base/file.hpp"
#include "umsadm/base/fingerprint.hpp"
#include "umsadm/base/time.hpp"

namespace umsadm {

enum class RunAction { update, restart, rollback, verify };  // verify: nothing was changed, only seen
enum class StepKind { backup, upload, swap, restart, verify, restore, restore_restart, restore_verify, clean };
enum class StepState { started, done, failed };
enum class RunOutcome {
    updated,
    already_current,
    installed,
    restored,
    restore_failed,
    failed,
    skipped,
    not_started,
    planned
};

std::string_view action_name(RunAction action) noexcept;
std::string_view step_name(StepKind step) noexcept;          // "backup", "restore-restart", ...
std::string_view outcome_name(RunOutcome outcome) noexcept;  // "updated", "already-current", "restore-failed", ...

// What has to be known to finish or undo a run after the program that started it is gone.
struct RunFacts {
    std::string run;  // 16 hex digits
    RunAction action = RunAction::update;
    UtcTime started;
    std::string user;         // who, on which machine
    std::string live_path;    // the keystore, symbolic links resolved
    std::string staged_path;  // the new keystore before its rename; empty for a restart
    std::string backup_path;  // the old keystore; empty for a restart
    std::string old_digest;   // SHA-256 of the files, lower-case hex
    std::string new_digest;
    std::optional<Fingerprint> served_before;  // empty: nothing was served
    std::optional<Fingerprint> old_leaf;       // of the stored keystore
    Fingerprint new_leaf;
    bool restart = true;           // false: --no-restart
    bool verify = true;            // false: --no-verify
    bool health_required = false;  // the health page was there before, or is demanded
    std::string reason;            // of --force
};

struct JournalStep {
    UtcTime time;
    StepKind step = StepKind::backup;
    StepState state = StepState::started;
    std::string detail;
};

struct RunEnd {
    UtcTime time;
    RunOutcome outcome = RunOutcome::failed;
    bool verified = false;  // the new leaf (for `restored`: the old one) was seen served
    std::string error;
    bool settled_later = false;  // by a following command
};

struct JournalRun {
    RunFacts facts;
    std::vector<JournalStep> steps;
    std::optional<RunEnd> end;  // empty: unfinished

    bool reached(StepKind step) const noexcept;  // at least started
};

// journal/gateways/NAME.jsonl: every step of every change, each on disk before the step is taken. It is the only source
// for history and "used".
class Journal {
public:
    Journal(Path file, Clock clock) : m_file(std::move(file)), m_clock(std::move(clock)) {}

    // Oldest first. A missing file is an empty journal; a last line cut off by a crash is passed over.
    // Throws Code::invalid_data naming file and line.
    std::vector<JournalRun> load() const;

    // A line that says what is about to be done is on disk when these return. How a step ended is on disk with the line
    // that follows it (Sync::later): a run is settled by what the host shows.
    void begin(const RunFacts& facts);
    void start(std::string_view run, std::span<const StepKind> steps);
    void step(std::string_view run, StepKind step, StepState state, std::string_view detail = {});
    void end(std::string_view run, RunOutcome outcome, bool verified, std::string_view error = {},
             bool settled_later = false);

private:
    Path m_file;
    Clock m_clock;
};

// The last run, when it has no end.
const JournalRun* unfinished_run(const std::vector<JournalRun>& runs) noexcept;
// Whether a run put a keystore in place that was not taken back.
bool is_installation(const JournalRun& run) noexcept;
// The newest of those; null when there is none.
const JournalRun* newest_installation(const std::vector<JournalRun>& runs) noexcept;
// What the newest verified deployment installed.
std::optional<Fingerprint> used_certificate(const std::vector<JournalRun>& runs) noexcept;

}  // namespace umsadm
