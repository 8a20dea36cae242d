#include "shell_line.hpp"

#include <algorithm>

namespace umsadm::app {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

// What ends a command. What stands before it is another command's business.
bool ends_command(char c) { return c == ';' || c == '|' || c == '(' || c == ')' || c == '`'; }

// Goes through the line once and keeps what is known of the word that it is in.
class LineParser {
public:
    LineParser(std::string_view line, std::string_view breaks) : m_line(line), m_breaks(breaks) {}

    ShellLine parse() {
        begin_word(0);
        for (m_at = 0; m_at < m_line.size(); ++m_at) {
            if (m_quote == '\0') {
                read_unquoted(m_line[m_at]);
            } else {
                read_quoted(m_line[m_at]);
            }
        }
        finish();
        return std::move(m_result);
    }

private:
    void begin_word(std::size_t at) {
        m_word.clear();
        m_is_word = false;
        begin_piece(at);
    }

    void begin_piece(std::size_t at) {
        m_piece_at = at;
        m_before = m_word;
    }

    void end_word() {
        if (m_is_word && !m_result.is_redirection) m_result.words.push_back(m_word);
        if (m_is_word) m_result.is_redirection = false;
        begin_word(m_at + 1);
    }

    void add(char c) {
        m_word += c;
        m_is_word = true;
    }

    void read_unquoted(char c) {
        if (is_blank(c)) {
            end_word();
        } else if (c == '>' || c == '<') {
            redirect();
        } else if (c == '&' ? !is_part_of_redirection() : ends_command(c)) {
            m_result.words.clear();
            m_result.is_redirection = false;
            begin_word(m_at + 1);
        } else if (c == '\\') {
            if (m_at + 1 < m_line.size()) add(m_line[++m_at]);
        } else if (c == '"' || c == '\'') {
            open_quote(c);
        } else {
            const bool breaks = m_breaks.find(c) != std::string_view::npos;
            // For bash a host name may follow it: such a break belongs to the piece.
            if (breaks && c == '@') begin_piece(m_at);
            add(c);
            if (breaks && c != '@') begin_piece(m_at + 1);
        }
    }

    // "&>", ">&"
    bool is_part_of_redirection() const {
        const bool before = m_at + 1 < m_line.size() && m_line[m_at + 1] == '>';
        return before || (m_at > 0 && m_line[m_at - 1] == '>');
    }

    // "2>" and "&>" are no words of the command.
    void redirect() {
        if (std::all_of(m_word.begin(), m_word.end(), [](char c) { return (c >= '0' && c <= '9') || c == '&'; })) {
            m_is_word = false;
        }
        end_word();
        m_result.is_redirection = true;
    }

    void open_quote(char c) {
        m_quote = c;
        m_is_word = true;
        m_piece_outside = m_piece_at;
        m_before_outside = m_before;
        begin_piece(m_at + 1);
    }

    void read_quoted(char c) {
        if (c == m_quote) {
            m_quote = '\0';
            // Quoted text is part of the piece that it stands in.
            m_piece_at = m_piece_outside;
            m_before = m_before_outside;
        } else if (c == '\\' && m_quote == '"' && m_at + 1 < m_line.size() &&
                   std::string_view("\"\\$`").find(m_line[m_at + 1]) != std::string_view::npos) {
            add(m_line[++m_at]);
        } else {
            add(c);
        }
    }

    void finish() {
        m_result.words.push_back(m_word);
        m_result.quote = m_quote;
        m_result.before = m_before;
        m_result.piece = m_line.substr(m_piece_at);
    }

    std::string_view m_line;
    std::string_view m_breaks;
    ShellLine m_result;
    std::size_t m_at = 0;
    char m_quote = '\0';
    std::string m_word;      // so far, without quotes
    bool m_is_word = false;  // "" is one
    std::size_t m_piece_at = 0;
    std::string m_before;
    std::size_t m_piece_outside = 0;  // of the open quote
    std::string m_before_outside;
};

bool is_plain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_./:=@%+,").find(c) != std::string_view::npos;
}

std::string quoted(std::string_view text, char quote) {
    std::string result;
    for (const char c : text) {
        if (quote == '\'' && c == '\'') {
            result += "'\\'";
        } else if (quote == '"' ? std::string_view("\"\\$`").find(c) != std::string_view::npos
                                : quote == '\0' && !is_plain(c)) {
            result += '\\';
        }
        result += c;
    }
    return result;
}

}  // namespace

ShellLine parse_shell_line(std::string_view line, std::string_view breaks) { return LineParser(line, breaks).parse(); }

std::optional<std::string> replacement(const ShellLine& line, std::string_view word) {
    if (!word.starts_with(line.words.back())) return std::nullopt;
    return quoted(word.substr(line.before.size()), line.quote);
}

}  // namespace umsadm::app
