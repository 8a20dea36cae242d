#include <chrono>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/pki/chain_facts.hpp"
#include "lib/pki/lint_rules.hpp"
#include "lib/pki/member_rules.hpp"

namespace umsadm {
namespace {

using std::chrono::days;

constexpr days k_root_lifetime{3650};  // ten years, as openssl(1) counts them
constexpr days k_longest_public_lifetime{398};
constexpr days k_short_lifetime{100};
constexpr std::size_t k_serial_octets = 20;  // RFC 5280, 4.1.2.2

// What the UMS and many CAs write otherwise than RFC 5280 says, and nobody stumbles over.
void lint_missing_extensions(const LintedCertificate& linted, Findings& findings) {
    const CertificateDetails& details = linted.details;
    const bool ca = linted.certificate.is_ca();
    if (ca && !details.has_subject_key_identifier) {
        findings.push_back({Severity::info, "no-key-identifier", linted.called + " has no subject key identifier"});
    }
    if (!linted.certificate.is_self_issued() && !details.has_authority_key_identifier) {
        findings.push_back({Severity::info, "no-key-identifier", linted.called + " has no authority key identifier"});
    }
    if (ca && !details.has_key_usage) {
        findings.push_back({Severity::info, "no-key-usage", linted.called + " is a CA without a key usage"});
    }
}

// RFC 5280 fixes for these whether they are critical; empty: no matter.
std::optional<bool> should_be_critical(const ExtensionDetails& extension, const LintedCertificate& linted) {
    if (extension.name == "X509v3 Basic Constraints" && linted.certificate.is_ca()) return true;
    if (extension.name == "X509v3 Name Constraints") return true;
    if (extension.name == "X509v3 Subject Alternative Name" && !linted.details.has_subject) return true;
    if (extension.name == "X509v3 Subject Key Identifier") return false;
    if (extension.name == "X509v3 Authority Key Identifier") return false;
    return std::nullopt;
}

void lint_extension(const ExtensionDetails& extension, const LintedCertificate& linted, Findings& findings) {
    const std::string name = in_quotes(extension.name);
    if (extension.critical && !extension.known) {
        findings.push_back(
            {Severity::error, "unknown-critical-extension",
             fmt::format("{} has the critical extension {}, on which TLS clients cannot act", linted.called, name)});
    }
    if (!extension.readable || extension.repeated) {
        findings.push_back({Severity::error, "damaged-extension",
                            fmt::format("the extension {} of {} {}", name, linted.called,
                                        extension.readable ? "is there twice" : "cannot be read")});
    }
    const auto critical = should_be_critical(extension, linted);
    if (!critical || *critical == extension.critical) return;
    // The UMS itself makes its roots so.
    const bool harmless = extension.name == "X509v3 Basic Constraints";
    findings.push_back(
        {harmless ? Severity::info : Severity::warning, "extension-criticality",
         fmt::format("the extension {} of {} is {}critical", name, linted.called, extension.critical ? "" : "not ")});
}

void lint_lifetime(const LintedCertificate& linted, Findings& findings) {
    const Certificate& certificate = linted.certificate;
    const bool end_entity = linted.is_end_entity() && !certificate.is_self_issued();
    const auto lifetime = std::chrono::floor<days>(certificate.not_after() - certificate.not_before()).count();
    if (lifetime < 0) {
        findings.push_back(
            {Severity::error, "validity-reversed", linted.called + " ends before it begins to be valid"});
    } else if (certificate.is_ca() && certificate.is_self_issued() && lifetime < k_root_lifetime.count()) {
        findings.push_back({Severity::warning, "short-root",
                            fmt::format("{} is a root for {} days, less than ten years", linted.called, lifetime)});
    } else if (end_entity && lifetime > k_longest_public_lifetime.count()) {
        findings.push_back({Severity::info, "long-lifetime",
                            fmt::format("{} is valid for {} days, more than browsers take from a public CA",
                                        linted.called, lifetime)});
    } else if (end_entity && lifetime <= k_short_lifetime.count()) {
        findings.push_back({Severity::info, "short-lifetime",
                            fmt::format("{} is valid for {} days: renew it by a timer", linted.called, lifetime)});
    }
}

}  // namespace

void lint_encoding(const LintedCertificate& linted, Findings& findings) {
    const CertificateDetails& details = linted.details;
    if (!details.serial_is_positive || details.serial_octets > k_serial_octets) {
        findings.push_back(
            {Severity::warning, "serial-number",
             details.serial_is_positive
                 ? fmt::format("the serial number of {} has {} octets", linted.called, details.serial_octets)
                 : fmt::format("the serial number of {} is not positive", linted.called)});
    }
    if (!details.validity_is_well_encoded) {
        findings.push_back({Severity::warning, "validity-encoding",
                            "the dates of " + linted.called + " are encoded in the wrong way"});
    }
    for (const ExtensionDetails& extension : details.extensions) lint_extension(extension, linted, findings);
    lint_missing_extensions(linted, findings);
}

void lint_rights(const LintedCertificate& linted, Findings& findings) {
    const Certificate& certificate = linted.certificate;
    if (!certificate.basic_constraints() && certificate.is_self_signed()) {
        findings.push_back({Severity::error, "legacy-certificate",
                            fmt::format("{} signed itself and does not say whether it is a CA (X.509 version {})",
                                        linted.called, linted.details.version)});
    } else if (linted.signs_others || certificate.is_ca()) {
        check_ca_flag(certificate, linted.called, findings);
    } else if (certificate.is_self_signed()) {
        findings.push_back({Severity::error, "not-signed", linted.called + " is self-signed, no root has signed it"});
    }
    if (!certificate.is_ca() && (linted.details.claims_to_sign_certificates || linted.details.has_path_length)) {
        findings.push_back(
            {Severity::error, "ca-rights-without-flag",
             fmt::format("{} is no CA and has {}", linted.called,
                         linted.details.has_path_length ? "a path length" : "the key usage to sign certificates")});
    }
    if (linted.is_end_entity() && !certificate.may_serve_tls()) {
        findings.push_back({Severity::warning, "not-for-servers",
                            linted.called + " is not for TLS servers, says its extended key usage"});
    }
}

void lint_strength(const LintedCertificate& linted, UtcTime now, Findings& findings) {
    const Certificate& certificate = linted.certificate;
    check_validity(certificate, linted.called, now, findings);
    lint_lifetime(linted, findings);
    if (!certificate.is_self_issued()) {
        check_signature_strength(certificate, linted.called, findings);
    } else if (is_weak_digest(certificate.signature_digest())) {
        findings.push_back(
            {Severity::warning, "weak-root-signature",
             fmt::format("{} signed itself with {}", linted.called, to_upper(certificate.signature_digest()))});
    }
    check_key_strength(certificate, linted.called, findings);
    if (!is_weak(certificate.key())) lint_key_kind(certificate.key(), linted.called, findings);
}

void lint_key_kind(const KeySpec& key, std::string_view called, Findings& findings) {
    const bool rsa = key.type == KeySpec::Type::rsa;
    const bool ec = key.type == KeySpec::Type::ec;
    const bool offered = rsa ? key.bits == 4096 || key.bits == 8192 || key.bits == 12288 || key.bits == 16384 : ec;
    if (key.type == KeySpec::Type::ed25519) {
        findings.push_back({Severity::warning, "ed25519-key",
                            fmt::format("{} has an Ed25519 key, which Java before 15 cannot read", called)});
    } else if (!offered) {
        findings.push_back({Severity::warning, "key-not-offered",
                            fmt::format("{} has a key that the UMS does not offer: {}", called, key.to_string())});
    }
    if (ec) {
        findings.push_back(
            {Severity::info, "ec-key",
             fmt::format("{} has an EC key: older UMS do not register IGEL OS 12 devices with it", called)});
    }
}

}  // namespace umsadm
