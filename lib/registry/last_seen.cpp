#include "umsadm/registry/last_seen.hpp"

#include <chrono>
#include <system_error>

#include <fmt/format.h>

#include "lib/registry/last_seen_file.hpp"
#include "lib/registry/record_file.hpp"
#include "lib/registry/record_writer.hpp"

namespace umsadm {
namespace {

Path folder_of(const Site& site) { return site.ums_id() / "seen"; }

Path file_of(const Site& site, std::string_view server) {
    check_record_name("server", server);
    return folder_of(site) / fmt::format("{}.json", server);
}

LastSeen read_last_seen(RecordReader& reader) {
    LastSeen seen;
    seen.time = reader.time("time");
    seen.running = reader.flag("running");
    seen.fingerprint = reader.optional_fingerprint("fingerprint_sha256");
    seen.certificate_pem = reader.text_or_empty("certificate_pem");
    seen.restart_pending = reader.flag("restart_pending");
    return seen;
}

std::string text_of(const LastSeen& seen) {
    nlohmann::ordered_json record = new_record();
    record["time"] = format_utc(seen.time);
    record["running"] = seen.running;
    write_if_any(record, "fingerprint_sha256", seen.fingerprint);
    write_if_any(record, "certificate_pem", seen.certificate_pem);
    record["restart_pending"] = seen.restart_pending;
    return record_text(record);
}

}  // namespace

std::optional<LastSeen> load_last_seen(const Site& site, std::string_view server) {
    const Path path = file_of(site, server);
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return std::nullopt;
    LastSeen seen;
    read_record(path, [&](RecordReader& reader) { seen = read_last_seen(reader); });
    return seen;
}

void save_last_seen(const Site& site, std::string_view server, const LastSeen& seen) {
    const Path path = file_of(site, server);
    std::error_code ignored;
    // A site of an older umsadm has no such folder until something in it is changed.
    if (!std::filesystem::exists(folder_of(site), ignored)) make_folder(folder_of(site));
    // Not the site's lock: looking must not wait for whoever changes something else. Without any, the drafts of others
    // could not be told from those of killed runs.
    const FileLock lock(folder_of(site) / ".lock", "what was last seen of the servers", Deadline::in(k_lock_wait));
    remove_leftovers(folder_of(site));
    write_file(path, as_bytes(text_of(seen)), k_public, IfExists::replace);
}

void forget_last_seen(const Site& site, std::string_view server) { remove_durably(file_of(site, server)); }

}  // namespace umsadm
