#pragma once

#include <chrono>
#include <string_view>
#include <utility>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/registry/journal.hpp"

namespace umsadm {

// Writes lines into the journal. Before `committed` one that cannot be written is a failure (Code::failed); afterwards
// it is kept in mind.
template <typename Change, typename Write>
void record(Change& change, Write&& write) {
    try {
        std::forward<Write>(write)(change.context.journal);
    } catch (const Error& error) {
        if (!change.committed) throw Error(Code::failed, error.message(), error.hint());
        if (!change.unrecorded) change.unrecorded = error;
    }
}

template <typename Change, typename Step>
void record_step(Change& change, Step step, StepState state) {
    record(change, [&](auto& journal) { journal.step(change.facts().run, step, state); });
}

// Notes how a step ended, in the outcome and in the journal. Never throws for the journal.
template <typename Change, typename Step>
void note_end_of_step(Change& change, Step step, std::chrono::milliseconds took, const Error* failure) {
    change.outcome.steps.push_back({step, failure == nullptr, took, failure == nullptr ? "" : failure->message()});
    if (failure == nullptr) return;
    try {
        change.context.journal.step(change.facts().run, step, StepState::failed, failure->message());
    } catch (const Error& error) {
        // The failure that is being reported counts for more; the journal without this line says the same.
        if (!change.unrecorded) change.unrecorded = error;
    }
}

// Takes one step of a change, of a gateway or a server: the journal has it before it is begun and when it has ended.
template <typename Change, typename Step, typename Action>
void take_step(Change& change, Step step, std::string_view words, Action&& action) {
    constexpr std::chrono::hours k_far{24};
    change.check_interrupted();
    change.say(words);
    record_step(change, step, StepState::started);
    const Deadline clock = Deadline::in(k_far);
    try {
        std::forward<Action>(action)();
    } catch (const Error& error) {
        note_end_of_step(change, step, k_far - clock.remaining(), &error);
        throw;
    }
    note_end_of_step(change, step, k_far - clock.remaining(), nullptr);
    record_step(change, step, StepState::done);
}

}  // namespace umsadm
