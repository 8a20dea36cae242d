#include "umsadm/base/file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <list>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/base/unique_fd.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_temporary_prefix = ".tmp-";

Error file_error(std::string_view doing, const Path& path, int error_number, Code code = Code::failed) {
    return Error(code, fmt::format("cannot {} {}: {}", doing, in_quotes(path.string()),
                                   std::generic_category().message(error_number)));
}

// For what must be there already: a missing one is an answer of its own.
Error source_error(std::string_view doing, const Path& path, int error_number) {
    return file_error(doing, path, error_number, error_number == ENOENT ? Code::not_found : Code::failed);
}

Path folder_of(const Path& path) {
    const Path folder = path.parent_path();
    return folder.empty() ? Path(".") : folder;
}

UniqueFd open_folder(const Path& folder) {
    UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) throw file_error("open folder", folder, errno);
    return fd;
}

std::string temporary_name(std::string_view name) {
    std::array<std::uint8_t, 8> nonce{};
    if (::getrandom(nonce.data(), nonce.size(), 0) != static_cast<ssize_t>(nonce.size())) {
        throw system_error("cannot get random bytes", errno);
    }
    return fmt::format("{}{}-{}", k_temporary_prefix, name, hex_encode(nonce));
}

// Removes the temporary unless it was published.
class Draft {
public:
    Draft(int folder, std::string name) : m_folder(folder), m_name(std::move(name)) {}
    ~Draft() {
        if (!m_name.empty()) ::unlinkat(m_folder, m_name.c_str(), 0);
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    const std::string& name() const noexcept { return m_name; }
    void published() noexcept { m_name.clear(); }

private:
    int m_folder;
    std::string m_name;
};

int write_all(int fd, ByteView content) noexcept {
    while (!content.empty()) {
        const ssize_t count = ::write(fd, content.data(), content.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno;
        content = content.subspan(static_cast<std::size_t>(count));
    }
    return 0;
}

// Creates `name` in `folder` with exactly this content and mode, durably when it is synced now. Returns 0 or an errno
// value.
int create_file(int folder, const std::string& name, ByteView content, mode_t mode, Sync sync = Sync::now) noexcept {
    UniqueFd fd(::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, k_owner_only));
    if (!fd) return errno;
    // The umask or a default ACL may have changed the mode that was asked for.
    if (::fchmod(fd.get(), mode) != 0) return errno;
    if (const int error_number = write_all(fd.get(), content); error_number != 0) return error_number;
    if (sync == Sync::now && ::fsync(fd.get()) != 0) return errno;
    // close() may be the first to report a full disk or quota on a network file system.
    return ::close(fd.release()) == 0 ? 0 : errno;
}

int rename_within(int folder, const std::string& from, const std::string& to, IfExists if_exists) noexcept {
    if (if_exists == IfExists::replace) return ::renameat(folder, from.c_str(), folder, to.c_str()) == 0 ? 0 : errno;
    if (::renameat2(folder, from.c_str(), folder, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
    return errno;
}

void sync_folder(int fd, const Path& path) {
    if (::fsync(fd) != 0) {
        throw Error(Code::not_recorded,
                    fmt::format("{} is stored, but it is unknown whether it would survive a power cut: {}",
                                in_quotes(path.string()), std::generic_category().message(errno)));
    }
}

// A folder that is filled under a temporary name, and removed with all that is in it unless it was published.
class DraftFolder {
public:
    DraftFolder(int parent, const Path& parent_path, const std::string& name)
        : m_parent(parent), m_parent_path(parent_path), m_name(temporary_name(name)) {}
    ~DraftFolder() {
        std::error_code ignored;
        if (m_made) std::filesystem::remove_all(m_parent_path / m_name, ignored);
    }
    DraftFolder(const DraftFolder&) = delete;
    DraftFolder& operator=(const DraftFolder&) = delete;

    // Makes it, durably but for its name when it is synced now. `path` is what messages call it.
    void fill(const Path& path, const std::vector<NewFile>& files, Sync sync = Sync::now) {
        const auto require = [&](bool ok) {
            if (!ok) throw file_error("create", path, errno);
        };
        require(::mkdirat(m_parent, m_name.c_str(), 0700) == 0);
        m_made = true;
        const UniqueFd inside(::openat(m_parent, m_name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        require(bool(inside));
        require(::fchmod(inside.get(), 0700) == 0);
        for (const NewFile& file : files) {
            if (const int error_number = create_file(inside.get(), file.name, file.content, file.mode, sync);
                error_number != 0) {
                throw file_error("create", path, error_number);
            }
        }
        if (sync == Sync::now) require(::fsync(inside.get()) == 0);
    }
    const std::string& name() const noexcept { return m_name; }
    void published() noexcept { m_made = false; }

private:
    int m_parent;
    Path m_parent_path;
    std::string m_name;
    bool m_made = false;
};

// Not every file system can exchange two names, and every other way has a moment in which neither folder is there.
Error exchange_error(const Path& path, int error_number) {
    if (error_number != EINVAL && error_number != ENOSYS) return source_error("replace", path, error_number);
    return Error(Code::failed,
                 fmt::format("the file system of {} cannot exchange two folders", in_quotes(path.string())),
                 "keep the site on a local file system, such as ext4, xfs or btrfs");
}

}  // namespace

bool is_there(const Path& path) {
    std::error_code error;
    const bool found = std::filesystem::exists(path, error);
    if (error) throw file_error("look at", path, error.value());
    return found;
}

Bytes read_file(const Path& path, std::size_t at_most) {
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd) throw source_error("read", path, errno);
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) throw file_error("read", path, errno);
    if (!S_ISREG(status.st_mode))
        throw Error(Code::invalid_data, fmt::format("{} is not a regular file", in_quotes(path.string())));
    const auto too_large = [&] {
        return Error(Code::invalid_data, fmt::format("{} is larger than {} bytes", in_quotes(path.string()), at_most));
    };
    if (static_cast<std::uint64_t>(status.st_size) > at_most) throw too_large();
    Bytes content(static_cast<std::size_t>(status.st_size) + 1);
    std::size_t size = 0;
    while (true) {
        const ssize_t count = ::read(fd.get(), content.data() + size, content.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw file_error("read", path, errno);
        size += static_cast<std::size_t>(count);
        if (count == 0) break;
        if (size > at_most) throw too_large();
        if (size == content.size()) content.resize(content.size() * 2);
    }
    content.resize(size);
    return content;
}

std::string read_text_file(const Path& path, std::size_t at_most) {
    return std::string(as_text(read_file(path, at_most)));
}

void write_file(const Path& path, ByteView content, mode_t mode, IfExists if_exists) {
    const UniqueFd folder = open_folder(folder_of(path));
    const std::string name = path.filename().string();
    Draft draft(folder.get(), temporary_name(name));
    if (const int error_number = create_file(folder.get(), draft.name(), content, mode); error_number != 0) {
        throw file_error("write", path, error_number);
    }
    if (const int error_number = rename_within(folder.get(), draft.name(), name, if_exists); error_number != 0) {
        throw file_error("write", path, error_number);
    }
    draft.published();
    sync_folder(folder.get(), path);
}

void append_line(const Path& path, std::string_view line, Sync sync) {
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, k_owner_only));
    if (!fd) throw file_error("write", path, errno);
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) throw file_error("write", path, errno);
    off_t end = status.st_size;
    while (end > 0) {
        char last = 0;
        if (::pread(fd.get(), &last, 1, end - 1) != 1) throw file_error("read", path, errno);
        if (last == '\n') break;
        --end;
    }
    if (end != status.st_size && ::ftruncate(fd.get(), end) != 0) throw file_error("write", path, errno);
    if (::lseek(fd.get(), end, SEEK_SET) < 0) throw file_error("write", path, errno);
    // Before the first line, not after it: a file that has a line is surely in its folder, whoever was killed when.
    if (end == 0 && ::fsync(open_folder(folder_of(path)).get()) != 0) throw file_error("write", path, errno);
    const std::string text = std::string(line) + '\n';
    int error_number = write_all(fd.get(), as_bytes(text));
    if (error_number == 0 && sync == Sync::now && ::fsync(fd.get()) != 0) error_number = errno;
    if (error_number != 0) {
        // A part of the line may be there (a full disk): take it back, so that what failed was not written.
        (void)!::ftruncate(fd.get(), end);
        throw file_error("write", path, error_number);
    }
}

