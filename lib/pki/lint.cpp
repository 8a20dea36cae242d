#include "umsadm/pki/lint.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"
#include "umsadm/crypto/chain.hpp"

#include "lib/pki/chain_facts.hpp"
#include "lib/pki/lint_rules.hpp"

namespace umsadm {
namespace {

std::string called(const Certificate& certificate) {
    const std::string& subject = certificate.subject();
    return "certificate " + in_quotes(subject.empty() ? certificate.fingerprint().to_string() : subject);
}

std::string called(const CertificationRequest& request) {
    return request.subject().empty() ? "the request" : "request " + in_quotes(request.subject());
}

bool has_key(const LintFile& file, const Certificate& certificate) {
    return std::any_of(file.keys.begin(), file.keys.end(),
                       [&](const LintKey& key) { return key.public_key_der == certificate.public_key_der(); });
}

void lint_form(const LintFile& file, Findings& findings) {
    if (!file.certificates.empty() && (file.form == FileForm::der || file.form == FileForm::pkcs7)) {
        findings.push_back({Severity::warning, "not-pem",
                            fmt::format("the file is {}: the UMS Console imports certificates as PEM text",
                                        file.form == FileForm::der ? "DER" : "PKCS#7")});
    }
    if (file.form != FileForm::keystore && file.certificates.size() > 1) {
        findings.push_back({Severity::info, "several-certificates",
                            fmt::format("the file has {} certificates: the UMS Console imports one from each file",
                                        file.certificates.size())});
    }
}

void lint_keys(const LintFile& file, Findings& findings) {
    for (const LintKey& key : file.keys) {
        const bool fits = std::any_of(file.certificates.begin(), file.certificates.end(),
                                      [&](const Certificate& c) { return c.public_key_der() == key.public_key_der; });
        if (!fits && !file.certificates.empty()) {
            findings.push_back({Severity::error, "key-mismatch", "a private key fits none of the certificates"});
        }
        if (key.encrypted && file.form != FileForm::keystore) {
            findings.push_back({Severity::info, "key-encrypted",
                                "a private key is encrypted: the UMS Console imports only unencrypted ones"});
        }
    }
}

// A keystore has its root twice, in the chain and as a trusted entry, and keeps its own order.
void lint_order(const LintFile& file, Findings& findings) {
    if (file.form == FileForm::keystore) return;
    const auto& all = file.certificates;
    for (auto at = all.begin(); at != all.end(); ++at) {
        if (std::find(all.begin(), at, *at) == at) continue;
        findings.push_back({Severity::warning, "duplicate-certificate", called(*at) + " is there twice"});
    }
    for (std::size_t i = 1; i < all.size(); ++i) {
        if (all[i].is_self_signed() || !all[i].is_signed_by(all[i - 1])) continue;
        findings.push_back({Severity::info, "chain-order",
                            fmt::format("{} stands behind its issuer: TLS servers want it before", called(all[i]))});
    }
}

void lint_authorities(const LintFile& file, Findings& findings) {
    const auto& all = file.certificates;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto here = all.begin() + static_cast<std::ptrdiff_t>(i);
        if (std::find(all.begin(), here, *here) != here) continue;
        if (file.form == FileForm::keystore && all[i].is_ca() && has_key(file, all[i])) {
            findings.push_back(
                {Severity::warning, "ca-key-in-keystore",
                 fmt::format("the keystore holds the private key of the CA {}", in_quotes(all[i].subject()))});
        }
        for (std::size_t k = i + 1; k < all.size(); ++k) {
            if (all[i] == all[k] || !all[i].is_self_signed() || !all[k].is_self_signed()) continue;
            if (!same_authority(all[i], all[k])) continue;
            findings.push_back({Severity::warning, "root-extended",
                                fmt::format("the root {} is there in two certificates with the same key",
                                            in_quotes(all[i].subject()))});
        }
    }
}

Findings lint_whole(const LintFile& file) {
    Findings findings = file.found;
    lint_form(file, findings);
    lint_keys(file, findings);
    lint_order(file, findings);
    lint_authorities(file, findings);
    for (const CertificationRequest& request : file.requests) lint_request(request, findings);
    return findings;
}

Findings lint_one(const Certificate& certificate, const LintFile& file, const std::vector<Certificate>& pool,
                  UtcTime now) {
    const bool signs_others = std::any_of(pool.begin(), pool.end(), [&](const Certificate& other) {
        return other != certificate && other.is_signed_by(certificate);
    });
    const LintedCertificate linted{certificate, details_of(certificate), called(certificate), signs_others};
    Findings findings;
    lint_encoding(linted, findings);
    lint_rights(linted, findings);
    lint_names(linted, findings);
    lint_strength(linted, now, findings);
    lint_chain(linted, pool, file.form, now, findings);
    return findings;
}

}  // namespace

void lint_request(const CertificationRequest& request, Findings& findings) {
    const std::string name = called(request);
    const bool ca = request.basic_constraints() && request.basic_constraints()->ca;
    lint_subject(request.subject_fields(), name, findings);
    lint_hosts(request.hosts(), request.unusable_hosts(), name, findings);
    if (is_weak(request.key())) {
        findings.push_back({Severity::error, "weak-key",
                            fmt::format("the key of {} is too weak: {}", name, request.key().to_string())});
    } else {
        lint_key_kind(request.key(), name, findings);
    }
    if (ca && !request.hosts().empty()) {
        findings.push_back({Severity::warning, "ca-with-hosts", name + " is for a CA and has host names"});
    }
    if (!ca && request.hosts().empty()) {
        findings.push_back({Severity::warning, "no-san", name + " asks for no host name: the CA has to be told"});
    }
}

std::vector<LintRemark> lint(const LintFile& file, const std::vector<Certificate>& known, UtcTime now) {
    std::vector<LintRemark> remarks;
    for (Finding& finding : lint_whole(file)) remarks.push_back({std::move(finding), std::nullopt});
    std::vector<Certificate> pool = file.certificates;
    pool.insert(pool.end(), known.begin(), known.end());
    for (std::size_t i = 0; i < file.certificates.size(); ++i) {
        const auto& all = file.certificates;
        const auto here = all.begin() + static_cast<std::ptrdiff_t>(i);
        if (std::find(all.begin(), here, all[i]) != here) continue;  // it was judged already
        for (Finding& finding : lint_one(all[i], file, pool, now)) remarks.push_back({std::move(finding), i});
    }
    return remarks;
}

}  // namespace umsadm
