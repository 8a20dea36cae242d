#pragma once

#include <string>

#include "umsadm/registry/site.hpp"

#include "context.hpp"

namespace umsadm::app {

// Notes in the audit log that the user did `action` ("gateway trust") to `subject`; `detail` may be empty.
// Throws Code::not_recorded when it cannot be noted: the thing itself is done.
void audit_done(const Context& context, const Site& site, const std::string& action, const std::string& subject,
                const std::string& detail = {});

}  // namespace umsadm::app
