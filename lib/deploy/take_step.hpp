#pragma once

#include <chrono>
#include <string_view>
#include <utility>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/registry/journal.hpp"

namespace umsadm {

// Takes one step of a change, of a gateway or a server: the journal has it before it is begun and when it has ended.
template <typename Change, typename Step, typename Action>
void take_step(Change& change, Step step, std::string_view words, Action&& action) {
    constexpr std::chrono::hours k_far{24};
    change.check_interrupted();
    change.say(words);
    change.record(step, StepState::started);
    const Deadline clock = Deadline::in(k_far);
    try {
        std::forward<Action>(action)();
    } catch (const Error& error) {
        change.note_end(step, k_far - clock.remaining(), &error);
        throw;
    }
    change.note_end(step, k_far - clock.remaining(), nullptr);
    change.record(step, StepState::done);
}

}  // namespace umsadm
