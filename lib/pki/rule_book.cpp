#include "umsadm/pki/rule_book.hpp"

#include <algorithm>

#include "lib/pki/rule_book_parts.hpp"

namespace umsadm {
namespace {

std::vector<Rule> put_together() {
    std::vector<Rule> rules;
    for (const auto part : {rules_of_renewal(), rules_of_chains(), rules_of_certificates(), rules_of_names(),
                            rules_of_files(), rules_of_keystores(), rules_of_hosts(), rules_of_audit()}) {
        rules.insert(rules.end(), part.begin(), part.end());
    }
    std::sort(rules.begin(), rules.end(), [](const Rule& a, const Rule& b) { return a.code < b.code; });
    return rules;
}

}  // namespace

const std::vector<Rule>& rule_book() {
    static const std::vector<Rule> rules = put_together();
    return rules;
}

const Rule* find_rule(std::string_view code) {
    const std::vector<Rule>& rules = rule_book();
    const auto at = std::lower_bound(rules.begin(), rules.end(), code,
                                     [](const Rule& rule, std::string_view wanted) { return rule.code < wanted; });
    return at != rules.end() && at->code == code ? &*at : nullptr;
}

}  // namespace umsadm
