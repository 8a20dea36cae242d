#include "command_line.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "suggestion.hpp"

namespace umsadm::app {
namespace {

using OptionMap = std::map<const OptionInfo*, CLI::Option*>;
using Words = std::vector<std::string>;
using ArgumentMap = std::map<const ArgumentInfo*, CLI::Option*>;

// CLI11 splits the line into words that belong to options and commands; it neither reads a value nor says a word.
struct Tokenizer {
    CLI::App app;
    OptionMap options;
    ArgumentMap arguments;
    std::map<const CLI::App*, const Command*> commands;
    const CLI::Option* help = nullptr;
    const CLI::Option* version = nullptr;
};

const CLI::callback_t k_accept = [](const CLI::results_t&) { return true; };

// Of the commands that no word names only the names matter: without their options the program starts in half the time.
void add_command(Tokenizer& tokenizer, CLI::App& app, const Command& command, const Words& words) {
    tokenizer.commands[&app] = &command;
    app.set_help_flag();
    app.allow_extras();
    app.fallthrough();
    app.require_subcommand(0, 1);
    for (const OptionInfo& option : command.options()) {
        CLI::Option* const added = option.is_flag()
                                       ? app.add_flag(option.names)->disable_flag_override()
                                       : app.add_option(option.names, k_accept)->expected(1)->allow_extra_args(false);
        tokenizer.options[&option] = added->take_all();
    }
    for (const ArgumentInfo& argument : command.arguments()) {
        CLI::Option* const added = app.add_option(argument.name, k_accept)->expected(1)->take_all();
        tokenizer.arguments[&argument] = added->allow_extra_args(argument.reader.repeatable);
    }
    for (const Command& child : command.commands()) {
        CLI::App& below = *app.add_subcommand(child.name());
        if (std::find(words.begin(), words.end(), child.name()) != words.end()) {
            add_command(tokenizer, below, child, words);
        }
    }
}

std::unique_ptr<Tokenizer> make_tokenizer(const Command& root, const Words& words) {
    auto tokenizer = std::make_unique<Tokenizer>();
    add_command(*tokenizer, tokenizer->app, root, words);
    tokenizer->help = tokenizer->app.add_flag("--help,-h")->disable_flag_override();
    tokenizer->version = tokenizer->app.add_flag("--version")->disable_flag_override();
    return tokenizer;
}

// The words in CLI11's order, which is backwards. "--name=" means an empty value here; CLI11 would take the next word.
Words reversed_words(int argc, const char* const* argv) {
    Words words;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word.size() > 3 && word.starts_with("--") && word.find('=') == word.size() - 1) {
            words.push_back(word.substr(0, word.size() - 1));
            words.emplace_back();
        } else {
            words.push_back(word);
        }
    }
    std::reverse(words.begin(), words.end());
    return words;
}

const Command* deepest(const Tokenizer& tokenizer) {
    const CLI::App* app = &tokenizer.app;
    while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
    return tokenizer.commands.at(app);
}

std::string help_of(const Command& command) { return fmt::format("see \"{} --help\"", command.full_name()); }

std::string did_you_mean(const std::string& what, const Command& command) {
    return what.empty() ? help_of(command) : fmt::format("did you mean \"{}\"? {}", what, help_of(command));
}

std::vector<std::string> option_names(const Command& command) {
    std::vector<std::string> names{"--help"};
    for (const Command* c = &command; c != nullptr; c = c->parent()) {
        for (const OptionInfo& option : c->options()) names.push_back(option.name());
    }
    return names;
}

[[noreturn]] void refuse_option(const std::string& word, const Command& command) {
    // What follows a "=" may be a secret.
    const std::string name = word.substr(0, word.find('='));
    const auto names = option_names(command);
    if (std::find(names.begin(), names.end(), name) != names.end()) {
        throw Error(Code::usage, fmt::format("option {} stands before its command", in_quotes(name)),
                    fmt::format("put it behind \"{}\"", command.full_name()));
    }
    throw Error(Code::usage, fmt::format("unknown option {}", in_quotes(name)),
                did_you_mean(nearest(name, names), command));
}

[[noreturn]] void refuse_word(const std::string& word, const Command& command) {
    if (!command.is_group()) {
        throw Error(Code::usage, fmt::format("unexpected argument {}", in_quotes(word)), help_of(command));
    }
    std::vector<std::string> names;
    for (const Command& child : command.commands()) names.push_back(child.name());
    const std::string near = nearest(word, names);
    const std::string prefix = command.path().empty() ? "" : command.path() + " ";
    throw Error(Code::usage, fmt::format("unknown command {}", in_quotes(prefix + word)),
                did_you_mean(near.empty() ? "" : command.full_name() + " " + near, command));
}

void refuse_left_over(const std::vector<std::string>& words, const Command& command) {
    const auto is_option = [](const std::string& word) { return word.size() > 1 && word.front() == '-'; };
    const auto option = std::find_if(words.begin(), words.end(), is_option);
    const auto word = std::find_if_not(words.begin(), words.end(), is_option);
    // A mistyped command is the reason for all that follows it.
    if (command.is_group() && word != words.end()) refuse_word(*word, command);
    if (option != words.end()) refuse_option(*option, command);
    if (word != words.end()) refuse_word(*word, command);
}

// Where only a few words are possible they say more than a page of help.
std::string choice_of(const Offers& offers, const Command& command) {
    if (offers.words.empty()) return help_of(command);
    std::string words;
    for (const OfferedWord& offered : offers.words) words += (words.empty() ? "" : ", ") + offered.word;
    return fmt::format("one of {}; {}", words, help_of(command));
}

