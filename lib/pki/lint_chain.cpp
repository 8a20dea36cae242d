#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"
#include "umsadm/crypto/chain.hpp"

#include "lib/pki/chain_facts.hpp"
#include "lib/pki/compatibility_rules.hpp"
#include "lib/pki/lint_rules.hpp"

namespace umsadm {
namespace {

// Somebody has the issuer's name and did not sign it.
bool is_signed_by_another(const Certificate& certificate, const std::vector<Certificate>& pool) {
    return std::any_of(pool.begin(), pool.end(), [&](const Certificate& other) {
        return other != certificate && other.canonical_subject() == certificate.canonical_issuer();
    });
}

void lint_end_of_chain(const LintedCertificate& linted, const Chain& chain, const std::vector<Certificate>& pool,
                       FileForm form, Findings& findings) {
    if (chain.complete) return;
    if (chain.certificates.size() == 1 && is_signed_by_another(linted.certificate, pool)) {
        findings.push_back({Severity::error, "not-signed",
                            fmt::format("the signature of {} is not by the CA {} that is there", linted.called,
                                        in_quotes(linted.certificate.issuer()))});
        return;
    }
    // A file with one certificate is no chain; a keystore has to hold all of it.
    findings.push_back(
        {form == FileForm::keystore ? Severity::warning : Severity::info, "chain-incomplete",
         fmt::format("{}, above {}, is not among the certificates", in_quotes(chain.top().issuer()), linted.called)});
}

// Two members with one name: people and the UMS cannot tell them apart.
void lint_equal_names(const LintedCertificate& linted, const Chain& chain, Findings& findings) {
    std::set<std::string> seen;
    for (const Certificate& member : chain.certificates) {
        const std::string name = to_lower(trim(member.subject_fields().common_name));
        if (name.empty() || seen.insert(name).second) continue;
        findings.push_back(
            {Severity::warning, "same-name-in-chain",
             fmt::format("two certificates in the chain of {} are called {}", linted.called, in_quotes(name))});
    }
}

bool has_code(const Findings& findings, std::string_view code) {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) { return f.code == code; });
}

}  // namespace

void lint_chain(const LintedCertificate& linted, const std::vector<Certificate>& pool, FileForm form, UtcTime now,
                Findings& findings) {
    if (linted.certificate.is_self_signed()) return;
    NewCertificate subject;
    subject.label = linted.certificate.subject();
    subject.chain = build_chain(linted.certificate, pool, now);
    lint_end_of_chain(linted, subject.chain, pool, form, findings);
    check_path_lengths(subject, findings);
    check_outlives(subject, findings);
    check_name(subject, findings);
    if (!has_code(findings, "name-equals-root")) lint_equal_names(linted, subject.chain, findings);
    if (!subject.chain.complete) return;
    // OpenSSL is asked where our rules find no error, in the issuers neither.
    Findings members;
    check_members(subject, now, members);
    if (!has_errors(members) && !has_errors(findings)) check_verdict(subject, now, findings);
}

}  // namespace umsadm
