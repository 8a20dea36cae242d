#include "umsadm/pki/compatibility.hpp"

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/pki/compatibility_rules.hpp"

namespace umsadm {

std::string called(const NewCertificate& next) {
    return "certificate " + in_quotes(next.label.empty() ? next.name : next.label);
}

Findings check_compatibility(const CompatibilityRequest& request, UtcTime now) {
    Findings findings;
    if (request.current) check_against_current(request, *request.current, findings);
    check_leaf(request, findings);
    check_chain(request.next, now, findings);
    return findings;
}

}  // namespace umsadm
