#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace umsadm {

// How many gateways a rollout may touch at a time, and when it has to stop.
struct RolloutLimits {
    std::size_t jobs = 1;    // at the same time, at least 1
    std::size_t canary = 0;  // so many are updated first; the others follow only when each of them was verified
    std::optional<std::size_t> max_failures{};  // so many failures, and no new one is started
};

// What became of one gateway, as far as it matters for the others.
enum class RolloutVerdict {
    verified,    // it serves what it should
    idle,        // there was nothing to do: it says nothing about the others
    unverified,  // nothing went wrong, but nobody looked
    failed,
};

// Decides which gateway of a rollout may begin, and which never will. It starts nothing itself and knows no time: who
// runs the gateways asks next() whenever one has ended. One thread at a time.
class RolloutSchedule {
public:
    // `groups`: the group of each gateway, in the order of the rollout; empty: none. Two of one group never run at the
    // same time.
    RolloutSchedule(std::vector<std::string> groups, const RolloutLimits& limits);

    // The gateway that may begin now, which then runs until ended(). Nothing: wait for one to end, or none is left
    // (over()).
    std::optional<std::size_t> next();
    void ended(std::size_t gateway, RolloutVerdict verdict);
    // Nothing new begins from now on. The first reason stays.
    void stop(std::string reason);

    // Whether nothing runs and nothing will begin any more.
    bool over() const noexcept;
    std::size_t running() const noexcept { return m_running; }
    std::size_t failures() const noexcept { return m_failures; }
    // Why what has not begun will not begin: "3 gateways failed". Empty as long as everything goes on.
    const std::string& stop_reason() const noexcept { return m_stop_reason; }

private:
    enum class State { waiting, running, ended };
    struct Member {
        std::string group;
        State state = State::waiting;
    };

    bool in_canary(std::size_t gateway) const noexcept { return gateway < m_canary_end; }
    void canary_ended(RolloutVerdict verdict);
    bool is_group_free(const std::string& group) const noexcept;
    bool may_begin(std::size_t gateway) const noexcept;

    std::vector<Member> m_members;
    RolloutLimits m_limits;
    std::size_t m_running = 0;
    std::size_t m_waiting;
    std::size_t m_failures = 0;
    std::size_t m_canary_left;  // so many have to be verified still
    std::size_t m_canary_end;   // the gateways before this one may begin before that
    std::string m_stop_reason;
};

}  // namespace umsadm