void refuse_missing(const CommandLine& line) {
    const Command& command = *line.command;
    if (command.is_group() && !command.function()) {
        throw Error(Code::usage, fmt::format("\"{}\" needs a command", command.full_name()), help_of(command));
    }
    for (std::size_t i = 0; i < command.arguments().size(); ++i) {
        const ArgumentInfo& argument = command.arguments()[i];
        if (argument.need == Need::required && line.arguments[i].empty()) {
            throw Error(Code::usage, fmt::format("\"{}\" needs the argument {}", command.full_name(), argument.name),
                        choice_of(argument.offers(), command));
        }
    }
    for (const OptionInfo& option : command.options()) {
        const auto given = std::any_of(line.options.begin(), line.options.end(),
                                       [&](const CommandLine::Given& g) { return g.option == &option; });
        if (option.need == Need::required && !given) {
            throw Error(Code::usage,
                        fmt::format("\"{}\" needs the option {} {}", command.full_name(), option.name(), option.value),
                        help_of(command));
        }
    }
}

void read_option(const CommandLine::Given& given) {
    const OptionInfo& option = *given.option;
    if (option.is_flag()) {
        option.raise();
        return;
    }
    if (given.values.size() > 1 && !option.reader.repeatable) {
        throw Error(Code::usage, fmt::format("option \"{}\" is given {} times", option.name(), given.values.size()));
    }
    with_context(fmt::format("reading option \"{}\"", option.name()), [&] {
        for (const std::string& value : given.values) option.reader.read(value);
    });
}

bool belongs_to(const OptionInfo& option, const Command& command) {
    const auto& options = command.options();
    return std::any_of(options.begin(), options.end(), [&](const OptionInfo& o) { return &o == &option; });
}

// CLI11 lets the options of a command stand behind the names of the commands below it.
void refuse_foreign_options(const CommandLine& line, const Command& root) {
    for (const CommandLine::Given& given : line.options) {
        if (belongs_to(*given.option, root) || belongs_to(*given.option, *line.command)) continue;
        throw Error(
            Code::usage,
            fmt::format("{} has no option {}", in_quotes(line.command->full_name()), in_quotes(given.option->name())),
            help_of(*line.command));
    }
}

bool is_known_to(const OptionInfo& option, const Command& command) {
    for (const Command* c = &command; c != nullptr; c = c->parent()) {
        if (belongs_to(option, *c)) return true;
    }
    return false;
}

// The option of this name: that of another command where this one has none.
const OptionInfo* find_option(const std::string& name, const Command& command, const OptionMap& options) {
    const OptionInfo* found = nullptr;
    for (const auto& [info, option] : options) {
        if (!option->check_name(name) && !option->check_name("--" + name)) continue;
        if (found == nullptr || is_known_to(*info, command)) found = info;
    }
    return found;
}

// CLI11's own words never reach the user; the one thing it finds while splitting is a lacking or superfluous value.
Error as_usage_error(const CLI::ParseError& problem, const Tokenizer& tokenizer) {
    const Command& command = *deepest(tokenizer);
    const std::string text = problem.what();
    const std::string name = text.substr(0, text.find_first_of(": "));
    const OptionInfo* const option = find_option(name, command, tokenizer.options);
    if (option == nullptr) return Error(Code::usage, "the command line cannot be understood", help_of(command));
    const std::string message = option->is_flag()
                                    ? fmt::format("option \"{}\" takes no value", option->name())
                                    : fmt::format("option \"{}\" needs a value: {}", option->name(), option->value);
    return Error(Code::usage, message, help_of(command));
}

}  // namespace

CommandLine take_apart(const Command& root, int argc, const char* const* argv) {
    Words words = reversed_words(argc, argv);
    const auto tokenizer = make_tokenizer(root, words);
    try {
        tokenizer->app.parse(std::move(words));
    } catch (const CLI::ParseError& problem) {
        throw as_usage_error(problem, *tokenizer);
    }
    CommandLine line;
    line.command = deepest(*tokenizer);
    line.help = tokenizer->help->count() > 0;
    line.version = tokenizer->version->count() > 0;
    for (const Command* c = line.command; c != nullptr; c = c->parent()) {
        for (const OptionInfo& option : c->options()) {
            const CLI::Option& found = *tokenizer->options.at(&option);
            if (found.count() > 0) line.options.push_back({&option, found.results()});
        }
    }
    for (const ArgumentInfo& argument : line.command->arguments()) {
        line.arguments.push_back(tokenizer->arguments.at(&argument)->results());
    }
    for (std::string& word : tokenizer->app.remaining(true)) {
        if (word != "--") line.left_over.push_back(std::move(word));
    }
    return line;
}

void read_global_options(const CommandLine& line, const Command& root) {
    for (const CommandLine::Given& given : line.options) {
        if (belongs_to(*given.option, root)) read_option(given);
    }
}

void read_command(const CommandLine& line, const Command& root) {
    refuse_left_over(line.left_over, *line.command);
    refuse_foreign_options(line, root);
    refuse_missing(line);
    for (const CommandLine::Given& given : line.options) {
        if (!belongs_to(*given.option, root)) read_option(given);
    }
    for (std::size_t i = 0; i < line.arguments.size(); ++i) {
        const ArgumentInfo& argument = line.command->arguments()[i];
        with_context(fmt::format("reading argument {}", argument.name), [&] {
            for (const std::string& value : line.arguments[i]) argument.reader.read(value);
        });
    }
}

}  // namespace umsadm::app
