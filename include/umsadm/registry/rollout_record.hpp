#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "umsadm/base/fingerprint.hpp"
#include "umsadm/base/time.hpp"
#include "umsadm/registry/journal.hpp"
#include "umsadm/registry/site.hpp"

namespace umsadm {

// One gateway of a rollout, and what became of it.
struct RolloutMember {
    std::string gateway;
    std::optional<Fingerprint> certificate;  // empty: decided when its turn comes
    std::optional<RunOutcome> outcome;       // empty: never started, or cut off
};

// A change of several gateways in one run.
struct Rollout {
    std::string run;  // 16 hex digits
    UtcTime started;
    std::string user;
    std::vector<RolloutMember> members;

    // Those that failed or never started, in their order.
    std::vector<RolloutMember> left() const;
};

// journal/rollouts.jsonl: which gateways a rollout was for, and how each ended, so that it can be taken up again. What
// was done to a gateway stands in its own journal.
class RolloutRecord {
public:
    RolloutRecord(const Site& site, Clock clock) : m_file(site.rollouts()), m_clock(std::move(clock)) {}

    // The newest rollout; nothing when there was none. Throws Code::invalid_data naming file and line.
    std::optional<Rollout> newest() const;

    void begin(const Rollout& rollout);
    // One of its gateways ended; the last line about a gateway counts. May be called from several threads at once.
    void end(std::string_view run, std::string_view gateway, RunOutcome outcome);

private:
    Path m_file;
    Clock m_clock;
};

// Whether a gateway with this outcome needs nothing more.
bool is_finished(RunOutcome outcome) noexcept;

}  // namespace umsadm
