#include "auditing.hpp"

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/registry/audit.hpp"

namespace umsadm::app {

void audit_done(const Context& context, const Site& site, const AuditedChange& change) {
    audit_done(context, site, std::vector{change});
}

void audit_done(const Context& context, const Site& site, const std::vector<AuditedChange>& changes) {
    if (changes.empty()) return;
    std::vector<AuditEntry> entries;
    for (const AuditedChange& change : changes) {
        entries.push_back({.time = context.now(),
                           .user = context.user,
                           .action = change.action,
                           .subject = change.subject,
                           .old_fingerprint = change.old_fingerprint,
                           .new_fingerprint = change.new_fingerprint,
                           .result = "done",
                           .reason = change.detail,
                           .ticket = context.ticket});
    }
    try {
        append_audit(site, entries);
    } catch (const Error& error) {
        throw Error(Code::not_recorded,
                    fmt::format("\"{}\" of {} is done, but not recorded in the audit log: {}", changes.front().action,
                                in_quotes(changes.front().subject), error.message()),
                    error.hint());
    }
}

void audit_done(const Context& context, const Site& site, const std::string& action, const std::string& subject,
                const std::string& detail) {
    audit_done(context, site, {.action = action, .subject = subject, .detail = detail});
}

}  // namespace umsadm::app
