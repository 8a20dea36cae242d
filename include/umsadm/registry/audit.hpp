#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/fingerprint.hpp"
#include "umsadm/base/time.hpp"
#include "umsadm/registry/site.hpp"

namespace umsadm {

// One line of audit.jsonl: who did what to which thing. Never a secret.
struct AuditEntry {
    UtcTime time;
    std::string user;     // login name and machine
    std::string action;   // the command: "cert create-root", "keystore update"
    std::string subject;  // the gateway or certificate
    std::optional<Fingerprint> old_fingerprint;
    std::optional<Fingerprint> new_fingerprint;
    std::string result;  // "done", or an outcome
    std::string reason;  // of --force; may be empty
};

// Appends under a lock of its own. Each line holds the SHA-256 of the line before it ("previous"), the first one 64
// zeros.
void append_audit(const Site& site, const AuditEntry& entry);
// Several, with one wait for the disk. A crash may leave the first ones.
void append_audit(const Site& site, const std::vector<AuditEntry>& entries);

}  // namespace umsadm