void publish_folder(const Path& path, const std::vector<NewFile>& files) {
    const UniqueFd parent = open_folder(folder_of(path));
    const std::string name = path.filename().string();
    DraftFolder draft(parent.get(), folder_of(path), name);
    draft.fill(path, files);
    if (const int error_number = rename_within(parent.get(), draft.name(), name, IfExists::refuse); error_number != 0)
        throw file_error("create", path, error_number);
    draft.published();
    sync_folder(parent.get(), path);
}

void publish_folders(const std::vector<NewFolder>& folders) {
    if (folders.empty()) return;
    const Path parent_path = folder_of(folders.front().path);
    const UniqueFd parent = open_folder(parent_path);
    std::list<DraftFolder> drafts;
    for (const NewFolder& folder : folders) {
        if (folder_of(folder.path) != parent_path) throw file_error("create", folder.path, EXDEV);
        if (::faccessat(parent.get(), folder.path.filename().c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
            throw file_error("create", folder.path, EEXIST);
        }
        drafts.emplace_back(parent.get(), parent_path, folder.path.filename().string());
        drafts.back().fill(folder.path, folder.files, Sync::later);
    }
    // One wait for all that was written; no name before its content.
    if (::syncfs(parent.get()) != 0) throw file_error("write", parent_path, errno);
    auto draft = drafts.begin();
    for (const NewFolder& folder : folders) {
        const std::string name = folder.path.filename().string();
        if (const int error_number = rename_within(parent.get(), draft->name(), name, IfExists::refuse);
            error_number != 0) {
            throw file_error("create", folder.path, error_number);
        }
        (draft++)->published();
    }
    sync_folder(parent.get(), parent_path);
}

void replace_folder(const Path& path, const std::vector<NewFile>& files) {
    const UniqueFd parent = open_folder(folder_of(path));
    const std::string name = path.filename().string();
    DraftFolder draft(parent.get(), folder_of(path), name);
    draft.fill(path, files);
    if (::renameat2(parent.get(), draft.name().c_str(), parent.get(), name.c_str(), RENAME_EXCHANGE) != 0) {
        throw exchange_error(path, errno);
    }
    // What the draft's name stands for now is what was replaced. It stays until the new one is surely there.
    const Path replaced = folder_of(path) / draft.name();
    draft.published();
    sync_folder(parent.get(), path);
    std::error_code error;
    std::filesystem::remove_all(replaced, error);
    if (error || ::fsync(parent.get()) != 0) {
        throw Error(Code::not_recorded,
                    fmt::format("{} is stored, but it is unknown whether what it replaced is gone: see {}",
                                in_quotes(path.string()), in_quotes(replaced.string())));
    }
}

void move_durably(const Path& from, const Path& to) {
    // Opened before the rename: afterwards a failure could no longer mean that nothing was moved.
    const UniqueFd source = open_folder(folder_of(from));
    const UniqueFd target = open_folder(folder_of(to));
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0) {
        throw source_error("move", from, errno);
    }
    sync_folder(target.get(), to);
    sync_folder(source.get(), from);
}

