#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace umsadm {

enum class Severity { error, warning, info };

std::string_view severity_name(Severity severity) noexcept;

// One answer of a check. `code` is stable: scripts and tests name it.
struct Finding {
    Severity severity = Severity::error;
    std::string code;
    std::string text;

    bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

bool has_errors(const Findings& findings) noexcept;

}  // namespace umsadm
