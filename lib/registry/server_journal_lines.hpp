#pragma once

#include <string>
#include <string_view>

#include "umsadm/registry/server_journal.hpp"

#include "lib/registry/journal_file.hpp"

namespace umsadm {

// The lines of a server's journal.
struct ServerLines {
    static ServerRunFacts read_begin(const LineHead& head, RecordReader& reader);
    static ServerJournalStep read_step(const LineHead& head, RecordReader& reader);
    static ServerRunEnd read_end(const LineHead& head, RecordReader& reader);

    static std::string begin(const ServerRunFacts& facts);
    static std::string step(std::string_view run, const ServerJournalStep& step);
    static std::string end(std::string_view run, const ServerRunEnd& end);
};

}  // namespace umsadm
