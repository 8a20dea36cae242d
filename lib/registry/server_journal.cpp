#include "umsadm/registry/server_journal.hpp"

#include "lib/registry/journal_runs.hpp"
#include "lib/registry/server_journal_lines.hpp"

namespace umsadm {

std::vector<ServerRun> ServerJournal::load() const { return load_runs<ServerRun, ServerLines>(m_file); }

void ServerJournal::begin(const ServerRunFacts& facts) { append_line(m_file, ServerLines::begin(facts)); }

void ServerJournal::step(std::string_view run, ServerStep step, StepState state, std::string_view detail) {
    append_line(m_file, ServerLines::step(run, {m_clock(), step, state, std::string(detail)}), sync_of(state));
}

void ServerJournal::end(std::string_view run, ServerOutcome outcome, std::string_view error, bool settled_later) {
    append_line(m_file, ServerLines::end(run, {m_clock(), outcome, std::string(error), settled_later}));
}

const ServerRun* unfinished_run(const std::vector<ServerRun>& runs) noexcept { return last_unfinished(runs); }

}  // namespace umsadm
