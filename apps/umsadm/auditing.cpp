#include "auditing.hpp"

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/registry/audit.hpp"

namespace umsadm::app {

void audit_done(const Context& context, const Site& site, const AuditedChange& change) {
    try {
        append_audit(site, {.time = context.now(),
                            .user = context.user,
                            .action = change.action,
                            .subject = change.subject,
                            .old_fingerprint = change.old_fingerprint,
                            .new_fingerprint = change.new_fingerprint,
                            .result = "done",
                            .reason = change.detail});
    } catch (const Error& error) {
        throw Error(Code::not_recorded,
                    fmt::format("\"{}\" of {} is done, but not recorded in the audit log: {}", change.action,
                                in_quotes(change.subject), error.message()),
                    error.hint());
    }
}

void audit_done(const Context& context, const Site& site, const std::string& action, const std::string& subject,
                const std::string& detail) {
    audit_done(context, site, {.action = action, .subject = subject, .detail = detail});
}

}  // namespace umsadm::app
