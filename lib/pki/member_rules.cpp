#include "lib/pki/member_rules.hpp"

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/pki/chain_facts.hpp"

namespace umsadm {

void check_validity(const Certificate& member, std::string_view called, UtcTime now, Findings& findings) {
    if (is_over(member, now)) {
        findings.push_back(
            {Severity::error, "expired", fmt::format("{} expired on {}", called, format_utc(member.not_after()))});
    } else if (now < member.not_before()) {
        findings.push_back({Severity::error, "not-yet-valid",
                            fmt::format("{} is not valid before {}", called, format_utc(member.not_before()))});
    }
}

void check_signature_strength(const Certificate& member, std::string_view called, Findings& findings) {
    if (!is_weak_digest(member.signature_digest())) return;
    findings.push_back({Severity::error, "weak-signature",
                        fmt::format("{} is signed with {}", called, to_upper(member.signature_digest()))});
}

void check_key_strength(const Certificate& member, std::string_view called, Findings& findings) {
    if (!is_weak(member.key())) return;
    findings.push_back({Severity::error, "weak-key",
                        fmt::format("the key of {} is too weak: {} with {} bits", called, member.key().to_string(),
                                    member.key().bits)});
}

void check_ca_flag(const Certificate& member, std::string_view called, Findings& findings) {
    if (!member.is_ca()) {
        findings.push_back({Severity::error, "ca-flag-missing", fmt::format("{} is not marked as CA", called)});
    } else if (!member.may_sign_certificates()) {
        findings.push_back({Severity::error, "ca-flag-missing",
                            fmt::format("{} may not sign certificates, says its key usage", called)});
    }
}

}  // namespace umsadm
