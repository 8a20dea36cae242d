#pragma once

#include <string>
#include <vector>

#include "umsadm/pki/lint.hpp"
#include "umsadm/pki/rule_book.hpp"

#include "unit/pki/verdict.hpp"

namespace umsadm::test {

// What lint() says of a file, in short; every code has to be in the rule book, at most as grave as there.
inline std::string lint_codes(const LintFile& file, UtcTime now, const std::vector<Certificate>& known = {}) {
    Findings findings;
    for (const LintRemark& remark : lint(file, known, now)) {
        CAPTURE(remark.finding.code, remark.finding.text);
        const Rule* rule = find_rule(remark.finding.code);
        REQUIRE(rule != nullptr);
        CHECK(rule->severity <= remark.finding.severity);
        findings.push_back(remark.finding);
    }
    return codes(findings);
}

inline std::string lint_codes(const std::vector<Certificate>& certificates, UtcTime now,
                              const std::vector<Certificate>& known = {}) {
    LintFile file;
    file.certificates = certificates;
    return lint_codes(file, now, known);
}

}  // namespace umsadm::test
