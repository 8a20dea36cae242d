#include "umsadm/registry/site.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/registry/login_record.hpp"
#include "lib/registry/record_file.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_lock_file = ".lock";
// Making an empty site takes milliseconds: whoever holds its lock longer is stuck.
constexpr std::chrono::seconds k_create_wait{10};
// Parents before what is in them.
constexpr std::array<std::string_view, 11> k_folders{"servers", "gateways",         "certificates",   "requests",
                                                     "ums-id",  "ums-id/previous",  "ums-id/seen",    "trash",
                                                     "journal", "journal/gateways", "journal/servers"};
// Written without the lock of the site: a draft in it may be of somebody who is writing just now.
constexpr std::string_view k_written_by_readers = "ums-id/seen";

Path settings_file(const Path& site) { return site / "site.json"; }

void make_parents(const Path& folder) {
    if (folder.empty() || is_there(folder)) return;
    make_parents(folder.parent_path());
    make_folder(folder);
}

// An init that was killed left nothing but our own folders and temporaries, and no site.json: it may go on.
void check_free(const Path& folder) {
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        const bool ours = name == k_lock_file || name.starts_with(".tmp-") ||
                          std::find(k_folders.begin(), k_folders.end(), name) != k_folders.end();
        if (name == "site.json") {
            throw Error(Code::failed, fmt::format("there is a site in {} already", in_quotes(folder.string())));
        }
        if (!ours) {
            throw Error(Code::failed, fmt::format("the folder {} is not empty", in_quotes(folder.string())),
                        "name a folder that is empty or does not exist with --site");
        }
    }
    if (error) throw system_error(fmt::format("cannot list {}", in_quotes(folder.string())), error.value());
}

[[noreturn]] void refuse_folder(const Path& folder, std::string_view why, std::string hint) {
    throw Error(Code::invalid_data, fmt::format("the site {} {}", in_quotes(folder.string()), why), std::move(hint));
}

Error no_site(const Path& folder) {
    return Error(Code::not_found, fmt::format("there is no site in {}", in_quotes(folder.string())),
                 "run \"umsadm init\" first, or name another site with --site");
}

void check_owner(const Path& folder, uid_t owner, std::string_view what) {
    const uid_t own = ::geteuid();
    if (owner == own) return;
    refuse_folder(folder, fmt::format("{} to user {}, not to user {} who runs this", what, owner, own),
                  "run umsadm as the owner of the site, or name another site with --site");
}

// Returns the status of the folder, symbolic links followed.
struct stat check_ours(const Path& folder) {
    struct stat status {};
    if (::lstat(folder.c_str(), &status) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) throw no_site(folder);
        throw system_error(fmt::format("cannot open the site {}", in_quotes(folder.string())), errno);
    }
    if (S_ISLNK(status.st_mode)) {
        // root may point anybody to a site; any other owner of the link could exchange the whole site.
        if (status.st_uid != 0) check_owner(folder, status.st_uid, "is a symbolic link that belongs");
        if (::stat(folder.c_str(), &status) != 0) throw no_site(folder);
    }
    if (!S_ISDIR(status.st_mode)) throw no_site(folder);
    check_owner(folder, status.st_uid, "belongs");
    return status;
}

// Keys lie in the folder: whoever else could write or look into it could replace or read them.
void check_ours_alone(const Path& folder) {
    const unsigned mode = check_ours(folder).st_mode & 07777U;
    if (mode != 0700) {
        refuse_folder(folder, fmt::format("must have mode 0700, it has {:04o}", mode),
                      fmt::format("run \"chmod 0700 {}\"", printable(shell_quoted(folder.string()))));
    }
}

Path journal_name(std::string_view name) { return std::string(name) + ".jsonl"; }

std::string text_of(const SiteSettings& settings) {
    nlohmann::ordered_json record = new_record();
    record["main_server"] = settings.main_server;
    record["defaults"] = nlohmann::ordered_json::object();
    write_login(record["defaults"], settings.defaults);
    return record_text(record);
}

