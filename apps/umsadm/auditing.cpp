#include "auditing.hpp"

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/registry/audit.hpp"

namespace umsadm::app {

void audit_done(const Context& context, const Site& site, const std::string& action, const std::string& subject,
                const std::string& detail) {
    try {
        append_audit(site, {.time = context.now(),
                            .user = context.user,
                            .action = action,
                            .subject = subject,
                            .old_fingerprint = {},
                            .new_fingerprint = {},
                            .result = "done",
                            .reason = detail});
    } catch (const Error& error) {
        throw Error(Code::not_recorded,
                    fmt::format("\"{}\" of {} is done, but not recorded in the audit log: {}", action,
                                in_quotes(subject), error.message()),
                    error.hint());
    }
}

}  // namespace umsadm::app
