#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/pki/chain_facts.hpp"
#include "lib/pki/compatibility_rules.hpp"

namespace umsadm {
namespace {

void check_kind(const NewCertificate& next, Findings& findings) {
    const Certificate& leaf = next.chain.leaf();
    if (leaf.is_ca()) {
        findings.push_back({Severity::error, "not-end-entity", called(next) + " is a CA, not an end entity"});
    }
    if (!leaf.has_subject_alt_name()) {
        findings.push_back({Severity::error, "no-san", called(next) + " has no Subject Alternative Name"});
    } else if (leaf.hosts().empty()) {
        findings.push_back({Severity::error, "no-san",
                            called(next) + " has a Subject Alternative Name without a host name or IP address"});
    }
}

void check_gateway_hosts(const CompatibilityRequest& request, Findings& findings) {
    const auto check = [&](const std::optional<HostName>& host, Severity severity, std::string_view what) {
        if (!host || any_covers(request.next.chain.leaf().hosts(), *host)) return;
        findings.push_back(
            {severity, "gateway-host-missing",
             fmt::format("{} lacks {}, the {} of the gateway", called(request.next), in_quotes(host->text()), what)});
    };
    check(request.gateway_host, Severity::error, "host");
    if (request.external_host != request.gateway_host) {
        check(request.external_host, Severity::warning, "external host");
    }
}

void check_key(const NewCertificate& next, Findings& findings) {
    if (next.key == nullptr && !next.has_key) {
        findings.push_back({Severity::error, "key-missing", "the private key of " + called(next) + " is missing"});
    } else if (next.key != nullptr && !next.key->fits(next.chain.leaf())) {
        findings.push_back({Severity::error, "key-mismatch", "the private key does not fit " + called(next)});
    }
}

}  // namespace

void check_name(const NewCertificate& next, Findings& findings) {
    const Certificate& leaf = next.chain.leaf();
    if (leaf.is_self_signed()) return;
    const bool same_display_name = !next.root_name.empty() && same_name(next.name, next.root_name);
    const std::string common_name = leaf.subject_fields().common_name;
    const bool same_common_name = next.chain.complete && !common_name.empty() &&
                                  same_name(common_name, next.chain.top().subject_fields().common_name);
    if (same_display_name || same_common_name) {
        findings.push_back({Severity::error, "name-equals-root",
                            fmt::format("{} has the same name as its root: {}", called(next),
                                        in_quotes(same_display_name ? next.root_name : common_name))});
    } else if (leaf.is_self_issued()) {
        findings.push_back(
            {Severity::error, "name-equals-root",
             fmt::format("{} has the same subject as its issuer: {}", called(next), in_quotes(leaf.subject()))});
    }
}

void check_leaf(const CompatibilityRequest& request, Findings& findings) {
    check_kind(request.next, findings);
    check_gateway_hosts(request, findings);
    check_name(request.next, findings);
    check_key(request.next, findings);
}

}  // namespace umsadm
