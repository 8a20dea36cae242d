// compare_json DOCUMENT: prints the examples of a document, a line each: the exit code, a tab, the command line.
// compare_json DOCUMENT N FILE: exit 0 when the JSON of FILE has the shape of the JSON of example N (from 1).
//
// An example is a fenced block that begins with "$ umsadm", goes on with its JSON, and may end with "$ echo $?" and the
// exit code. Same shape: the same fields, the same types, the same kind of text (time, fingerprint, other), and the
// same word where a field is one of a few words. Where the example has null or an empty list, anything may stand; a
// list may be longer or shorter than in the example, but not empty: what has no counterpart there is compared with its
// first element.
#include <algorithm>
#include <charconv>
#include <fstream>
#include <iostream>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace {

using nlohmann::json;

struct Example {
    std::string command;
    std::string document;
    std::string exit_code = "0";
};

Example read_example(std::istream& file, std::string line) {
    Example example;
    while (line.ends_with('\\')) {
        line.pop_back();
        std::string next;
        if (!std::getline(file, next)) break;
        line += next.substr(std::min(next.find_first_not_of(' '), next.size()));
    }
    example.command = line.substr(2);
    while (std::getline(file, line) && line != "```") {
        if (line == "$ echo $?") {
            std::getline(file, example.exit_code);
        } else {
            example.document += line + '\n';
        }
    }
    return example;
}

std::vector<Example> read_examples(const std::string& path) {
    std::ifstream file(path);
    std::vector<Example> examples;
    bool fence = false;
    for (std::string line; std::getline(file, line);) {
        if (fence && line.starts_with("$ umsadm ")) examples.push_back(read_example(file, line));
        fence = line.starts_with("```");
    }
    if (examples.empty()) throw std::runtime_error("no examples in " + path);
    return examples;
}

// Fields whose words scripts compare with.
const std::set<std::string> k_fields_of_words{"schema", "command", "outcome", "severity", "type",   "code",
                                              "state",  "action",  "format",  "standing", "health", "step"};

std::string kind_of(const json& value) {
    if (value.is_number_integer()) return "integer";
    if (!value.is_string()) return value.type_name();
    static const std::regex time(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)");
    static const std::regex fingerprint("([0-9A-F]{2}:){31}[0-9A-F]{2}");
    const auto& text = value.get_ref<const std::string&>();
    if (std::regex_match(text, time)) return "time";
    return std::regex_match(text, fingerprint) ? "fingerprint" : "text";
}

[[noreturn]] void differ(const std::string& where, const std::string& what) {
    throw std::runtime_error((where.empty() ? "the document" : where) + ": " + what);
}

// Words are compared with those of the counterpart only: another element of a list may say something else.
enum class Words { same, any };

void compare(const json& wanted, const json& found, const std::string& where, Words words);

void compare_objects(const json& wanted, const json& found, const std::string& where, Words words) {
    for (const auto& [field, value] : wanted.items()) {
        if (!found.contains(field)) differ(where, "lacks the field " + field);
        compare(value, found.at(field), where + "/" + field, words);
        const bool is_word = words == Words::same && value.is_string() && k_fields_of_words.contains(field);
        if (is_word && value != found.at(field)) {
            differ(where + "/" + field, "is " + found.at(field).dump() + ", not " + value.dump());
        }
    }
    for (const auto& [field, value] : found.items()) {
        if (!wanted.contains(field)) differ(where, "has the field " + field + " that is not in the example");
    }
}

void compare_lists(const json& wanted, const json& found, const std::string& where, Words words) {
    if (wanted.empty()) return;
    if (found.empty()) differ(where, "is empty");
    for (std::size_t i = 0; i < found.size(); ++i) {
        const bool has_counterpart = i < wanted.size();
        compare(wanted.at(has_counterpart ? i : 0), found.at(i), where + "/" + std::to_string(i),
                has_counterpart ? words : Words::any);
    }
}

void compare(const json& wanted, const json& found, const std::string& where, Words words) {
    if (wanted.is_null()) return;
    if (kind_of(wanted) != kind_of(found)) differ(where, "is " + kind_of(found) + ", not " + kind_of(wanted));
    if (wanted.is_object()) compare_objects(wanted, found, where, words);
    if (wanted.is_array()) compare_lists(wanted, found, where, words);
}

const Example& example_number(const std::vector<Example>& examples, std::string_view text) {
    std::size_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size() || number == 0 || number > examples.size()) {
        throw std::runtime_error("no such example");
    }
    return examples[number - 1];
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2 && argc != 4) {
        std::cerr << "usage: compare_json DOCUMENT [N FILE]\n";
        return 2;
    }
    try {
        const std::vector<Example> examples = read_examples(argv[1]);
        if (argc == 2) {
            for (const Example& example : examples) std::cout << example.exit_code << '\t' << example.command << '\n';
            return 0;
        }
        std::ifstream file(argv[3]);
        compare(json::parse(example_number(examples, argv[2]).document), json::parse(file), "", Words::same);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
