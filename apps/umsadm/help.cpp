#include "help.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "text_width.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_width = 100;
constexpr std::size_t k_help_column = 34;

// Breaks at blanks so that no line is wider than k_width; the first line starts in column `first`, the others in
// `rest`.
std::string wrapped(std::string_view text, std::size_t first, std::size_t rest) {
    std::string result;
    std::size_t column = first;
    bool at_start = true;
    for (const std::string& word : split(text, ' ')) {
        const std::size_t width = text_width(word);
        if (!at_start && column + 1 + width > k_width) {
            result += "\n" + std::string(rest, ' ');
            column = rest;
            at_start = true;
        }
        if (!at_start) {
            result += ' ';
            ++column;
        }
        result += word;
        column += width;
        at_start = false;
    }
    return result;
}

std::string paragraph(std::string_view text) {
    std::string result;
    for (const std::string& line : split(text, '\n')) result += wrapped(line, 0, 0) + "\n";
    return result;
}

// "  left      right, wrapped": the right side starts in the next line when the left one is too long.
std::string entry(std::string_view left, std::string_view right) {
    std::string result = fmt::format("  {}", left);
    const std::size_t width = text_width(result);
    if (width + 2 > k_help_column) {
        result += "\n" + std::string(k_help_column, ' ');
    } else {
        result.append(k_help_column - width, ' ');
    }
    return result + wrapped(right, k_help_column, k_help_column) + "\n";
}

// "--output,-o" and "FILE" become "-o, --output FILE"; a long name without a short one is aligned with the others.
std::string option_label(const OptionInfo& option) {
    const auto names = split(option.names, ',');
    std::string label;
    for (const std::string& name : names) {
        if (name.size() == 2) label += name + ", ";
    }
    if (label.empty()) label = "    ";
    label += names.front();
    return option.value.empty() ? label : label + " " + option.value;
}

std::string usage_line(const Command& command) {
    std::string line = "Usage: " + command.full_name();
    if (command.is_group()) return line + (command.function() ? " [COMMAND] [OPTIONS]\n" : " COMMAND [OPTIONS]\n");
    for (const ArgumentInfo& argument : command.arguments()) {
        const std::string name = argument.name + (argument.reader.repeatable ? "..." : "");
        line += argument.need == Need::required ? " " + name : " [" + name + "]";
    }
    bool optional = false;
    for (const OptionInfo& option : command.options()) {
        if (option.need == Need::required) {
            line += fmt::format(" {} {}", option.name(), option.value);
        } else {
            optional = true;
        }
    }
    if (optional) line += " [OPTIONS]";
    return wrapped(line, 0, 8) + "\n";
}

std::string options_text(const Command& command) {
    std::string result;
    std::string_view heading;
    for (const OptionInfo& option : command.options()) {
        if (option.heading != heading) {
            heading = option.heading;
            result += fmt::format("\n{}:\n", heading);
        }
        const std::string_view required = option.need == Need::required ? " (required)" : "";
        const std::string_view repeatable = option.reader.repeatable ? " (may be repeated)" : "";
        result += entry(option_label(option), fmt::format("{}{}{}", option.help, required, repeatable));
    }
    const bool reads_secrets = std::any_of(command.options().begin(), command.options().end(),
                                           [](const OptionInfo& option) { return option.value == "SRC"; });
    if (reads_secrets) result += "\nSRC is file:PATH (its first line), fd:N, env:NAME or prompt.\n";
    if (command.parent() == nullptr) {
        result += entry("-h, --help", "print the help of the program or of a command");
        result += entry("    --version", "print the version");
    }
    return result;
}

std::string global_options_line(const Command& command) {
    const Command* root = &command;
    while (root->parent() != nullptr) root = root->parent();
    if (root == &command) return {};
    std::string names;
    for (const OptionInfo& option : root->options()) names += " " + option.name();
    return "\n" + wrapped(fmt::format("Global options (see \"{} --help\"):{}", root->name(), names), 0, 2) + "\n";
}

void append_help(const Command& command, std::string& text) {
    text += fmt::format("{}{}\n{}", text.empty() ? "" : "\n", std::string(k_width, '-'), help_text(command));
    for (const Command& child : command.commands()) append_help(child, text);
}

}  // namespace

std::string help_text(const Command& command) {
    std::string text = usage_line(command) + "\n" + paragraph(command.summary());
    if (!command.description().empty()) text += "\n" + paragraph(command.description());
    if (command.is_group()) {
        text += "\nCommands:\n";
        for (const Command& child : command.commands()) text += entry(child.name(), child.summary());
    }
    if (!command.arguments().empty()) {
        text += "\nArguments:\n";
        for (const ArgumentInfo& argument : command.arguments()) text += entry(argument.name, argument.help);
    }
    text += options_text(command);
    text += global_options_line(command);
    if (!command.examples().empty()) {
        text += "\nExamples:\n";
        for (const Example& example : command.examples()) {
            text += fmt::format("  {}\n      {}\n", wrapped(example.line, 2, 6), wrapped(example.says, 6, 6));
        }
    }
    return text;
}

std::string full_help_text(const Command& root) {
    std::string text;
    append_help(root, text);
    return text;
}

}  // namespace umsadm::app
