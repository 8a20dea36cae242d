#include "umsadm/registry/journal.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/registry/journal_lines.hpp"

namespace umsadm {
namespace {

// Some ten thousand runs: more is no journal of ours.
constexpr std::size_t k_journal_limit = std::size_t{64} << 20U;

// Puts the lines of a journal together to runs.
class RunCollector {
public:
    void operator()(BeginLine&& line) {
        if (find(line.facts.run) != nullptr) refuse(line.facts.run, "begins twice");
        m_runs.push_back({std::move(line.facts), {}, std::nullopt});
    }
    void operator()(StepLine&& line) { require(line.run).steps.push_back(std::move(line.step)); }
    void operator()(EndLine&& line) {
        JournalRun& run = require(line.run);
        if (run.end) refuse(line.run, "ends twice");
        run.end = std::move(line.end);
    }

    std::vector<JournalRun> take() { return std::move(m_runs); }

private:
    // Lines belong to the newest run but for damage, so the search starts there.
    JournalRun* find(const std::string& id) {
        const auto found =
            std::find_if(m_runs.rbegin(), m_runs.rend(), [&](const JournalRun& run) { return run.facts.run == id; });
        return found == m_runs.rend() ? nullptr : &*found;
    }
    JournalRun& require(const std::string& id) {
        JournalRun* run = find(id);
        if (run == nullptr) refuse(id, "has no beginning");
        return *run;
    }
    [[noreturn]] static void refuse(const std::string& id, std::string_view what) {
        throw Error(Code::invalid_data, fmt::format("the run {} {}", in_quotes(id), what),
                    "put the journal back from a backup: it says what is on the gateway");
    }

    std::vector<JournalRun> m_runs;
};

}  // namespace

bool JournalRun::reached(StepKind step) const noexcept {
    return std::any_of(steps.begin(), steps.end(), [&](const JournalStep& taken) { return taken.step == step; });
}

std::vector<JournalRun> Journal::load() const {
    std::error_code ignored;
    if (!std::filesystem::exists(m_file, ignored)) return {};
    const std::string content = read_text_file(m_file, k_journal_limit);
    std::string_view rest = content;
    RunCollector collector;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const auto end = rest.find('\n');
        // A line without its newline was cut off by a crash: it was never reported as written.
        if (end == std::string_view::npos) break;
        with_context(fmt::format("reading line {} of {}", number, m_file.string()),
                     [&] { std::visit(collector, parse_line(rest.substr(0, end))); });
        rest.remove_prefix(end + 1);
    }
    return collector.take();
}

void Journal::begin(const RunFacts& facts) { append_line(m_file, to_line(BeginLine{facts})); }

void Journal::step(std::string_view run, StepKind step, StepState state, std::string_view detail) {
    append_line(m_file, to_line(StepLine{std::string(run), {m_clock(), step, state, std::string(detail)}}));
}

void Journal::end(std::string_view run, RunOutcome outcome, bool verified, std::string_view error, bool settled_later) {
    append_line(m_file,
                to_line(EndLine{std::string(run), {m_clock(), outcome, verified, std::string(error), settled_later}}));
}

const JournalRun* unfinished_run(const std::vector<JournalRun>& runs) noexcept {
    return runs.empty() || runs.back().end ? nullptr : &runs.back();
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
