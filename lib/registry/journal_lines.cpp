#include "lib/registry/journal_lines.hpp"

#include <limits>

#include <fmt/format.h>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/error.hpp"

#include "lib/registry/record_file.hpp"

namespace umsadm {
namespace {

enum class Event { begin, step, end };

constexpr std::int64_t k_schema = 1;
constexpr std::array<NameOf<Event>, 3> k_events{{{Event::begin, "begin"}, {Event::step, "step"}, {Event::end, "end"}}};
constexpr std::array<NameOf<RunAction>, 4> k_actions{{{RunAction::update, "update"},
                                                      {RunAction::restart, "restart"},
                                                      {RunAction::rollback, "rollback"},
                                                      {RunAction::verify, "verify"}}};
constexpr std::array<NameOf<StepKind>, 9> k_steps{{{StepKind::backup, "backup"},
                                                   {StepKind::upload, "upload"},
                                                   {StepKind::swap, "swap"},
                                                   {StepKind::restart, "restart"},
                                                   {StepKind::verify, "verify"},
                                                   {StepKind::restore, "restore"},
                                                   {StepKind::restore_restart, "restore-restart"},
                                                   {StepKind::restore_verify, "restore-verify"},
                                                   {StepKind::clean, "clean"}}};
constexpr std::array<NameOf<StepState>, 3> k_states{
    {{StepState::started, "started"}, {StepState::done, "done"}, {StepState::failed, "failed"}}};
constexpr std::array<NameOf<RunOutcome>, 9> k_outcomes{{{RunOutcome::updated, "updated"},
                                                        {RunOutcome::already_current, "already-current"},
                                                        {RunOutcome::installed, "installed"},
                                                        {RunOutcome::restored, "restored"},
                                                        {RunOutcome::restore_failed, "restore-failed"},
                                                        {RunOutcome::failed, "failed"},
                                                        {RunOutcome::skipped, "skipped"},
                                                        {RunOutcome::not_started, "not-started"},
                                                        {RunOutcome::planned, "planned"}}};

nlohmann::ordered_json new_line(UtcTime time, std::string_view run, Event event) {
    return {{"time", format_utc(time)}, {"run", run}, {"event", name_in(k_events, event)}};
}

void write_if_any(nlohmann::ordered_json& line, const char* name, const std::string& value) {
    if (!value.empty()) line[name] = value;
}

void write_if_any(nlohmann::ordered_json& line, const char* name, const std::optional<Fingerprint>& value) {
    if (value) line[name] = value->to_string();
}

RunFacts read_facts(RecordReader& reader, std::string run, UtcTime time) {
    if (const auto schema = reader.number("schema", 1, std::numeric_limits<std::int64_t>::max()); schema > k_schema) {
        throw Error(
            Code::invalid_data,
            fmt::format("this run was written by a newer umsadm (schema {}, this one knows {})", schema, k_schema),
            "use the newer umsadm");
    }
    RunFacts facts;
    facts.run = std::move(run);
    facts.started = time;
    facts.action = reader.choice("action", k_actions);
    facts.user = reader.text_or_empty("user");
    facts.live_path = reader.text_or_empty("live_path");
    facts.staged_path = reader.text_or_empty("staged_path");
    facts.backup_path = reader.text_or_empty("backup_path");
    facts.old_digest = reader.text_or_empty("old_digest");
    facts.new_digest = reader.text_or_empty("new_digest");
    facts.served_before = reader.optional_fingerprint("served_before");
    facts.old_leaf = reader.optional_fingerprint("old_leaf");
    facts.new_leaf = reader.fingerprint("new_leaf");
    facts.restart = reader.flag("restart");
    facts.verify = reader.flag("verify");
    facts.health_required = reader.flag("health_required");
    facts.reason = reader.text_or_empty("reason");
    return facts;
}

JournalStep read_step(RecordReader& reader, UtcTime time) {
    JournalStep step;
    step.time = time;
    step.step = reader.choice("step", k_steps);
    step.state = reader.choice("state", k_states);
    step.detail = reader.text_or_empty("detail");
    return step;
}

RunEnd read_end(RecordReader& reader, UtcTime time) {
    RunEnd end;
    end.time = time;
    end.outcome = reader.choice("outcome", k_outcomes);
    end.verified = reader.flag("verified");
    end.error = reader.text_or_empty("error");
    end.settled_later = reader.optional_flag("settled_later").value_or(false);
    return end;
}

JournalLine read_line(RecordReader& reader) {
    const UtcTime time = reader.time("time");
    std::string run = reader.text("run");
    if (run.size() != 16 || !hex_decode(run)) reader.refuse("run", "must be 16 hex digits");
    switch (reader.choice("event", k_events)) {
        case Event::begin: return BeginLine{read_facts(reader, std::move(run), time)};
        case Event::step: return StepLine{std::move(run), read_step(reader, time)};
        case Event::end: break;
    }
    return EndLine{std::move(run), read_end(reader, time)};
}

}  // namespace

std::string_view action_name(RunAction action) noexcept { return name_in(k_actions, action); }

std::string_view step_name(StepKind step) noexcept { return name_in(k_steps, step); }

std::string_view outcome_name(RunOutcome outcome) noexcept { return name_in(k_outcomes, outcome); }

std::string to_line(const BeginLine& line) {
    const RunFacts& facts = line.facts;
    nlohmann::ordered_json json = new_line(facts.started, facts.run, Event::begin);
    json["schema"] = k_schema;
    json["action"] = action_name(facts.action);
    write_if_any(json, "user", facts.user);
    write_if_any(json, "live_path", facts.live_path);
    write_if_any(json, "staged_path", facts.staged_path);
    write_if_any(json, "backup_path", facts.backup_path);
    write_if_any(json, "old_digest", facts.old_digest);
    write_if_any(json, "new_digest", facts.new_digest);
    write_if_any(json, "served_before", facts.served_before);
    write_if_any(json, "old_leaf", facts.old_leaf);
    json["new_leaf"] = facts.new_leaf.to_string();
    json["restart"] = facts.restart;
    json["verify"] = facts.verify;
    json["health_required"] = facts.health_required;
    write_if_any(json, "reason", facts.reason);
    return line_text(json);
}

std::string to_line(const StepLine& line) {
    nlohmann::ordered_json json = new_line(line.step.time, line.run, Event::step);
    json["step"] = step_name(line.step.step);
    json["state"] = name_in(k_states, line.step.state);
    write_if_any(json, "detail", line.step.detail);
    return line_text(json);
}

std::string to_line(const EndLine& line) {
    nlohmann::ordered_json json = new_line(line.end.time, line.run, Event::end);
    json["outcome"] = outcome_name(line.end.outcome);
    json["verified"] = line.end.verified;
    write_if_any(json, "error", line.end.error);
    if (line.end.settled_later) json["settled_later"] = true;
    return line_text(json);
}

JournalLine parse_line(std::string_view text) {
    const nlohmann::json json = parse_json(text);
    RecordReader reader(json);
    JournalLine line = read_line(reader);
    reader.finish();
    return line;
}

}  // namespace umsadm
