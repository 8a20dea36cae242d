#include "certificate_warnings.hpp"

#include <fmt/format.h>

#include "umsadm/base/text.hpp"
#include "umsadm/pki/compatibility.hpp"
#include "umsadm/pki/profile.hpp"

namespace umsadm::app {
namespace {

constexpr std::chrono::days k_short_notice{30};

// Seen only when the certificates that it signs are of no use before their time.
void warn_about_short_life(Output& out, const std::string& label, const Certificate& ca, UtcTime now) {
    const auto until = signs_full_length_until(ca);
    if (until && *until - now > k_short_notice) return;
    out.warning(fmt::format("{}: it ends on {}, too early to sign certificates of {} days: a CA should live for years",
                            in_quotes(label), format_utc(ca.not_after()), k_default_end_lifetime.count()));
}

// A CA is not judged by the rules for gateways; that it is cut short by its issuer holds for it as well.
void warn_about_ca(Output& out, const std::string& label, const Chain& chain, UtcTime now) {
    warn_about_short_life(out, label, chain.leaf(), now);
    if (chain.certificates.size() < 2) return;
    const Certificate& issuer = chain.certificates[1];
    if (chain.leaf().not_after() <= issuer.not_after()) return;
    out.warning(fmt::format("{}: it ends on {}, after its issuer {}, which ends on {}", in_quotes(label),
                            format_utc(chain.leaf().not_after()), in_quotes(issuer.subject()),
                            format_utc(issuer.not_after())));
}

void warn_about_findings(Output& out, const std::string& label, const CompatibilityRequest& request, UtcTime now) {
    for (const Finding& finding : check_compatibility(request, now)) {
        if (finding.severity != Severity::info) out.warning(fmt::format("{}: {}", in_quotes(label), finding.text));
    }
}

CompatibilityRequest request_for(const std::string& label, Chain chain) {
    CompatibilityRequest request;
    request.next.label = label;
    request.next.chain = std::move(chain);
    request.next.has_key = true;
    return request;
}

}  // namespace

void warn_about(Output& out, const StoredCertificate& stored, const Inventory& inventory, UtcTime now) {
    CompatibilityRequest request = request_for(stored.label(), inventory.chain_of(stored.certificate, now));
    if (type_of(stored.certificate) != CertificateType::end_entity) {
        return warn_about_ca(out, stored.label(), request.next.chain, now);
    }
    const StoredCertificate* const root = inventory.root_of(request.next.chain);
    request.next.name = stored.record.name;
    request.next.root_name = root == nullptr ? std::string() : root->record.name;
    request.next.has_key = stored.has_key();
    warn_about_findings(out, stored.label(), request, now);
}

void warn_about(Output& out, const std::string& label, const Chain& chain, UtcTime now) {
    if (type_of(chain.leaf()) != CertificateType::end_entity) return warn_about_ca(out, label, chain, now);
    warn_about_findings(out, label, request_for(label, chain), now);
}

}  // namespace umsadm::app