void make_missing_folders(const Path& site) {
    for (const std::string_view name : k_folders) {
        if (!is_there(site / name)) make_folder(site / name);
    }
}

}  // namespace

Site Site::create(const Path& folder) {
    const Path absolute = std::filesystem::absolute(folder).lexically_normal();
    const Path path = absolute.has_filename() ? absolute : absolute.parent_path();
    make_parents(path);
    (void)check_ours(path);
    check_free(path);
    if (::chmod(path.c_str(), 0700) != 0)
        throw system_error(fmt::format("cannot set the mode of {}", in_quotes(path.string())), errno);
    const FileLock lock(path / k_lock_file, fmt::format("the site {}", in_quotes(path.string())),
                        Deadline::in(k_create_wait));
    check_free(path);  // again: another init may have been faster
    remove_leftovers(path);
    for (const std::string_view name : k_folders) make_folder(path / name);
    // Last: a folder with site.json is a whole site.
    write_file(settings_file(path), as_bytes(text_of({})), k_public, IfExists::refuse);
    return Site(path);
}

Site Site::open(const Path& folder) {
    const Path path = std::filesystem::absolute(folder).lexically_normal();
    Site site(path.has_filename() ? path : path.parent_path());
    check_ours_alone(site.path());
    if (!is_there(settings_file(site.path()))) throw no_site(site.path());
    (void)site.load_settings();
    return site;
}

Path Site::gateway_journal(std::string_view name) const { return m_path / "journal" / "gateways" / journal_name(name); }

Path Site::server_journal(std::string_view name) const { return m_path / "journal" / "servers" / journal_name(name); }

SiteSettings Site::load_settings() const {
    SiteSettings settings;
    read_record(settings_file(m_path), [&](RecordReader& reader) {
        settings.main_server = reader.text("main_server");
        RecordReader defaults = reader.object("defaults");
        settings.defaults = read_login(defaults);
        defaults.finish();
        check_login(settings.defaults, Code::invalid_data);
    });
    return settings;
}

void Site::save_settings(const SiteSettings& settings) const {
    if (!settings.main_server.empty()) check_record_name("server", settings.main_server);
    check_login(settings.defaults, Code::usage);
    write_file(settings_file(m_path), as_bytes(text_of(settings)), k_public, IfExists::replace);
}

FileLock Site::lock(const Deadline& deadline) const {
    FileLock lock(m_path / k_lock_file, fmt::format("the site {}", in_quotes(m_path.string())), deadline);
    make_missing_folders(m_path);
    remove_leftovers(m_path);
    for (const std::string_view name : k_folders) {
        if (name != k_written_by_readers) remove_leftovers(m_path / name);
    }
    return lock;
}

FileLock Site::lock_gateway(std::string_view name, const Deadline& deadline) const {
    check_record_name("gateway", name);
    // Between the journals, where no record can have this name: names do not start with a dot.
    return {m_path / "journal" / "gateways" / fmt::format(".{}.lock", name),
            fmt::format("the gateway {}", in_quotes(name)), deadline};
}

FileLock Site::lock_ums_id(const Deadline& deadline) const {
    return {m_path / "journal" / "servers" / ".lock", "the UMS ID of this site", deadline};
}

FileLock Site::lock_renewals(const Deadline& deadline) const {
    return {m_path / "journal" / ".renew.lock", "the renewals of this site", deadline};
}

void check_record_name(std::string_view what, std::string_view name) {
    const auto is_alnum = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    const auto is_allowed = [&](char c) { return is_alnum(c) || c == '.' || c == '_' || c == '-'; };
    const bool good = !name.empty() && name.size() <= 63 && is_alnum(name.front()) &&
                      std::all_of(name.begin(), name.end(), is_allowed);
    if (good) return;
    throw Error(
        Code::usage, fmt::format("{} is no name for a {}", in_quotes(name), what),
        "use up to 63 lower-case letters, digits, dots, underscores and hyphens, beginning with a letter or digit");
}

}  // namespace umsadm
