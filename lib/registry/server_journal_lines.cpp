#include "lib/registry/server_journal_lines.hpp"

#include "lib/registry/record_file.hpp"
#include "lib/registry/record_writer.hpp"

namespace umsadm {
namespace {

constexpr std::array<NameOf<ServerAction>, 3> k_actions{
    {{ServerAction::sync, "sync"}, {ServerAction::create, "create"}, {ServerAction::restart, "restart"}}};
constexpr std::array<NameOf<ServerStep>, 6> k_steps{{{ServerStep::backup, "backup"},
                                                     {ServerStep::replace, "replace"},
                                                     {ServerStep::verify, "verify"},
                                                     {ServerStep::restart, "restart"},
                                                     {ServerStep::wait, "wait"},
                                                     {ServerStep::put_back, "put-back"}}};
constexpr std::array<NameOf<ServerOutcome>, 10> k_outcomes{{{ServerOutcome::updated, "updated"},
                                                            {ServerOutcome::restart_needed, "restart-needed"},
                                                            {ServerOutcome::restarted, "restarted"},
                                                            {ServerOutcome::already_current, "already-current"},
                                                            {ServerOutcome::created, "created"},
                                                            {ServerOutcome::restored, "restored"},
                                                            {ServerOutcome::restore_failed, "restore-failed"},
                                                            {ServerOutcome::failed, "failed"},
                                                            {ServerOutcome::not_started, "not-started"},
                                                            {ServerOutcome::planned, "planned"}}};

}  // namespace

std::string_view action_name(ServerAction action) noexcept { return name_in(k_actions, action); }

std::string_view step_name(ServerStep step) noexcept { return name_in(k_steps, step); }

std::string_view outcome_name(ServerOutcome outcome) noexcept { return name_in(k_outcomes, outcome); }

ServerRunFacts ServerLines::read_begin(const LineHead& head, RecordReader& reader) {
    ServerRunFacts facts;
    facts.run = head.run;
    facts.started = head.time;
    facts.action = reader.choice("action", k_actions);
    facts.user = reader.text_or_empty("user");
    facts.backup_path = reader.text_or_empty("backup_path");
    facts.old_fingerprint = reader.optional_fingerprint("old_fingerprint");
    facts.new_fingerprint = reader.optional_fingerprint("new_fingerprint");
    facts.restart = reader.flag("restart");
    return facts;
}

ServerJournalStep ServerLines::read_step(const LineHead& head, RecordReader& reader) {
    ServerJournalStep step;
    step.time = head.time;
    step.step = reader.choice("step", k_steps);
    step.state = read_step_state(reader);
    step.detail = reader.text_or_empty("detail");
    return step;
}

ServerRunEnd ServerLines::read_end(const LineHead& head, RecordReader& reader) {
    ServerRunEnd end;
    end.time = head.time;
    end.outcome = reader.choice("outcome", k_outcomes);
    end.error = reader.text_or_empty("error");
    end.settled_later = reader.optional_flag("settled_later").value_or(false);
    return end;
}

std::string ServerLines::begin(const ServerRunFacts& facts) {
    nlohmann::ordered_json line = new_line({facts.started, facts.run, JournalEvent::begin});
    line["action"] = action_name(facts.action);
    write_if_any(line, "user", facts.user);
    write_if_any(line, "backup_path", facts.backup_path);
    write_if_any(line, "old_fingerprint", facts.old_fingerprint);
    write_if_any(line, "new_fingerprint", facts.new_fingerprint);
    line["restart"] = facts.restart;
    return line_text(line);
}

std::string ServerLines::step(std::string_view run, const ServerJournalStep& step) {
    nlohmann::ordered_json line = new_line({step.time, std::string(run), JournalEvent::step});
    line["step"] = step_name(step.step);
    line["state"] = step_state_name(step.state);
    write_if_any(line, "detail", step.detail);
    return line_text(line);
}

std::string ServerLines::end(std::string_view run, const ServerRunEnd& end) {
    nlohmann::ordered_json line = new_line({end.time, std::string(run), JournalEvent::end});
    line["outcome"] = outcome_name(end.outcome);
    write_if_any(line, "error", end.error);
    if (end.settled_later) line["settled_later"] = true;
    return line_text(line);
}

}  // namespace umsadm
