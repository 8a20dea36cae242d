#include "umsadm/jobs/rollout_schedule.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace umsadm {

RolloutSchedule::RolloutSchedule(std::vector<std::string> groups, const RolloutLimits& limits)
    : m_limits(limits),
      m_waiting(groups.size()),
      m_canary_left(std::min(limits.canary, groups.size())),
      m_canary_end(m_canary_left) {
    for (std::string& group : groups) m_members.push_back({std::move(group), State::waiting});
    m_limits.jobs = std::max<std::size_t>(m_limits.jobs, 1);
}

bool RolloutSchedule::is_group_free(const std::string& group) const noexcept {
    return group.empty() || std::none_of(m_members.begin(), m_members.end(), [&](const Member& member) {
               return member.state == State::running && member.group == group;
           });
}

bool RolloutSchedule::may_begin(std::size_t gateway) const noexcept {
    const Member& member = m_members[gateway];
    return member.state == State::waiting && (m_canary_left == 0 || in_canary(gateway)) && is_group_free(member.group);
}

std::optional<std::size_t> RolloutSchedule::next() {
    if (!m_stop_reason.empty() || m_running >= m_limits.jobs) return std::nullopt;
    for (std::size_t i = 0; i < m_members.size(); ++i) {
        if (!may_begin(i)) continue;
        m_members[i].state = State::running;
        ++m_running;
        --m_waiting;
        return i;
    }
    return std::nullopt;
}

void RolloutSchedule::ended(std::size_t gateway, RolloutVerdict verdict) {
    m_members[gateway].state = State::ended;
    --m_running;
    if (verdict == RolloutVerdict::failed) ++m_failures;
    if (in_canary(gateway) && m_canary_left > 0) canary_ended(verdict);
    if (m_limits.max_failures && m_failures >= *m_limits.max_failures && verdict == RolloutVerdict::failed) {
        stop(m_failures == 1 ? "a gateway failed" : fmt::format("{} gateways failed", m_failures));
    }
}

void RolloutSchedule::canary_ended(RolloutVerdict verdict) {
    if (verdict == RolloutVerdict::idle && m_canary_end < m_members.size()) {
        ++m_canary_end;  // the next one takes its place
    } else if (verdict == RolloutVerdict::verified || verdict == RolloutVerdict::idle) {
        --m_canary_left;
    } else {
        stop(m_limits.canary == 1 ? "the canary was not verified" : "a gateway of the canary was not verified");
    }
}

void RolloutSchedule::stop(std::string reason) {
    if (m_stop_reason.empty()) m_stop_reason = std::move(reason);
}

bool RolloutSchedule::over() const noexcept { return m_running == 0 && (m_waiting == 0 || !m_stop_reason.empty()); }

}  // namespace umsadm
