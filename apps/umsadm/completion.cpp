#include "completion.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "umsadm/base/text.hpp"
#include "umsadm/pki/rule_book.hpp"

namespace umsadm::app {
namespace {

// What stands before the word that is being typed.
struct Line {
    const Command* command = nullptr;
    std::map<const OptionInfo*, std::vector<std::string>> options;
    std::vector<std::string> arguments;
    const OptionInfo* waiting = nullptr;  // it takes the next word as its value
    bool only_arguments = false;          // "--" was given
    bool is_lost = false;                 // a word that is no command
    std::string site;
};

const Command& root_of(const Command& command) {
    return command.parent() == nullptr ? command : root_of(*command.parent());
}

const OptionInfo* option_called(std::string_view name, const Command& command) {
    for (const OptionInfo& option : command.options()) {
        for (const std::string& one : split(option.names, ',')) {
            if (one == name) return &option;
        }
    }
    return nullptr;
}

// Options of the program may stand anywhere.
const OptionInfo* find_option(std::string_view name, const Command& command) {
    const OptionInfo* const own = option_called(name, command);
    return own != nullptr ? own : option_called(name, root_of(command));
}

const Command* command_called(std::string_view name, const Command& group) {
    const auto& commands = group.commands();
    const auto found =
        std::find_if(commands.begin(), commands.end(), [&](const Command& c) { return c.name() == name; });
    return found == commands.end() ? nullptr : &*found;
}

// An option as it was typed: its name, and how many characters stand before a value in the same word.
struct OptionWord {
    const OptionInfo* option = nullptr;
    std::size_t value_at = std::string::npos;
};

// "--name", "--name=value", "-n", "-nvalue"
OptionWord take_apart_option(const std::string& word, const Command& command) {
    if (word.starts_with("--")) {
        const std::size_t equals = word.find('=');
        return {find_option(word.substr(0, equals), command), equals == std::string::npos ? equals : equals + 1};
    }
    return {find_option(word.substr(0, 2), command), word.size() > 2 ? 2 : std::string::npos};
}

bool looks_like_option(const std::string& word) { return word.size() > 1 && word.front() == '-'; }

void give(Line& line, const OptionInfo& option, const std::string& value) {
    line.options[&option].push_back(value);
    if (option.name() == "--site") line.site = value;
}

void read_option(Line& line, const std::string& word) {
    const OptionWord typed = take_apart_option(word, *line.command);
    if (typed.option == nullptr) return;
    if (typed.option->is_flag()) {
        line.options[typed.option];
    } else if (typed.value_at == std::string::npos) {
        line.waiting = typed.option;
    } else {
        give(line, *typed.option, word.substr(typed.value_at));
    }
}

void read_word(Line& line, const std::string& word) {
    if (line.waiting != nullptr) {
        give(line, *line.waiting, word);
        line.waiting = nullptr;
    } else if (!line.only_arguments && word == "--") {
        line.only_arguments = true;
    } else if (!line.only_arguments && looks_like_option(word)) {
        read_option(line, word);
    } else if (const Command* below = command_called(word, *line.command)) {
        line.command = below;
    } else if (line.command->is_group()) {
        line.is_lost = true;
    } else {
        line.arguments.push_back(word);
    }
}

Candidate beginning(std::string word, std::string says) { return {std::move(word), std::move(says), true}; }

std::vector<Candidate> finding_codes() {
    std::vector<Candidate> codes;
    for (const Rule& rule : rule_book()) codes.push_back({std::string(rule.code), std::string(rule.rule)});
    return codes;
}

// What may stand as one value.
class ValueOffer {
public:
    ValueOffer(Offers offers, const Line& line, const NameSource& names)
        : m_offers(std::move(offers)), m_line(line), m_names(names) {}

    // `before`: what stands before the value in the same word. `taken`: values that make no sense a second time.
    Completion completion(const std::string& before, const std::string& typed,
                          const std::vector<std::string>& taken) const {
        if (const auto paths = paths_of(typed); paths != Completion::Paths::none) return path(paths, before, typed);
        if (has(OfferKind::password_source) && typed.starts_with("file:")) {
            return path(Completion::Paths::files, before + "file:", typed.substr(5));
        }
        Completion result;
        for (const OfferedWord& fixed : m_offers.words) result.candidates.push_back({fixed.word, fixed.says});
        for (const OfferKind kind : m_offers.kinds) append(kind, typed, result.candidates);
        std::erase_if(result.candidates, [&](const Candidate& candidate) {
            return std::find(taken.begin(), taken.end(), candidate.word) != taken.end();
        });
        for (Candidate& candidate : result.candidates) candidate.word.insert(0, before);
        return result;
    }

private:
    bool has(OfferKind kind) const {
        return std::find(m_offers.kinds.begin(), m_offers.kinds.end(), kind) != m_offers.kinds.end();
    }

