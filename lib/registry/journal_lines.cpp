#include "lib/registry/journal_lines.hpp"

#include "lib/registry/record_file.hpp"
#include "lib/registry/record_writer.hpp"

namespace umsadm {
namespace {

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
constexpr std::array<NameOf<RunOutcome>, 9> k_outcomes{{{RunOutcome::updated, "updated"},
                                                        {RunOutcome::already_current, "already-current"},
                                                        {RunOutcome::installed, "installed"},
                                                        {RunOutcome::restored, "restored"},
                                                        {RunOutcome::restore_failed, "restore-failed"},
                                                        {RunOutcome::failed, "failed"},
                                                        {RunOutcome::skipped, "skipped"},
                                                        {RunOutcome::not_started, "not-started"},
                                                        {RunOutcome::planned, "planned"}}};

}  // namespace

std::string_view action_name(RunAction action) noexcept { return name_in(k_actions, action); }

std::string_view step_name(StepKind step) noexcept { return name_in(k_steps, step); }

std::string_view outcome_name(RunOutcome outcome) noexcept { return name_in(k_outcomes, outcome); }

RunOutcome read_outcome(RecordReader& reader) { return reader.choice("outcome", k_outcomes); }

RunFacts GatewayLines::read_begin(const LineHead& head, RecordReader& reader) {
    RunFacts facts;
    facts.run = head.run;
    facts.started = head.time;
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

JournalStep GatewayLines::read_step(const LineHead& head, RecordReader& reader) {
    JournalStep step;
    step.time = head.time;
    step.step = reader.choice("step", k_steps);
    step.state = read_step_state(reader);
    step.detail = reader.text_or_empty("detail");
    return step;
}

RunEnd GatewayLines::read_end(const LineHead& head, RecordReader& reader) {
    RunEnd end;
    end.time = head.time;
    end.outcome = read_outcome(reader);
    end.verified = reader.flag("verified");
    end.error = reader.text_or_empty("error");
    end.settled_later = reader.optional_flag("settled_later").value_or(false);
    return end;
}

std::string GatewayLines::begin(const RunFacts& facts) {
    nlohmann::ordered_json line = new_line({facts.started, facts.run, JournalEvent::begin});
    line["action"] = action_name(facts.action);
    write_if_any(line, "user", facts.user);
    write_if_any(line, "live_path", facts.live_path);
    write_if_any(line, "staged_path", facts.staged_path);
    write_if_any(line, "backup_path", facts.backup_path);
    write_if_any(line, "old_digest", facts.old_digest);
    write_if_any(line, "new_digest", facts.new_digest);
    write_if_any(line, "served_before", facts.served_before);
    write_if_any(line, "old_leaf", facts.old_leaf);
    line["new_leaf"] = facts.new_leaf.to_string();
    line["restart"] = facts.restart;
    line["verify"] = facts.verify;
    line["health_required"] = facts.health_required;
    write_if_any(line, "reason", facts.reason);
    return line_text(line);
}

std::string GatewayLines::step(std::string_view run, const JournalStep& step) {
    nlohmann::ordered_json line = new_line({step.time, std::string(run), JournalEvent::step});
    line["step"] = step_name(step.step);
    line["state"] = step_state_name(step.state);
    write_if_any(line, "detail", step.detail);
    return line_text(line);
}

std::string GatewayLines::end(std::string_view run, const RunEnd& end) {
    nlohmann::ordered_json line = new_line({end.time, std::string(run), JournalEvent::end});
    line["outcome"] = outcome_name(end.outcome);
    line["verified"] = end.verified;
    write_if_any(line, "error", end.error);
    if (end.settled_later) line["settled_later"] = true;
    return line_text(line);
}

}  // namespace umsadm
