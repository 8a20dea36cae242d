#pragma once

#include <string>

#include <catch2/catch.hpp>

#include "unit/pki/site.hpp"

namespace umsadm::test {

// What check_compatibility() says, in short: "host-missing host-added(info)".
inline std::string codes(const Findings& findings) {
    std::string text;
    for (const Finding& finding : findings) {
        if (!text.empty()) text += ' ';
        text += finding.code;
        if (finding.severity == Severity::warning) text += "(warning)";
        if (finding.severity == Severity::info) text += "(info)";
    }
    return text;
}

inline std::string codes(const CompatibilityRequest& request, UtcTime now = k_now) {
    return codes(check_compatibility(request, now));
}

inline std::string text_of(const CompatibilityRequest& request, UtcTime now = k_now) {
    const Findings findings = check_compatibility(request, now);
    REQUIRE(findings.size() == 1);
    return findings.front().text;
}

}  // namespace umsadm::test
