#include "command.hpp"

#include <utility>

namespace umsadm::app {

Command& Command::command(std::string name, std::string summary) {
    return m_commands.emplace_back(this, std::move(name), std::move(summary));
}

Command& Command::commands_by(std::function<void()> describe) {
    m_describe_commands = std::move(describe);
    return *this;
}

const std::list<Command>& Command::commands() const {
    if (m_describe_commands) std::exchange(m_describe_commands, nullptr)();
    return m_commands;
}

Command& Command::argument(std::string name, std::string help, ValueReader reader, Need need) {
    m_arguments.push_back({std::move(name), std::move(help), need, std::move(reader)});
    m_argument_is_last = true;
    return *this;
}

Command& Command::heading(std::string heading) {
    m_heading = std::move(heading);
    return *this;
}

Command& Command::option(std::string names, std::string value, std::string help, ValueReader reader, Need need) {
    m_options.push_back({std::move(names), std::move(value), std::move(help), m_heading, need, std::move(reader), {}});
    m_argument_is_last = false;
    return *this;
}

Command& Command::flag(std::string names, std::string help, bool& target) {
    return flag(std::move(names), std::move(help), [&target] { target = true; });
}

Command& Command::flag(std::string names, std::string help, std::function<void()> raise) {
    m_options.push_back({std::move(names), {}, std::move(help), m_heading, Need::optional, {}, std::move(raise)});
    m_argument_is_last = false;
    return *this;
}

Command& Command::offering(std::vector<OfferKind> kinds) {
    last_offered() = Offers{std::move(kinds), {}};
    return *this;
}

Command& Command::offering_words(std::vector<OfferedWord> words) {
    last_offered() = Offers{{}, std::move(words)};
    return *this;
}

std::optional<Offers>& Command::last_offered() {
    return m_argument_is_last ? m_arguments.back().offered : m_options.back().offered;
}

Command& Command::describe(std::string text) {
    m_description = std::move(text);
    return *this;
}

Command& Command::example(std::string line, std::string says) {
    m_examples.push_back({std::move(line), std::move(says)});
    return *this;
}

Command& Command::run(std::function<ExitCode(Context&)> function) {
    m_function = std::move(function);
    return *this;
}

std::string Command::path() const {
    if (m_parent == nullptr) return {};
    const std::string before = m_parent->path();
    return before.empty() ? m_name : before + " " + m_name;
}

std::string Command::full_name() const { return m_parent == nullptr ? m_name : m_parent->full_name() + " " + m_name; }

}  // namespace umsadm::app
