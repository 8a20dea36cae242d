#include "lib/registry/journal_file.hpp"

#include <limits>
#include <system_error>

#include <fmt/format.h>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/error.hpp"

#include "lib/registry/record_file.hpp"

namespace umsadm {
namespace {

// Some ten thousand runs: more is no journal of ours.
constexpr std::size_t k_journal_limit = std::size_t{64} << 20U;
constexpr std::int64_t k_schema = 1;
constexpr std::array<NameOf<JournalEvent>, 3> k_events{
    {{JournalEvent::begin, "begin"}, {JournalEvent::step, "step"}, {JournalEvent::end, "end"}}};
constexpr std::array<NameOf<StepState>, 3> k_states{
    {{StepState::started, "started"}, {StepState::done, "done"}, {StepState::failed, "failed"}}};

void check_schema(RecordReader& reader) {
    const auto schema = reader.number("schema", 1, std::numeric_limits<std::int64_t>::max());
    if (schema <= k_schema) return;
    throw Error(Code::invalid_data,
                fmt::format("this run was written by a newer umsadm (schema {}, this one knows {})", schema, k_schema),
                "use the newer umsadm");
}

LineHead read_head(RecordReader& reader) {
    LineHead head;
    head.time = reader.time("time");
    head.run = reader.text("run");
    if (head.run.size() != 16 || !hex_decode(head.run)) reader.refuse("run", "must be 16 hex digits");
    head.event = reader.choice("event", k_events);
    if (head.event == JournalEvent::begin) check_schema(reader);
    return head;
}

}  // namespace

void read_journal(const Path& file, const std::function<void(const LineHead&, RecordReader&)>& take) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) return;
    const std::string content = read_text_file(file, k_journal_limit);
    std::string_view rest = content;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const auto end = rest.find('\n');
        if (end == std::string_view::npos) return;
        // Not with_context(): its words are made before they are needed, and hardly any line needs them.
        try {
            const nlohmann::json json = parse_json(rest.substr(0, end));
            RecordReader reader(json);
            const LineHead head = read_head(reader);
            take(head, reader);
            reader.finish();
        } catch (Error& error) {
            error.add_frame(fmt::format("reading line {} of {}", number, file.string()));
            throw;
        }
        rest.remove_prefix(end + 1);
    }
}

nlohmann::ordered_json new_line(const LineHead& head) {
    nlohmann::ordered_json line{
        {"time", format_utc(head.time)}, {"run", head.run}, {"event", name_in(k_events, head.event)}};
    if (head.event == JournalEvent::begin) line["schema"] = k_schema;
    return line;
}

StepState read_step_state(RecordReader& reader) { return reader.choice("state", k_states); }

std::string_view step_state_name(StepState state) noexcept { return name_in(k_states, state); }

}  // namespace umsadm
