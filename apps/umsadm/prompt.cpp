#include "prompt.hpp"

#include <cerrno>
#include <charconv>
#include <chrono>

#include <fmt/format.h>
#include <unistd.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_longest_answer = 256;

void say(std::string_view text) {
    if (::write(STDERR_FILENO, text.data(), text.size()) < 0) throw system_error("cannot write to the terminal", errno);
}

bool on_terminal() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1; }

}  // namespace

std::string TerminalPrompt::ask(std::string_view question) const {
    say(printable(question) + " ");
    std::string answer;
    while (answer.size() < k_longest_answer) {
        while (!wait_ready(STDIN_FILENO, Ready::read, Deadline::in(std::chrono::hours(1), &m_cancellation))) {
        }
        char c = 0;
        const ssize_t count = ::read(STDIN_FILENO, &c, 1);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) {
            say("\n");
            break;
        }
        if (c == '\n') break;
        answer += c;
    }
    return to_lower(trim(answer));
}

void TerminalPrompt::confirm(std::string_view question) {
    if (m_answer == Answer::yes) return;
    if (!on_terminal()) {
        throw Error(Code::needs_answer,
                    fmt::format("a question needs an answer and nobody is there to ask: {}", question),
                    "say --yes to answer yes to every question");
    }
    const std::string answer = ask(fmt::format("{} [y/N]", question));
    if (answer != "y" && answer != "yes") throw Error(Code::failed, "not confirmed: nothing was changed");
}

bool TerminalPrompt::can_choose() const { return on_terminal(); }

std::size_t TerminalPrompt::choose(std::string_view question, const std::vector<std::string>& choices) {
    for (std::size_t i = 0; i < choices.size(); ++i) say(fmt::format("{:3}  {}\n", i + 1, printable(choices[i])));
    const std::string answer = ask(fmt::format("{} [1-{}]", question, choices.size()));
    std::size_t number = 0;
    const char* const end = answer.data() + answer.size();
    const auto [stop, problem] = std::from_chars(answer.data(), end, number);
    if (problem != std::errc{} || stop != end || number < 1 || number > choices.size()) {
        throw Error(Code::failed, "nothing was chosen: nothing was changed");
    }
    return number - 1;
}

void SilentPrompt::confirm(std::string_view question) {
    throw Error(Code::needs_answer, fmt::format("this command asks nothing, and needs an answer: {}", question));
}

std::size_t SilentPrompt::choose(std::string_view question, const std::vector<std::string>& choices) {
    (void)choices;
    throw Error(Code::needs_answer, fmt::format("this command asks nothing, and needs a choice: {}", question));
}

}  // namespace umsadm::app
