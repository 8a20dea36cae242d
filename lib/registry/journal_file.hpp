#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "umsadm/base/file.hpp"
#include "umsadm/base/time.hpp"
#include "umsadm/registry/journal.hpp"

#include "lib/registry/record_reader.hpp"

namespace umsadm {

// What the journals of gateways and of servers have in common: a file of lines, one JSON object each, that tell how
// runs begin, take steps and end.
enum class JournalEvent { begin, step, end };

// What every line says.
struct LineHead {
    UtcTime time;
    std::string run;
    JournalEvent event = JournalEvent::begin;
};

// Calls `take` with each line of a journal; fields that it does not ask for are refused. A missing file has no lines,
// and a last line without its newline was cut off by a crash: it was never reported as written, and is passed over.
// Throws Code::invalid_data naming file, line and field.
void read_journal(const Path& file, const std::function<void(const LineHead&, RecordReader&)>& take);

// A line to be written; that of a beginning has the schema, too.
nlohmann::ordered_json new_line(const LineHead& head);

StepState read_step_state(RecordReader& reader);
std::string_view step_state_name(StepState state) noexcept;

// What is about to be done has to be known after a crash; how it ended is seen on the host.
constexpr Sync sync_of(StepState state) noexcept { return state == StepState::started ? Sync::now : Sync::later; }

}  // namespace umsadm
