#include "umsadm/registry/audit.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"

#include "lib/registry/audit_lines.hpp"
#include "lib/registry/record_file.hpp"

namespace umsadm {
namespace {

// The last line that ends in a newline, with it; empty when there is none. Reads backwards from the end, because the
// log grows for years and only its end matters here.
std::string last_line(const Path& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    std::error_code ignored;
    if (!file && !std::filesystem::exists(path, ignored)) return {};
    const auto size = static_cast<std::size_t>(std::max<std::streamoff>(0, file.tellg()));
    std::string tail;
    for (std::size_t wanted = std::min<std::size_t>(size, 4096); file; wanted = std::min(size, wanted * 4)) {
        tail.resize(wanted);
        file.seekg(static_cast<std::streamoff>(size - wanted));
        file.read(tail.data(), static_cast<std::streamsize>(wanted));
        const auto end = tail.rfind('\n');
        const auto before = end == std::string::npos || end == 0 ? std::string::npos : tail.rfind('\n', end - 1);
        if (before != std::string::npos) return tail.substr(before + 1, end - before);
        if (wanted == size && file) return end == std::string::npos ? std::string() : tail.substr(0, end + 1);
    }
    throw Error(Code::failed, fmt::format("cannot read {}", in_quotes(path.string())));
}

std::string text_of(const AuditEntry& entry, const std::string& previous) {
    nlohmann::ordered_json line{{"time", format_utc(entry.time)}, {"user", entry.user}, {"action", entry.action}};
    if (!entry.subject.empty()) line["subject"] = entry.subject;
    if (entry.old_fingerprint) line["old_fingerprint_sha256"] = entry.old_fingerprint->to_string();
    if (entry.new_fingerprint) line["new_fingerprint_sha256"] = entry.new_fingerprint->to_string();
    line["result"] = entry.result;
    if (!entry.reason.empty()) line["reason"] = entry.reason;
    if (!entry.ticket.empty()) line["ticket"] = entry.ticket;
    line["previous"] = previous;
    return line_text(line);
}

AuditEntry parse_entry(const std::string& line) {
    const nlohmann::json json = parse_json(line);
    RecordReader reader(json);
    AuditEntry entry;
    entry.time = reader.time("time");
    entry.user = reader.text("user");
    entry.action = reader.text("action");
    entry.subject = reader.text_or_empty("subject");
    entry.old_fingerprint = reader.optional_fingerprint("old_fingerprint_sha256");
    entry.new_fingerprint = reader.optional_fingerprint("new_fingerprint_sha256");
    entry.result = reader.text("result");
    entry.reason = reader.text_or_empty("reason");
    entry.ticket = reader.text_or_empty("ticket");
    (void)reader.text("previous");
    reader.finish();
    return entry;
}

AuditLine parse_line(std::size_t number, const std::string& line) {
    try {
        return {number, parse_entry(line), {}};
    } catch (const Error& error) {
        return {number, std::nullopt, error.message()};
    }
}

}  // namespace

void append_audit(const Site& site, const AuditEntry& entry) { append_audit(site, std::vector{entry}); }

void append_audit(const Site& site, const std::vector<AuditEntry>& entries) {
    const FileLock lock(site.path() / ".audit.lock", "the audit log", Deadline::in(k_lock_wait));
    std::string last = last_line(site.audit_log());
    std::string lines;
    for (const AuditEntry& entry : entries) {
        last = text_of(entry, last.empty() ? std::string(k_audit_begin) : sha256_hex(as_bytes(last)));
        last += '\n';
        lines += last;
    }
    if (lines.empty()) return;
    lines.pop_back();  // append_line() ends the last one
    append_line(site.audit_log(), lines);
}

bool read_audit(const Site& site, const std::function<void(const AuditLine&)>& take) {
    return read_audit_lines(site.audit_log(),
                            [&](std::size_t number, const std::string& line) { take(parse_line(number, line)); });
}

}  // namespace umsadm
