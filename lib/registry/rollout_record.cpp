#include "umsadm/registry/rollout_record.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/registry/journal_file.hpp"
#include "lib/registry/journal_lines.hpp"
#include "lib/registry/record_file.hpp"

namespace umsadm {
namespace {

std::string begin_line(const Rollout& rollout) {
    nlohmann::ordered_json line = new_line({rollout.started, rollout.run, JournalEvent::begin});
    line["user"] = rollout.user;
    line["gateways"] = nlohmann::ordered_json::array();
    nlohmann::ordered_json certificates = nlohmann::ordered_json::object();
    for (const RolloutMember& member : rollout.members) {
        line["gateways"].push_back(member.gateway);
        if (member.certificate) certificates[member.gateway] = member.certificate->to_string();
    }
    if (!certificates.empty()) line["certificates"] = std::move(certificates);
    return line_text(line);
}

std::string end_line(const LineHead& head, std::string_view gateway, RunOutcome outcome) {
    nlohmann::ordered_json line = new_line(head);
    line["gateway"] = gateway;
    line["outcome"] = outcome_name(outcome);
    return line_text(line);
}

Rollout read_begin(const LineHead& head, RecordReader& reader) {
    Rollout rollout{head.run, head.time, reader.text("user"), {}};
    for (const std::string& gateway : reader.texts("gateways")) rollout.members.push_back({gateway, {}, {}});
    for (const auto& [gateway, fingerprint] : reader.text_map("certificates")) {
        const auto member = std::find_if(rollout.members.begin(), rollout.members.end(),
                                         [&, name = gateway](const RolloutMember& one) { return one.gateway == name; });
        const auto parsed = Fingerprint::parse(fingerprint);
        if (member == rollout.members.end() || !parsed) {
            reader.refuse("certificates", "must be the fingerprints of certificates for the gateways");
        }
        member->certificate = *parsed;
    }
    return rollout;
}

// Of an older rollout: whoever began another one gave that one up.
void read_end(const LineHead& head, RecordReader& reader, std::optional<Rollout>& newest) {
    const std::string gateway = reader.text("gateway");
    const RunOutcome outcome = read_outcome(reader);
    if (!newest || newest->run != head.run) return;
    for (RolloutMember& member : newest->members) {
        if (member.gateway == gateway) member.outcome = outcome;
    }
}

// The workers of one rollout end gateways at the same time, and so may another rollout.
void append_locked(const Path& file, std::string_view line, Sync sync) {
    const FileLock lock(file.parent_path() / ".rollouts.lock", "the record of rollouts", Deadline::in(k_lock_wait));
    append_line(file, line, sync);
}

}  // namespace

std::vector<RolloutMember> Rollout::left() const {
    std::vector<RolloutMember> left;
    std::copy_if(members.begin(), members.end(), std::back_inserter(left),
                 [](const RolloutMember& member) { return !member.outcome || !is_finished(*member.outcome); });
    return left;
}

std::optional<Rollout> RolloutRecord::newest() const {
    std::optional<Rollout> newest;
    read_journal(m_file, [&](const LineHead& head, RecordReader& reader) {
        switch (head.event) {
            case JournalEvent::begin: newest = read_begin(head, reader); break;
            case JournalEvent::step: reader.refuse("event", "must be begin or end"); break;
            case JournalEvent::end: read_end(head, reader, newest); break;
        }
    });
    return newest;
}

void RolloutRecord::begin(const Rollout& rollout) { append_locked(m_file, begin_line(rollout), Sync::now); }

void RolloutRecord::end(std::string_view run, std::string_view gateway, RunOutcome outcome) {
    // Whoever is taken up again although he was done is "already current".
    append_locked(m_file, end_line({m_clock(), std::string(run), JournalEvent::end}, gateway, outcome), Sync::later);
}

bool is_finished(RunOutcome outcome) noexcept {
    switch (outcome) {
        case RunOutcome::updated:
        case RunOutcome::already_current:
        case RunOutcome::installed:
        case RunOutcome::skipped: return true;
        case RunOutcome::restored:
        case RunOutcome::restore_failed:
        case RunOutcome::failed:
        case RunOutcome::not_started:
        case RunOutcome::planned: return false;
    }
    return false;
}

}  // namespace umsadm
