#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/registry/journal_file.hpp"

namespace umsadm {

// Puts the lines of a journal together to runs. `Run` has `facts`, `steps` and `end`.
template <typename Run>
class RunCollector {
public:
    template <typename Facts>
    void begin(Facts&& facts) {
        if (find(facts.run) != nullptr) refuse(facts.run, "begins twice");
        m_runs.push_back({std::forward<Facts>(facts), {}, {}});
    }
    template <typename Step>
    void step(const std::string& run, Step&& step) {
        require(run).steps.push_back(std::forward<Step>(step));
    }
    template <typename End>
    void end(const std::string& run, End&& end) {
        Run& ended = require(run);
        if (ended.end) refuse(run, "ends twice");
        ended.end = std::forward<End>(end);
    }

    std::vector<Run> take() { return std::move(m_runs); }

private:
    // Lines belong to the newest run but for damage, so the search starts there.
    Run* find(const std::string& id) {
        const auto found =
            std::find_if(m_runs.rbegin(), m_runs.rend(), [&](const Run& run) { return run.facts.run == id; });
        return found == m_runs.rend() ? nullptr : &*found;
    }
    Run& require(const std::string& id) {
        Run* run = find(id);
        if (run == nullptr) refuse(id, "has no beginning");
        return *run;
    }
    [[noreturn]] static void refuse(const std::string& id, std::string_view what) {
        throw Error(Code::invalid_data, fmt::format("the run {} {}", in_quotes(id), what),
                    "put the journal back from a backup: it says what was changed on the host");
    }

    std::vector<Run> m_runs;
};

// The runs of a journal, oldest first. `Lines` knows its lines: read_begin(), read_step() and read_end().
template <typename Run, typename Lines>
std::vector<Run> load_runs(const Path& file) {
    RunCollector<Run> runs;
    read_journal(file, [&](const LineHead& head, RecordReader& reader) {
        switch (head.event) {
            case JournalEvent::begin: runs.begin(Lines::read_begin(head, reader)); break;
            case JournalEvent::step: runs.step(head.run, Lines::read_step(head, reader)); break;
            case JournalEvent::end: runs.end(head.run, Lines::read_end(head, reader)); break;
        }
    });
    return runs.take();
}

// The last run, when it has no end.
template <typename Run>
const Run* last_unfinished(const std::vector<Run>& runs) noexcept {
    return runs.empty() || runs.back().end ? nullptr : &runs.back();
}

}  // namespace umsadm
