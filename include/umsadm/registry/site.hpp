#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/file.hpp"
#include "umsadm/base/file_lock.hpp"
#include "umsadm/registry/login.hpp"

namespace umsadm {

// The content of site.json.
struct SiteSettings {
    std::string main_server;  // empty: none yet
    LoginOptions defaults;    // count last: command line, then record, then these
};

// One UMS installation as umsadm knows it: a folder of plain files. docs/site.md describes every file.
class Site {
public:
    // Makes an empty site (folder mode 0700, missing parents too). Throws Code::failed when one is there already or the
    // folder is not empty.
    static Site create(const Path& folder);
    // Throws Code::not_found when there is no site (hint: umsadm init), Code::invalid_data when the folder is not ours
    // alone (owner, mode) or its schema is newer than this program.
    static Site open(const Path& folder);

    const Path& path() const noexcept { return m_path; }
    Path servers() const { return m_path / "servers"; }
    Path gateways() const { return m_path / "gateways"; }
    Path certificates() const { return m_path / "certificates"; }
    Path requests() const { return m_path / "requests"; }
    Path ums_id() const { return m_path / "ums-id"; }
    Path gateway_journal(std::string_view name) const;
    Path server_journal(std::string_view name) const;
    Path rollouts() const { return m_path / "journal" / "rollouts.jsonl"; }
    Path audit_log() const { return m_path / "audit.jsonl"; }
    Path trash() const { return m_path / "trash"; }

    SiteSettings load_settings() const;
    void save_settings(const SiteSettings& settings) const;

    // Whoever changes a record or a certificate holds this; readers hold nothing (every file changes at once).
    // Removes what killed runs left behind. Throws Code::busy at the deadline.
    FileLock lock(const Deadline& deadline) const;
    // Whoever changes a gateway holds this for the whole job.
    FileLock lock_gateway(std::string_view name, const Deadline& deadline) const;
    // Whoever changes the Main UMS ID, or the UMS ID of any server, holds this for the whole job.
    FileLock lock_ums_id(const Deadline& deadline) const;
    // "renew" holds this from its decision to its end: two of them would make the same certificate twice.
    FileLock lock_renewals(const Deadline& deadline) const;

private:
    explicit Site(Path path) : m_path(std::move(path)) {}

    Path m_path;
};

// Names of servers and gateways: [a-z0-9][a-z0-9._-]{0,62}. Throws Code::usage.
void check_record_name(std::string_view what, std::string_view name);

}  // namespace umsadm
