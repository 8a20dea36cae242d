#include "shell_answer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "shell_line.hpp"
#include "text_width.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_description_width = 100;

std::string line_of(const Candidate& candidate, const std::string& word) {
    return fmt::format("{}\t{}\t{}\n", candidate.more_follows ? "part" : "word", word,
                       printable(shortened(candidate.says, k_description_width)));
}

std::string_view word_for(Completion::Paths paths) { return paths == Completion::Paths::folders ? "folder" : "file"; }

// Names that cannot be read are names that nobody is offered: a shell must not print errors between the keys.
NameSource without_errors(const NameSource& names) {
    return [&names](const NameQuery& query) {
        try {
            return names(query);
        } catch (const Error&) {
            return std::vector<Candidate>();
        }
    };
}

std::string path_for_bash(const ShellLine& line, const Completion& completion) {
    std::string_view typed = line.piece;
    std::string before;
    // What readline leaves where it is needs no word.
    if (completion.before_path.size() > line.before.size()) before = completion.before_path.substr(line.before.size());
    if (!typed.starts_with(before)) return {};
    typed.remove_prefix(before.size());
    std::string answer = before.empty() ? std::string() : fmt::format("before\t{}\n", before);
    return answer + fmt::format("{}\t{}\n", word_for(completion.paths), typed);
}

}  // namespace

std::string answer_words(const Command& root, const std::vector<std::string>& words, const NameSource& names) {
    const Completion completion = complete(root, words, without_errors(names));
    if (completion.paths != Completion::Paths::none) {
        return fmt::format("{}\t{}\n", word_for(completion.paths), completion.before_path);
    }
    std::string answer;
    for (const Candidate& candidate : completion.candidates) {
        if (!has_control_characters(candidate.word)) answer += line_of(candidate, candidate.word);
    }
    return answer;
}

std::string answer_bash(const Command& root, const std::string& line, const std::string& breaks,
                        const NameSource& names) {
    ShellLine typed = parse_shell_line(line, breaks);
    if (typed.is_redirection) return fmt::format("file\t{}\n", typed.piece);
    if (typed.words.size() < 2) return {};  // the name of the program itself
    const std::vector<std::string> words(typed.words.begin() + 1, typed.words.end());
    const Completion completion = complete(root, words, without_errors(names));
    if (completion.paths != Completion::Paths::none) return path_for_bash(typed, completion);
    std::string answer;
    for (const Candidate& candidate : completion.candidates) {
        if (has_control_characters(candidate.word)) continue;
        if (const auto word = replacement(typed, candidate.word)) answer += line_of(candidate, *word);
    }
    return answer;
}

std::optional<std::string> answer_shell(const Command& root, const std::vector<std::string>& words,
                                        const NameSource& names) {
    if (!words.empty() && words.front() == "--") {
        return answer_words(root, {words.begin() + 1, words.end()}, names);
    }
    if (words.size() == 3 && words.front() == "bash") return answer_bash(root, words[1], words[2], names);
    return std::nullopt;
}

}  // namespace umsadm::app
