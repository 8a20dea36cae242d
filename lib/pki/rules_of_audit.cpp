#include <array>

#include "lib/pki/rule_book_parts.hpp"

namespace umsadm {

std::span<const Rule> rules_of_audit() noexcept {
    static constexpr std::array<Rule, 7> k_rules{{
        {"audit-changed", Severity::error, "Each line of the audit log holds the SHA-256 of the line before it.",
         "The line before was changed, or lines between the two were removed: the chain shows the place, not which of "
         "both.",
         "None for devices: the log no longer proves who did what there.",
         "Compare audit.jsonl with a backup of the site, and with the journals, which tell of the gateways and "
         "servers.",
         "Rule of umsadm; docs/site.md, the audit log"},
        {"audit-inserted", Severity::error, "Every line of the audit log is followed by the one that was written next.",
         "Lines were put in between, by hand or by joining two copies of the log.",
         "None for devices: what these lines tell was not recorded by umsadm at that time.",
         "Compare audit.jsonl with a backup of the site.", "Rule of umsadm; docs/site.md, the audit log"},
        {"audit-reordered", Severity::error,
         "The lines of the audit log stand in the order in which they were written.",
         "Lines were moved, or the file was sorted.", "None for devices: the log tells another order of events.",
         "Compare audit.jsonl with a backup of the site.", "Rule of umsadm; docs/site.md, the audit log"},
        {"audit-unreadable", Severity::error,
         "Each line of the audit log is a JSON object with the digest of the line before.",
         "The line was written by something else, or the file is damaged.",
         "None for devices: nobody knows what this line told.",
         "Compare audit.jsonl with a backup of the site, and look after the disk.",
         "Rule of umsadm; docs/site.md, the audit log"},
        {"audit-end-missing", Severity::error,
         "A digest that was noted outside of the site belongs to a line of the audit log.",
         "The end of the log was changed or cut off after the digest was noted, all of it was written anew, or the "
         "digest is of "
         "another site.",
         "None for devices: what was done since, or all, is no longer recorded.",
         "Compare audit.jsonl with a backup of the site; was an older backup put back, this is what it looks like.",
         "Rule of umsadm; docs/security.md"},
        {"audit-empty", Severity::error, "The audit log begins with the line of \"umsadm init\".",
         "The file was removed or emptied.", "None for devices: nobody knows what was done here.",
         "Put audit.jsonl back from a backup of the site.", "Rule of umsadm; docs/site.md, the audit log"},
        {"audit-torn-line", Severity::warning, "The last line of the audit log ends with a line break.",
         "A crash or a full disk cut it off, or another run is writing it just now. It was never reported as recorded.",
         "None for devices.", "Nothing: the next command that changes something takes it away.",
         "Rule of umsadm; docs/site.md, after a crash"},
    }};
    return k_rules;
}

}  // namespace umsadm
