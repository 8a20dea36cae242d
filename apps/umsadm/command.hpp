#pragma once

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exit_code.hpp"
#include "offer.hpp"
#include "option_values.hpp"

namespace umsadm::app {

struct Context;

enum class Need { optional, required };

// One option or flag of a command, as the parser and the help see it.
struct OptionInfo {
    std::string names;  // "--output,-o": the first one is the name in messages
    std::string value;  // "FILE"; empty: a flag
    std::string help;
    std::string heading;  // the group in the help
    Need need = Need::optional;
    ValueReader reader;
    std::function<void()> raise;         // of a flag: what it does
    std::optional<Offers> offered = {};  // where the name of the value does not say it

    Offers offers() const { return offered ? *offered : offers_for(value); }
    bool is_flag() const noexcept { return raise != nullptr; }
    std::string name() const { return names.substr(0, names.find(',')); }
};

struct ArgumentInfo {
    std::string name;  // "FILE"
    std::string help;
    Need need = Need::required;
    ValueReader reader;  // repeatable: takes all that follow
    std::optional<Offers> offered = {};

    Offers offers() const { return offered ? *offered : offers_for(name); }
};

struct Example {
    std::string line;
    std::string says;
};

// A node of the tree of commands: "umsadm", "umsadm cert" or "umsadm cert create". It only describes; command_line.hpp
// parses and help.hpp shows it.
class Command {
public:
    Command(const Command* parent, std::string name, std::string summary)
        : m_parent(parent), m_name(std::move(name)), m_summary(std::move(summary)) {}

    // Adds a command below this one. The reference stays valid.
    // One that has commands below it may run, too: "umsadm audit" beside "umsadm audit verify".
    Command& command(std::string name, std::string summary);
    // `describe` adds the commands below this one when somebody looks at them: a run needs those of one group.
    Command& commands_by(std::function<void()> describe);

    Command& argument(std::string name, std::string help, ValueReader reader, Need need = Need::required);
    // Options that are added next stand below this heading in the help ("Options" at first).
    Command& heading(std::string heading);
    Command& option(std::string names, std::string value, std::string help, ValueReader reader,
                    Need need = Need::optional);
    Command& flag(std::string names, std::string help, bool& target);
    Command& flag(std::string names, std::string help, std::function<void()> raise);
    // What TAB offers for the option or argument that was added last, where the name of its value does not say it
    // (offers_for()).
    Command& offering(std::vector<OfferKind> kinds);
    Command& offering_words(std::vector<OfferedWord> words);
    // A paragraph below the summary; "\n" ends a line.
    Command& describe(std::string text);
    Command& example(std::string line, std::string says);
    Command& run(std::function<ExitCode(Context&)> function);

    const Command* parent() const noexcept { return m_parent; }
    const std::string& name() const noexcept { return m_name; }
    const std::string& summary() const noexcept { return m_summary; }
    const std::string& description() const noexcept { return m_description; }
    const std::list<Command>& commands() const;
    const std::vector<OptionInfo>& options() const noexcept { return m_options; }
    const std::vector<ArgumentInfo>& arguments() const noexcept { return m_arguments; }
    const std::vector<Example>& examples() const noexcept { return m_examples; }
    const std::function<ExitCode(Context&)>& function() const noexcept { return m_function; }

    bool is_group() const noexcept { return m_describe_commands != nullptr || !m_commands.empty(); }
    std::string path() const;       // "cert create": without the name of the program
    std::string full_name() const;  // "umsadm cert create"

private:
    std::optional<Offers>& last_offered();

    const Command* m_parent;
    std::string m_name;
    std::string m_summary;
    std::string m_description;
    std::string m_heading = "Options";
    std::list<Command> m_commands;
    mutable std::function<void()> m_describe_commands;  // null: done, or there are none
    std::vector<OptionInfo> m_options;
    std::vector<ArgumentInfo> m_arguments;
    bool m_argument_is_last = false;
    std::vector<Example> m_examples;
    std::function<ExitCode(Context&)> m_function;
};

}  // namespace umsadm::app
