#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "umsadm/crypto/certificate_details.hpp"
#include "umsadm/pki/lint.hpp"

namespace umsadm {

// The rules behind lint(), by what they look at. Each appends what it finds.

// A certificate under the lens.
struct LintedCertificate {
    const Certificate& certificate;
    CertificateDetails details;
    std::string called;         // how messages name it: certificate "CN=ICG Berlin"
    bool signs_others = false;  // it signed another one of those that are known

    bool is_end_entity() const noexcept { return !certificate.is_ca() && !signs_others; }
};

// Its encoding: version, serial number, dates, extensions.
void lint_encoding(const LintedCertificate& linted, Findings& findings);
// Whether it may do what it does: CA or not, key usage, purposes.
void lint_rights(const LintedCertificate& linted, Findings& findings);
// Keys, signatures, dates.
void lint_strength(const LintedCertificate& linted, UtcTime now, Findings& findings);
// Subject and Subject Alternative Name.
void lint_names(const LintedCertificate& linted, Findings& findings);
// Its way up, among `pool`.
void lint_chain(const LintedCertificate& linted, const std::vector<Certificate>& pool, FileForm form, UtcTime now,
                Findings& findings);

void lint_request(const CertificationRequest& request, Findings& findings);

// Parts that requests and certificates have in common.
void lint_subject(const SubjectFields& fields, std::string_view called, Findings& findings);
void lint_key_kind(const KeySpec& key, std::string_view called, Findings& findings);
void lint_hosts(const std::vector<HostName>& hosts, const std::vector<std::string>& unusable_hosts,
                std::string_view called, Findings& findings);

}  // namespace umsadm
