#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/fingerprint.hpp"
#include "umsadm/registry/site.hpp"

#include "context.hpp"

namespace umsadm::app {

// What a command did.
struct AuditedChange {
    std::string action;   // "gateway trust"
    std::string subject;  // the gateway or certificate
    std::optional<Fingerprint> old_fingerprint = {};
    std::optional<Fingerprint> new_fingerprint = {};
    std::string detail = {};
};

// Notes in the audit log that the user did this.
// Throws Code::not_recorded when it cannot be noted: the thing itself is done.
void audit_done(const Context& context, const Site& site, const AuditedChange& change);

// The same for several that were done together.
void audit_done(const Context& context, const Site& site, const std::vector<AuditedChange>& changes);

// Notes in the audit log that the user did `action` ("gateway trust") to `subject`; `detail` may be empty.
// Throws Code::not_recorded when it cannot be noted: the thing itself is done.
void audit_done(const Context& context, const Site& site, const std::string& action, const std::string& subject,
                const std::string& detail = {});

}  // namespace umsadm::app
