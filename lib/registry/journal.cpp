#include "umsadm/registry/journal.hpp"

#include <algorithm>

#include "lib/registry/journal_lines.hpp"
#include "lib/registry/journal_runs.hpp"

namespace umsadm {

bool JournalRun::reached(StepKind step) const noexcept {
    return std::any_of(steps.begin(), steps.end(), [&](const JournalStep& taken) { return taken.step == step; });
}

std::vector<JournalRun> Journal::load() const { return load_runs<JournalRun, GatewayLines>(m_file); }

void Journal::begin(const RunFacts& facts) { append_line(m_file, GatewayLines::begin(facts)); }

void Journal::start(std::string_view run, std::span<const StepKind> steps) {
    std::string lines;
    for (const StepKind step : steps) {
        if (!lines.empty()) lines += '\n';
        lines += GatewayLines::step(run, {m_clock(), step, StepState::started, {}});
    }
    append_line(m_file, lines);
}

void Journal::step(std::string_view run, StepKind step, StepState state, std::string_view detail) {
    append_line(m_file, GatewayLines::step(run, {m_clock(), step, state, std::string(detail)}), sync_of(state));
}

void Journal::end(std::string_view run, RunOutcome outcome, bool verified, std::string_view error, bool settled_later) {
    append_line(m_file, GatewayLines::end(run, {m_clock(), outcome, verified, std::string(error), settled_later}));
}

const JournalRun* unfinished_run(const std::vector<JournalRun>& runs) noexcept { return last_unfinished(runs); }

bool is_installation(const JournalRun& run) noexcept {
    if (!run.end) return false;
    const RunOutcome outcome = run.end->outcome;
    return outcome == RunOutcome::updated || outcome == RunOutcome::installed || outcome == RunOutcome::already_current;
}

const JournalRun* newest_installation(const std::vector<JournalRun>& runs) noexcept {
    const auto found = std::find_if(runs.rbegin(), runs.rend(), is_installation);
    return found == runs.rend() ? nullptr : &*found;
}

std::optional<Fingerprint> used_certificate(const std::vector<JournalRun>& runs) noexcept {
    // "updated" is the outcome of an update, a restart and a rollback alike, "already-current" that of a look that
    // found the certificate served; every other outcome left what was there.
    const auto deployed = std::find_if(runs.rbegin(), runs.rend(), [](const JournalRun& run) {
        return run.end && run.end->verified &&
               (run.end->outcome == RunOutcome::updated || run.end->outcome == RunOutcome::already_current);
    });
    if (deployed == runs.rend()) return std::nullopt;
    return deployed->facts.new_leaf;
}

}  // namespace umsadm
