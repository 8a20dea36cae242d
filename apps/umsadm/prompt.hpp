#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "umsadm/base/deadline.hpp"

namespace umsadm::app {

// Questions to the user.
class Prompt {
public:
    virtual ~Prompt() = default;
    Prompt() = default;
    Prompt(const Prompt&) = delete;
    Prompt& operator=(const Prompt&) = delete;

    // Returns normally when the answer is yes. Throws Code::failed ("not confirmed") when it is no, and
    // Code::needs_answer when nobody can answer.
    virtual void confirm(std::string_view question) = 0;

    // Whether choose() can ask somebody: without that a choice is an error of the caller's own.
    virtual bool can_choose() const = 0;
    // The index of the line that the user chose. Throws Code::failed when none was.
    virtual std::size_t choose(std::string_view question, const std::vector<std::string>& choices) = 0;
};

// Asks on the terminal: on standard error, answered on standard input.
class TerminalPrompt final : public Prompt {
public:
    enum class Answer { ask, yes };

    // Answer::yes: confirm() takes a yes for granted (--yes). A choice is never taken for granted.
    TerminalPrompt(Answer answer, const Cancellation& cancellation) : m_answer(answer), m_cancellation(cancellation) {}

    void confirm(std::string_view question) override;
    bool can_choose() const override;
    std::size_t choose(std::string_view question, const std::vector<std::string>& choices) override;

private:
    std::string ask(std::string_view question) const;

    Answer m_answer;
    const Cancellation& m_cancellation;
};

// For commands that never ask: nobody is there, whatever the terminal.
class SilentPrompt final : public Prompt {
public:
    void confirm(std::string_view question) override;
    bool can_choose() const override { return false; }
    std::size_t choose(std::string_view question, const std::vector<std::string>& choices) override;
};

}  // namespace umsadm::app
