#include "certificate_warnings.hpp"

#include <fmt/format.h>

#include "umsadm/base/text.hpp"
#include "umsadm/pki/compatibility.hpp"

namespace umsadm::app {

void warn_about(Output& out, const StoredCertificate& stored, const Inventory& inventory, UtcTime now) {
    if (type_of(stored.certificate) != CertificateType::end_entity) return;
    CompatibilityRequest request;
    request.next.name = stored.record.name;
    request.next.label = stored.label();
    request.next.chain = inventory.chain_of(stored.certificate, now);
    const StoredCertificate* const root = inventory.root_of(request.next.chain);
    request.next.root_name = root == nullptr ? std::string() : root->record.name;
    request.next.has_key = stored.has_key();
    for (const Finding& finding : check_compatibility(request, now)) {
        if (finding.severity != Severity::info)
            out.warning(fmt::format("{}: {}", in_quotes(stored.label()), finding.text));
    }
}

}  // namespace umsadm::app
