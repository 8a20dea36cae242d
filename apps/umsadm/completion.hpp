#pragma once

#include <functional>
#include <string>
#include <vector>

#include "command.hpp"

namespace umsadm::app {

// Something that may stand where TAB was pressed.
struct Candidate {
    std::string word;           // whole, with what stands before it in the same word: "--color=always"
    std::string says = {};      // for people, may be empty
    bool more_follows = false;  // a beginning, as "file:": no blank after it

    bool operator==(const Candidate&) const = default;
};

// Candidates, or else paths, which the shell itself knows best. What was typed of the word decides what kind of things
// may stand there; which of them fit is left to the shell.
struct Completion {
    enum class Paths { none, files, folders };

    std::vector<Candidate> candidates = {};
    Paths paths = Paths::none;
    std::string before_path = {};  // what stands before the path in the same word: "", "file:", "--output="
};

// Names that the site knows, of one kind; words that stand for themselves.
struct NameQuery {
    OfferKind kind = OfferKind::nothing;
    std::string typed;                   // of the value, without what stands before it in the same word
    std::string site;                    // of --site; may be empty
    std::vector<std::string> arguments;  // that stand before it
};
using NameSource = std::function<std::vector<Candidate>(const NameQuery&)>;

// What may stand as the last of `words`, which is being typed and may be empty; the others stand before it, without the
// name of the program and without quotes.
Completion complete(const Command& root, const std::vector<std::string>& words, const NameSource& names);

}  // namespace umsadm::app
