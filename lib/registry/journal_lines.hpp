#pragma once

#include <string>
#include <string_view>

#include "umsadm/registry/journal.hpp"

#include "lib/registry/journal_file.hpp"

namespace umsadm {

// The lines of a gateway's journal.
struct GatewayLines {
    static RunFacts read_begin(const LineHead& head, RecordReader& reader);
    static JournalStep read_step(const LineHead& head, RecordReader& reader);
    static RunEnd read_end(const LineHead& head, RecordReader& reader);

    static std::string begin(const RunFacts& facts);
    static std::string step(std::string_view run, const JournalStep& step);
    static std::string end(std::string_view run, const RunEnd& end);
};

RunOutcome read_outcome(RecordReader& reader);

}  // namespace umsadm