void remove_durably(const Path& path) {
    const UniqueFd folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder && errno == ENOENT) return;
    if (!folder) throw file_error("remove", path, errno);
    if (::unlinkat(folder.get(), path.filename().c_str(), 0) != 0 && errno != ENOENT) {
        throw file_error("remove", path, errno);
    }
    // Also when it was not there: who removed it may have been killed before this.
    if (::fsync(folder.get()) != 0) {
        throw Error(Code::not_recorded,
                    fmt::format("{} is removed, but it is unknown whether it would be after a power cut: {}",
                                in_quotes(path.string()), std::generic_category().message(errno)));
    }
}

void make_folder(const Path& path) {
    if (::mkdir(path.c_str(), 0700) == 0) {
        if (::chmod(path.c_str(), 0700) != 0) throw file_error("create folder", path, errno);
    } else {
        const int error_number = errno;
        struct stat status {};
        const bool there = error_number == EEXIST && ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
        if (!there) throw file_error("create folder", path, error_number);
    }
    // Also when it was there: who made it may have been killed before this.
    sync_folder(open_folder(folder_of(path)).get(), path);
}

void remove_leftovers(const Path& folder) {
    // Best effort, and without exceptions that are no Error: what cannot be removed now is removed by a later run.
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        if (!entry->path().filename().string().starts_with(k_temporary_prefix)) continue;
        std::error_code ignored;
        std::filesystem::remove_all(entry->path(), ignored);
    }
}

}  // namespace umsadm
