#pragma once

#include <string_view>
#include <vector>

#include "umsadm/base/finding.hpp"

namespace umsadm {

// What is known about one finding code. All texts are whole sentences for people, in the product's voice.
struct Rule {
    std::string_view code;         // stable: "host-missing"
    Severity severity;             // the gravest that a finding with this code has
    std::string_view rule;         // what has to hold
    std::string_view cause;        // how it comes about
    std::string_view consequence;  // what it does to devices
    std::string_view remedy;       // what to do, with the command where there is one
    std::string_view source;       // RFC and section, or the vendor's document
};

// Every code that a finding of this library can have, in the order of the codes.
const std::vector<Rule>& rule_book();

// Null when there is no such code.
const Rule* find_rule(std::string_view code);

}  // namespace umsadm
