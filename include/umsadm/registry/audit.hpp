#pragma once

#include <cstddef>
#include <functional>
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
    std::string result;       // "done", or an outcome
    std::string reason;       // of --force; may be empty
    std::string ticket = {};  // the change request that this belongs to; may be empty

    bool operator==(const AuditEntry&) const = default;
};

// Appends under a lock of its own. Each line holds the SHA-256 of the line before it ("previous"), the first one 64
// zeros.
void append_audit(const Site& site, const AuditEntry& entry);
// Several, with one wait for the disk. A crash may leave the first ones.
void append_audit(const Site& site, const std::vector<AuditEntry>& entries);

struct AuditLine {
    std::size_t number = 0;           // from 1
    std::optional<AuditEntry> entry;  // nothing: it cannot be read
    std::string problem;              // why
};

// Hands over every whole line, oldest first. One that cannot be read hides no other. Returns whether a last line
// without its newline was passed over: a crash cut it off, or it is being written. Needs no lock. Throws Code::failed
// when the file cannot be read.
bool read_audit(const Site& site, const std::function<void(const AuditLine&)>& take);

}  // namespace umsadm
