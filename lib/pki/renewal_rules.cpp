#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/pki/compatibility_rules.hpp"
#include "lib/pki/misplaced_address.hpp"

namespace umsadm {
namespace {

// Whether `next` comes from the authority that `current` comes from, as far as it is known.
bool same_root(const Chain& next, const Chain& current) {
    // The root itself as the new certificate: what is wrong with that is said elsewhere.
    const bool root_only = next.complete && next.certificates.size() == 1;
    // An authority that was signed by another one as well is still the same: devices trust its name and key.
    const auto first = next.certificates.begin() + (root_only ? 0 : 1);
    return std::any_of(first, next.certificates.end(), [&](const Certificate& ca) {
        if (same_authority(ca, current.top())) return true;
        return !current.complete && current.top().is_signed_by(ca);
    });
}

// The same authority with another certificate.
bool is_extended(const Chain& next, const Chain& current) {
    return next.complete && current.complete && same_authority(next.top(), current.top()) &&
           next.top() != current.top();
}

std::string root_text(const Chain& chain) {
    if (chain.complete) return "root " + in_quotes(chain.top().subject());
    return "an unknown root above " + in_quotes(chain.top().issuer());
}

void check_root(const CompatibilityRequest& request, const CurrentCertificate& current, Findings& findings) {
    const Chain& next = request.next.chain;
    if (same_root(next, current.chain)) {
        if (is_extended(next, current.chain)) {
            findings.push_back({Severity::warning, "root-extended",
                                fmt::format("the root {} has the name and the key of the current one and is another "
                                            "certificate: devices that compare fingerprints need the new one",
                                            in_quotes(next.top().subject()))});
        }
        return;
    }
    const std::string text = fmt::format("{} is from {}, the current certificate from {}", called(request.next),
                                         root_text(next), root_text(current.chain));
    if (next.complete && request.allowed_root == next.top().fingerprint()) {
        findings.push_back({Severity::warning, "root-differs",
                            text + ": each device that does not know the new root before the update loses the gateway "
                                   "and must be registered again"});
    } else {
        findings.push_back({Severity::error, "root-differs", text});
    }
}

std::string_view noun(const HostName& host) { return host.kind() == HostName::Kind::ip ? "IP address" : "name"; }

void report_missing(const NewCertificate& next, std::string_view kind, std::string_view text, Findings& findings) {
    findings.push_back(
        {Severity::error, "host-missing",
         fmt::format("{} lacks the {} {} of the current certificate", called(next), kind, in_quotes(text))});
}

// Entries that are no host names by the rules may still be what devices use ("icg_1.local").
void check_unusable_hosts(const NewCertificate& next, const Certificate& before, Findings& findings) {
    const Certificate& leaf = next.chain.leaf();
    for (const std::string& text : before.unusable_hosts()) {
        const auto& same = leaf.unusable_hosts();
        if (std::find(same.begin(), same.end(), text) != same.end()) continue;
        const auto address = misplaced_address(text);
        if (address && any_covers(leaf.hosts(), *address)) continue;
        report_missing(next, address ? "IP address" : "name", text, findings);
    }
}

// Before there were alternative names, clients looked at the common name. Without a dot it is a display name.
std::vector<HostName> hosts_of(const Certificate& before) {
    const std::string name = before.subject_fields().common_name;
    if (before.has_subject_alt_name() || name.find_first_of(".:") == std::string::npos) return before.hosts();
    try {
        return {HostName::parse(name)};
    } catch (const Error&) {  // a display name after all
        return {};
    }
}

void check_hosts(const NewCertificate& next, const Certificate& before, Findings& findings) {
    const Certificate& leaf = next.chain.leaf();
    const std::vector<HostName> hosts = hosts_of(before);
    for (const HostName& host : hosts) {
        if (!any_covers(leaf.hosts(), host)) report_missing(next, noun(host), host.text(), findings);
    }
    check_unusable_hosts(next, before, findings);
    for (const HostName& host : leaf.hosts()) {
        if (any_covers(hosts, host)) continue;
        findings.push_back({Severity::info, "host-added",
                            fmt::format("{} has the {} {}, which the current certificate lacks", called(next),
                                        noun(host), in_quotes(host.text()))});
    }
}

void check_validity(const NewCertificate& next, const Certificate& before, Findings& findings) {
    const Certificate& leaf = next.chain.leaf();
    if (leaf.not_after() >= before.not_after()) return;
    findings.push_back({Severity::warning, "shorter-validity",
                        fmt::format("{} ends on {}, before the current certificate, which ends on {}", called(next),
                                    format_utc(leaf.not_after()), format_utc(before.not_after()))});
}

}  // namespace

void check_against_current(const CompatibilityRequest& request, const CurrentCertificate& current, Findings& findings) {
    if (!current.served) {
        findings.push_back(
            {Severity::warning, "not-served", "the gateway serves no certificate now, compared with the stored one"});
    }
    const Certificate& before = current.chain.leaf();
    check_root(request, current, findings);
    check_hosts(request.next, before, findings);
    check_validity(request.next, before, findings);
}

}  // namespace umsadm
