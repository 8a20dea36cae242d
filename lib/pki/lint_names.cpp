#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/pki/lint_rules.hpp"
#include "lib/pki/misplaced_address.hpp"

namespace umsadm {
namespace {

// Upper bounds of RFC 5280, appendix A; ICG display names may have 200 characters.
constexpr std::size_t k_common_name_limit = 64;
constexpr std::size_t k_organization_limit = 64;
constexpr std::size_t k_locality_limit = 128;
constexpr std::size_t k_holder_limit = 200;
constexpr std::size_t k_display_name_limit = 200;

// Characters of a UTF-8 text: all bytes but those that continue one.
std::size_t length_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool is_country(std::string_view text) {
    return text.size() == 2 &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalpha(c) != 0; });
}

void lint_length(std::string_view value, std::string_view what, std::size_t limit, std::string_view called,
                 Findings& findings) {
    if (length_of(value) <= limit) return;
    findings.push_back(
        {Severity::warning, "subject-format",
         fmt::format("the {} of {} has {} characters, more than {}", what, called, length_of(value), limit)});
}

}  // namespace

void lint_subject(const SubjectFields& fields, std::string_view called, Findings& findings) {
    if (!fields.country.empty() && !is_country(fields.country)) {
        findings.push_back(
            {Severity::error, "subject-format",
             fmt::format("the country of {} is {}, not two letters", called, in_quotes(fields.country))});
    }
    lint_length(fields.organization, "organization", k_organization_limit, called, findings);
    lint_length(fields.locality, "locality", k_locality_limit, called, findings);
    lint_length(fields.holder, "holder's name", k_holder_limit, called, findings);
    const std::size_t length = length_of(fields.common_name);
    if (length > k_common_name_limit) {
        findings.push_back({Severity::warning, "name-too-long",
                            fmt::format("the common name of {} has {} characters: RFC 5280 allows {}, the UMS {}",
                                        called, length, k_common_name_limit, k_display_name_limit)});
    }
}

void lint_hosts(const std::vector<HostName>& hosts, const std::vector<std::string>& unusable_hosts,
                std::string_view called, Findings& findings) {
    for (const std::string& text : unusable_hosts) {
        if (misplaced_address(text)) {
            findings.push_back({Severity::warning, "san-wrong-type",
                                fmt::format("{} has the IP address {} as a DNS name, where no client looks for it",
                                            called, in_quotes(text))});
        } else if (text.starts_with("an IP address of ")) {
            findings.push_back({Severity::warning, "san-wrong-type",
                                fmt::format("{} has {} in its Subject Alternative Name: no address", called, text)});
        } else {
            findings.push_back({Severity::warning, "san-unusable",
                                fmt::format("{} has {}, which is no host name", called, in_quotes(text))});
        }
    }
    for (const HostName& host : hosts) {
        if (!host.is_wildcard()) continue;
        findings.push_back({Severity::info, "wildcard",
                            fmt::format("{} has {}: it stands for one label, and not for {}", called,
                                        in_quotes(host.text()), in_quotes(host.text().substr(2)))});
    }
}

void lint_names(const LintedCertificate& linted, Findings& findings) {
    const Certificate& certificate = linted.certificate;
    const CertificateDetails& details = linted.details;
    if (!details.has_issuer || (certificate.is_ca() && !details.has_subject)) {
        findings.push_back(
            {Severity::error, "empty-name",
             linted.called + (details.has_issuer ? " is a CA without a name" : " does not name its issuer")});
    }
    if (details.names_hold_control_characters) {
        findings.push_back({Severity::error, "control-characters",
                            "a name in " + linted.called + " has a control character or a zero byte in it"});
    }
    lint_subject(certificate.subject_fields(), linted.called, findings);
    lint_hosts(certificate.hosts(), certificate.unusable_hosts(), linted.called, findings);
    for (const std::string& kind : details.other_alternative_names) {
        findings.push_back(
            {Severity::info, "san-wrong-type",
             fmt::format("{} has {} in its Subject Alternative Name, where no TLS client looks for a host",
                         linted.called, kind)});
    }
    if (certificate.is_ca() && !certificate.hosts().empty()) {
        findings.push_back({Severity::warning, "ca-with-hosts", linted.called + " is a CA and has host names"});
    }
    if (linted.is_end_entity() && certificate.hosts().empty()) {
        findings.push_back({Severity::error, "no-san",
                            linted.called + " has no host name or IP address in a Subject Alternative Name"});
    }
}

}  // namespace umsadm
