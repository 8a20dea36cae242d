#include "man_page.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

namespace umsadm::app {
namespace {

// "-" is a hyphen in man(7), which cannot be searched for or copied as a minus sign: options and examples need "\-".
enum class Text { prose, literal };

constexpr std::size_t k_line_width = 78;

bool is_option_like(std::string_view word) {
    return word.find("--") != std::string_view::npos || word.starts_with('-');
}

std::string escaped_word(std::string_view word, Text text) {
    const bool minus = text == Text::literal || is_option_like(word);
    std::string result;
    for (const char c : word) {
        switch (c) {
            case '\\': result += "\\e"; break;
            case '-': result += minus ? "\\-" : "-"; break;
            case '~': result += "\\(ti"; break;
            case '^': result += "\\(ha"; break;
            case '`': result += "\\(ga"; break;
            case '\'': result += "\\(aq"; break;
            case '"': result += text == Text::literal ? "\\(dq" : "\""; break;
            default: result += c;
        }
    }
    return result;
}

// A line that begins with a dot would be a request.
std::string escaped(std::string_view text, Text kind = Text::prose) {
    std::string result;
    std::size_t column = 0;
    for (const std::string& word : split(text, ' ')) {
        const std::string next = escaped_word(word, kind);
        const bool breaks = kind == Text::prose && column + 1 + next.size() > k_line_width;
        if (!result.empty()) result += breaks ? '\n' : ' ';
        column = breaks ? 0 : column;
        if (column == 0 && next.starts_with('.')) result += "\\&";
        result += next;
        column += next.size() + 1;
    }
    return result;
}

std::string bold(std::string_view text) { return fmt::format("\\fB{}\\fR", escaped(text, Text::literal)); }
std::string italic(std::string_view text) { return fmt::format("\\fI{}\\fR", escaped(text, Text::literal)); }

std::string tagged(std::string_view tag, std::string_view says) { return fmt::format(".TP\n{}\n{}\n", tag, says); }

std::string paragraphs(std::string_view text) {
    std::string result;
    for (const std::string& line : split(text, '\n')) {
        if (!line.empty()) result += fmt::format("{}{}\n", result.empty() ? "" : ".PP\n", escaped(line));
    }
    return result;
}

std::string option_tag(const OptionInfo& option) {
    std::string tag;
    const auto names = split(option.names, ',');
    for (auto name = names.rbegin(); name != names.rend(); ++name) {
        if (!tag.empty()) tag += ", ";
        tag += bold(*name);
        if (!option.value.empty()) tag += " " + italic(option.value);
    }
    return tag;
}

std::string options_text(const Command& command) {
    std::string result;
    for (const OptionInfo& option : command.options()) {
        const std::string_view required = option.need == Need::required ? " (required)" : "";
        const std::string_view repeatable = option.reader.repeatable ? " (may be repeated)" : "";
        result += tagged(option_tag(option), escaped(fmt::format("{}{}{}", option.help, required, repeatable)));
    }
    return result;
}

std::string usage(const Command& command) {
    std::string line = bold(command.full_name());
    if (command.is_group()) line += command.function() ? " [" + italic("COMMAND") + "]" : " " + italic("COMMAND");
    for (const ArgumentInfo& argument : command.arguments()) {
        const std::string name = italic(argument.name) + (argument.reader.repeatable ? "..." : "");
        line += argument.need == Need::required ? " " + name : " [" + name + "]";
    }
    bool optional = command.parent() == nullptr;
    for (const OptionInfo& option : command.options()) {
        if (option.need == Need::required) {
            line += fmt::format(" {} {}", bold(option.name()), italic(option.value));
        } else {
            optional = true;
        }
    }
    return line + (optional ? " [" + italic("OPTIONS") + "]" : "") + "\n";
}

std::string examples_text(const Command& command) {
    std::string result;
    for (const Example& example : command.examples()) {
        result +=
            fmt::format(".PP\n.RS\n.nf\n{}\n.fi\n.RE\n.RS 10\n{}\n.RE\n", bold(example.line), escaped(example.says));
    }
    return result;
}

void append_command(const Command& command, std::string& page) {
    if (!command.is_group() || command.function()) {
        page += fmt::format(".SS {}\n{}.PP\n{}.\n", escaped(command.path(), Text::literal), usage(command),
                            escaped(command.summary()));
        if (const std::string text = paragraphs(command.description()); !text.empty()) page += ".PP\n" + text;
        for (const ArgumentInfo& argument : command.arguments()) {
            page += tagged(italic(argument.name), escaped(argument.help));
        }
        page += options_text(command);
        page += examples_text(command);
    }
    for (const Command& below : command.commands()) append_command(below, page);
}

// What no command knows of itself.
constexpr std::string_view k_secrets =
    "Where SRC stands, a password is read from file:PATH (the first line of a file), fd:N (the first line of an open "
    "descriptor), env:NAME (an environment variable) or prompt (the terminal). It is never an argument itself.";

using Entries = std::array<std::pair<std::string_view, std::string_view>, 9>;

constexpr Entries k_exit_codes{{
    {"0", "Done, also when there was nothing to do."},
    {"1", "Failed, and nothing was changed; or it was done and could not be recorded, which the message says."},
    {"2", "The command line is wrong, or a question could not be asked."},
    {"3", "There is no such thing."},
    {"4", "A check says no."},
    {"5", "No connection, or the login or the host key was refused."},
    {"6", "Failed, and the old state is back."},
    {"7", "Failed, and the old state could not be put back: act now."},
    {"130", "Interrupted; the state is as after 1 or 6."},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> k_variables{{
    {"UMSADM_SITE", "The site where --site names none."},
    {"UMSADM_TICKET", "The change request of the run where --ticket names none."},
    {"NO_COLOR", "When it is set, there are no colours."},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 2> k_files{{
    {"/etc/umsadm", "The site of root: a folder of plain files."},
    {"~/.config/umsadm", "The site of every other user ($XDG_CONFIG_HOME/umsadm)."},
}};

template <typename List>
std::string section(std::string_view title, const List& entries) {
    std::string text = fmt::format(".SH {}\n", title);
    for (const auto& [name, says] : entries) text += tagged(bold(name), escaped(says));
    return text;
}

}  // namespace

std::string man_page(const Command& root, std::string_view version, std::string_view date) {
    std::string page = fmt::format(".TH {} 1 {} \"{} {}\"\n", to_upper(root.name()), date, root.name(), version);
    // No hyphenation and no blanks to fill the lines: names stay whole.
    page += ".nh\n.ad l\n";
    page += fmt::format(".SH NAME\n{}\n", escaped(fmt::format("{} - {}", root.name(), root.summary())));
    page += ".SH SYNOPSIS\n" + usage(root);
    page += fmt::format(".SH DESCRIPTION\n{}",
                        paragraphs(root.description().empty() ? root.summary() + "." : root.description()));
    page += fmt::format(".PP\n{}\n", escaped(k_secrets));
    page += examples_text(root);
    page += ".SH OPTIONS\nThese may stand before or behind the command.\n" + options_text(root);
    page += tagged(bold("-h") + ", " + bold("--help"), "print the help of the program or of a command");
    page += tagged(bold("--version"), "print the version");
    page += ".SH COMMANDS\n";
    for (const Command& command : root.commands()) append_command(command, page);
    page += section("EXIT STATUS", k_exit_codes);
    page += section("ENVIRONMENT", k_variables);
    page += section("FILES", k_files);
    return page + ".SH SEE ALSO\n.BR ssh (1),\n.BR openssl (1)\n";
}

}  // namespace umsadm::app
