#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/pki/chain_facts.hpp"
#include "lib/pki/compatibility_rules.hpp"
#include "lib/pki/member_rules.hpp"

namespace umsadm {
namespace {

using Members = std::vector<Certificate>;

// How messages call a member of the chain.
std::string called(const NewCertificate& next, std::size_t at) {
    if (at == 0) return called(next);
    return "CA " + in_quotes(next.chain.certificates[at].subject());
}

void check_signatures(const NewCertificate& next, Findings& findings) {
    const Members& members = next.chain.certificates;
    if (next.chain.leaf().is_self_signed()) {
        findings.push_back({Severity::error, "not-signed", called(next) + " is self-signed, no root has signed it"});
        return;
    }
    for (std::size_t i = 0; i + 1 < members.size(); ++i) {
        if (members[i].is_signed_by(members[i + 1])) continue;
        findings.push_back({Severity::error, "not-signed",
                            fmt::format("the signature of {} is not by {}", called(next, i), called(next, i + 1))});
    }
}

void check_complete(const NewCertificate& next, Findings& findings) {
    if (next.chain.complete && next.chain.top().is_self_signed()) return;
    const Certificate& top = next.chain.top();
    findings.push_back({Severity::error, "chain-incomplete",
                        fmt::format("{}, the issuer of {}, is missing", in_quotes(top.issuer()),
                                    called(next, next.chain.certificates.size() - 1))});
}

}  // namespace

void check_path_lengths(const NewCertificate& next, Findings& findings) {
    const Members& members = next.chain.certificates;
    int cas_below = 0;
    for (std::size_t i = 1; i < members.size(); ++i) {
        const auto allowed = path_length_of(members[i]);
        if (allowed && *allowed < cas_below) {
            findings.push_back(
                {Severity::error, "path-length",
                 fmt::format("{} allows {} CAs below it and has {}", called(next, i), *allowed, cas_below)});
        }
        if (members[i].is_ca() && !members[i].is_self_issued()) ++cas_below;
    }
}

void check_outlives(const NewCertificate& next, Findings& findings) {
    const Members& members = next.chain.certificates;
    if (members.size() < 2) return;
    const auto first_to_end =
        std::min_element(members.begin() + 1, members.end(),
                         [](const Certificate& a, const Certificate& b) { return a.not_after() < b.not_after(); });
    if (members.front().not_after() <= first_to_end->not_after()) return;
    findings.push_back({Severity::warning, "outlives-issuer",
                        fmt::format("{} ends on {}, after {}, which ends on {}: it is of no use from then on",
                                    called(next), format_utc(members.front().not_after()),
                                    called(next, static_cast<std::size_t>(first_to_end - members.begin())),
                                    format_utc(first_to_end->not_after()))});
}

void check_members(const NewCertificate& next, UtcTime now, Findings& findings) {
    check_signatures(next, findings);
    // A self-signed certificate has no chain; that is said once.
    if (findings.empty() || next.chain.certificates.size() > 1) check_complete(next, findings);
    const Members& members = next.chain.certificates;
    for (std::size_t i = 1; i < members.size(); ++i) check_ca_flag(members[i], called(next, i), findings);
    check_path_lengths(next, findings);
    for (std::size_t i = 0; i < members.size(); ++i) check_validity(members[i], called(next, i), now, findings);
    check_outlives(next, findings);
    for (std::size_t i = 0; i < members.size(); ++i) {
        // Nobody looks at the signature of a root by itself: it is trusted as it is.
        const bool root = i + 1 == members.size() && i > 0 && members[i].is_self_issued();
        if (!root) check_signature_strength(members[i], called(next, i), findings);
        check_key_strength(members[i], called(next, i), findings);
    }
}

void check_verdict(const NewCertificate& next, UtcTime now, Findings& findings) {
    if (next.chain.leaf().is_ca()) return;
    const auto reason = verify_server_chain(next.chain, now);
    if (!reason) return;
    findings.push_back({Severity::error, "chain-invalid",
                        fmt::format("a TLS client refuses the chain of {}: {}", called(next), *reason)});
}

void check_chain(const NewCertificate& next, UtcTime now, Findings& findings) {
    Findings found;
    check_members(next, now, found);
    // What breaks the rules above breaks OpenSSL's too; only what they do not know is worth another finding.
    if (!has_errors(found)) check_verdict(next, now, found);
    findings.insert(findings.end(), found.begin(), found.end());
}

}  // namespace umsadm