    // A file beside names has to be written with a "/": then no name is meant.
    Completion::Paths paths_of(const std::string& typed) const {
        const bool only =
            m_offers.words.empty() && std::all_of(m_offers.kinds.begin(), m_offers.kinds.end(), [](OfferKind o) {
                return o == OfferKind::file || o == OfferKind::folder || o == OfferKind::nothing;
            });
        if (!only && typed.find('/') == std::string::npos) return Completion::Paths::none;
        if (has(OfferKind::file)) return Completion::Paths::files;
        return has(OfferKind::folder) ? Completion::Paths::folders : Completion::Paths::none;
    }

    static Completion path(Completion::Paths paths, const std::string& before, const std::string& typed) {
        // No shell replaces a "~" in the middle of a word.
        if (!before.empty() && typed.starts_with('~')) return {};
        return {{}, paths, before};
    }

    void append(OfferKind kind, const std::string& typed, std::vector<Candidate>& all) const {
        switch (kind) {
            case OfferKind::unknown:
            case OfferKind::nothing:
            case OfferKind::file:
            case OfferKind::folder: return;
            case OfferKind::password_source:
                all.push_back(beginning("file:", "the first line of a file"));
                all.push_back(beginning("env:", "an environment variable"));
                all.push_back(beginning("fd:", "the first line of an open descriptor"));
                all.push_back({"prompt", "asked for on the terminal"});
                return;
            case OfferKind::finding_code: return append(finding_codes(), all);
            case OfferKind::gateway:
            case OfferKind::label:
            case OfferKind::gateway_group:
            case OfferKind::server:
            case OfferKind::certificate:
            case OfferKind::authority:
            case OfferKind::request:
            case OfferKind::backup: return append(m_names({kind, typed, m_line.site, m_line.arguments}), all);
        }
    }

    static void append(std::vector<Candidate> some, std::vector<Candidate>& all) {
        std::move(some.begin(), some.end(), std::back_inserter(all));
    }

    Offers m_offers;
    const Line& m_line;
    const NameSource& m_names;
};

void append_options(const Command& command, const Line& line, std::vector<Candidate>& all) {
    for (const OptionInfo& option : command.options()) {
        if (line.options.contains(&option) && !option.reader.repeatable) continue;
        const std::string says = option.need == Need::required ? option.help + " (required)" : option.help;
        for (std::string& name : split(option.names, ',')) all.push_back({std::move(name), says});
    }
}

Completion options_of(const Line& line) {
    Completion result;
    const Command& root = root_of(*line.command);
    append_options(*line.command, line, result.candidates);
    if (&root != line.command) append_options(root, line, result.candidates);
    for (const char* const name : {"--help", "-h"}) result.candidates.push_back({name, "print the help"});
    if (&root == line.command) result.candidates.push_back({"--version", "print the version"});
    return result;
}

Completion value_in_option(const OptionWord& typed, const std::string& word, const Line& line,
                           const NameSource& names) {
    if (typed.option == nullptr || typed.option->is_flag()) return {};
    const auto given = line.options.find(typed.option);
    return ValueOffer(typed.option->offers(), line, names)
        .completion(word.substr(0, typed.value_at), word.substr(typed.value_at),
                    given == line.options.end() ? std::vector<std::string>{} : given->second);
}

// The argument that comes next; null when there is none.
const ArgumentInfo* next_argument(const Line& line) {
    const auto& arguments = line.command->arguments();
    if (line.arguments.size() < arguments.size()) return &arguments[line.arguments.size()];
    return !arguments.empty() && arguments.back().reader.repeatable ? &arguments.back() : nullptr;
}

Completion command_or_argument(const Line& line, const std::string& word, const NameSource& names) {
    Completion result;
    if (!line.only_arguments) {
        for (const Command& below : line.command->commands())
            result.candidates.push_back({below.name(), below.summary()});
        if (!result.candidates.empty()) return result;
    }
    const ArgumentInfo* const argument = next_argument(line);
    if (argument != nullptr) {
        return ValueOffer(argument->offers(), line, names).completion({}, word, line.arguments);
    }
    // Nothing else can come: who presses TAB here wants to see the options.
    return line.only_arguments ? result : options_of(line);
}

}  // namespace

Completion complete(const Command& root, const std::vector<std::string>& words, const NameSource& names) {
    Line line;
    line.command = &root;
    const std::string word = words.empty() ? std::string() : words.back();
    for (std::size_t i = 0; i + 1 < words.size(); ++i) read_word(line, words[i]);
    if (line.is_lost) return {};
    if (line.waiting != nullptr) {
        const auto given = line.options.find(line.waiting);
        return ValueOffer(line.waiting->offers(), line, names)
            .completion({}, word, given == line.options.end() ? std::vector<std::string>{} : given->second);
    }
    if (!line.only_arguments && word.starts_with('-')) {
        const OptionWord typed = take_apart_option(word, *line.command);
        if (typed.value_at != std::string::npos) return value_in_option(typed, word, line, names);
        return options_of(line);
    }
    return command_or_argument(line, word, names);
}

}  // namespace umsadm::app
