#include <atomic>
#include <fstream>
#include <functional>
#include <thread>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/file.hpp"
#include "umsadm/base/file_lock.hpp"
#include "umsadm/base/text.hpp"

#include "unit/error_of.hpp"
#include "unit/mode_of.hpp"
#include "unit/temp_folder.hpp"

using namespace umsadm;
using umsadm::test::error_of;
using umsadm::test::mode_of;
using umsadm::test::TempFolder;

namespace {

std::size_t entries_in(const Path& folder) {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()));
}

void write(const Path& path, std::string_view text, IfExists if_exists = IfExists::replace) {
    write_file(path, as_bytes(text), k_owner_only, if_exists);
}

std::string read(const Path& path) { return read_text_file(path, 1U << 20U); }

// Runs `function` in a child as the user nobody; returns what it returned. 99: an exception that is no Error.
int as_nobody(const std::function<int()>& function) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        int result = 98;
        if (::setgid(65534) == 0 && ::setuid(65534) == 0) {
            try {
                result = function();
            } catch (...) {
                result = 99;
            }
        }
        ::_exit(result);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

// A file system of its own with this little room; skips the test where that is not possible.
class SmallFileSystem {
public:
    SmallFileSystem(Path folder, const char* options) : m_folder(std::move(folder)) {
        std::filesystem::create_directory(m_folder);
        m_mounted = ::geteuid() == 0 && ::mount("umsadm-test", m_folder.c_str(), "tmpfs", 0, options) == 0;
        if (!m_mounted) WARN("skipped: a tmpfs cannot be mounted here (that needs root)");
    }
    ~SmallFileSystem() {
        if (m_mounted) ::umount2(m_folder.c_str(), MNT_DETACH);
    }
    SmallFileSystem(const SmallFileSystem&) = delete;
    SmallFileSystem& operator=(const SmallFileSystem&) = delete;
    explicit operator bool() const noexcept { return m_mounted; }
    void make_read_only() const {
        REQUIRE(::mount(nullptr, m_folder.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0);
    }

private:
    Path m_folder;
    bool m_mounted;
};

}  // namespace

TEST_CASE("is_there looks behind links, and says so when it cannot tell", "[base][file]") {
    const TempFolder temp;
    write(temp / "file", "x");
    std::filesystem::create_symlink("file", temp / "link");
    std::filesystem::create_symlink("nothing", temp / "dangling");
    std::filesystem::create_symlink("circle", temp / "circle");
    CHECK(is_there(temp / "link"));
    CHECK_FALSE(is_there(temp / "dangling"));
    CHECK_FALSE(is_there(temp / "file" / "in it"));
    const Error error = error_of([&] { is_there(temp / "circle"); });
    CHECK(error.code() == Code::failed);
    CHECK_THAT(error.message(), Catch::Contains("cannot look at"));
}

TEST_CASE("a file is read whole, up to a limit", "[base][file]") {
    const TempFolder temp;
    const std::string content = std::string("a\0b\n", 4) + std::string(100'000, 'x');
    std::ofstream(temp / "file") << content;
    CHECK(read(temp / "file") == content);
    CHECK(read_file(temp / "file", content.size()).size() == content.size());
    CHECK(error_of([&] { (void)read_file(temp / "file", content.size() - 1); }).code() == Code::invalid_data);
    std::ofstream(temp / "empty").flush();
    CHECK(read_file(temp / "empty", 0).empty());
}

TEST_CASE("a file that tells no size is read whole, and one that never ends is refused", "[base][file]") {
    CHECK(read_text_file("/proc/self/status", 1U << 20U).find("Name:") == 0);
    CHECK(error_of([] { (void)read_file("/proc/self/status", 10); }).code() == Code::invalid_data);
    CHECK(error_of([] { (void)read_file("/dev/zero", 10); }).code() == Code::invalid_data);
}

TEST_CASE("what is missing is not found, and what is no file is refused without waiting for it", "[base][file]") {
    const TempFolder temp;
    const Error missing = error_of([&] { (void)read_file(temp / "no\nfile", 10); });
    CHECK(missing.code() == Code::not_found);
    CHECK(missing.message() ==
          "cannot read " + in_quotes((temp / "no\nfile").string()) + ": No such file or directory");
    REQUIRE(::mkfifo((temp / "fifo").c_str(), 0600) == 0);
    CHECK(error_of([&] { (void)read_file(temp / "fifo", 10); }).code() == Code::invalid_data);
    CHECK(error_of([&] { (void)read_file(temp.path(), 10); }).code() == Code::invalid_data);
}

TEST_CASE("write_file replaces content and sets the mode whatever the umask", "[base][file]") {
    const TempFolder temp;
    const mode_t before = ::umask(0777);
    write_file(temp / "file", as_bytes("one"), k_public, IfExists::refuse);
    ::umask(0);
    write_file(temp / "secret", as_bytes("two"), k_owner_only, IfExists::refuse);
    ::umask(before);
    CHECK(mode_of(temp / "file") == 0644);
    CHECK(mode_of(temp / "secret") == 0600);
    write_file(temp / "file", as_bytes("three"), k_owner_only, IfExists::replace);
    CHECK(read(temp / "file") == "three");
    CHECK(mode_of(temp / "file") == 0600);
    CHECK(entries_in(temp.path()) == 2);
}

TEST_CASE("write_file does not overwrite where that was not wanted", "[base][file]") {
    const TempFolder temp;
    write(temp / "file", "one", IfExists::refuse);
    const Error error = error_of([&] { write(temp / "file", "two", IfExists::refuse); });
    CHECK(error.code() == Code::failed);
    CHECK(error.message().find("File exists") != std::string::npos);
    CHECK(read(temp / "file") == "one");
    CHECK(entries_in(temp.path()) == 1);
}

TEST_CASE("write_file replaces a symbolic link, not what it points to", "[base][file]") {
    const TempFolder temp;
    write(temp / "target", "target");
    REQUIRE(::symlink((temp / "target").c_str(), (temp / "link").c_str()) == 0);
    write(temp / "link", "new");
    CHECK(read(temp / "target") == "target");
    CHECK(std::filesystem::is_regular_file(std::filesystem::symlink_status(temp / "link")));
}

TEST_CASE("a write that could not be done is a failure, also when the folder is missing", "[base][file]") {
    const TempFolder temp;
    CHECK(error_of([&] { write(temp / "no/file", "x"); }).code() == Code::failed);
    CHECK(error_of([&] { append_line(temp / "no/file", "x"); }).code() == Code::failed);
    CHECK(error_of([&] { publish_folder(temp / "no/folder", {}); }).code() == Code::failed);
    CHECK(error_of([&] { make_folder(temp / "no/folder"); }).code() == Code::failed);
    std::filesystem::create_directory(temp / "folder");
    CHECK(error_of([&] { write(temp / "folder", "x"); }).code() == Code::failed);
    CHECK(entries_in(temp.path()) == 1);
}

TEST_CASE("readers see the old or the new content while a file is replaced", "[base][file]") {
    const TempFolder temp;
    const std::string one(50'000, '1');
    const std::string two(70'000, '2');
    write(temp / "file", one);
    std::atomic<bool> stop{false};
    std::atomic<int> torn{0};
    std::thread reader([&] {
        while (!stop) {
            const std::string seen = read(temp / "file");
            if (seen != one && seen != two) ++torn;
        }
    });
    for (int i = 0; i < 50; ++i) write(temp / "file", i % 2 == 0 ? two : one);
    stop = true;
    reader.join();
    CHECK(torn == 0);
}

TEST_CASE("append_line adds lines and cuts off what a crash left", "[base][file]") {
    const TempFolder temp;
    append_line(temp / "log", "one");
    append_line(temp / "log", "");
    CHECK(read(temp / "log") == "one\n\n");
    CHECK(mode_of(temp / "log") == 0600);
    std::ofstream(temp / "log", std::ios::app) << "torn";
    append_line(temp / "log", "two");
    CHECK(read(temp / "log") == "one\n\ntwo\n");
    std::ofstream(temp / "log", std::ios::trunc) << std::string(5000, 't');
    append_line(temp / "log", "three");
    CHECK(read(temp / "log") == "three\n");
    REQUIRE(::symlink((temp / "log").c_str(), (temp / "link").c_str()) == 0);
    CHECK_THROWS_AS(append_line(temp / "link", "x"), Error);
}

TEST_CASE("eight writers under a lock lose no line, and readers see whole lines", "[base][file]") {
    const TempFolder temp;
    constexpr int writers = 8;
    constexpr int lines = 25;
    std::vector<pid_t> children;
    for (int writer = 0; writer < writers; ++writer) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            int result = 0;
            try {
                for (int i = 0; i < lines; ++i) {
                    const FileLock lock(temp / "lock", "the log", Deadline::in(std::chrono::seconds(60)));
                    append_line(temp / "log", std::string(3000, static_cast<char>('a' + writer)));
                }
            } catch (...) {
                result = 1;
            }
            ::_exit(result);
        }
        children.push_back(child);
    }
    int torn = 0;
    std::size_t finished = 0;
    while (finished < children.size()) {
        if (std::filesystem::exists(temp / "log")) {
            const std::string seen = read(temp / "log");
            for (const std::string& line : split(seen.substr(0, seen.rfind('\n') + 1), '\n')) {
                if (!line.empty() && (line.size() != 3000 || line.find_first_not_of(line[0]) != std::string::npos))
                    ++torn;
            }
        }
        int status = 0;
        while (::waitpid(-1, &status, WNOHANG) > 0) {
            ++finished;
            CHECK(status == 0);
        }
    }
    CHECK(torn == 0);
    const std::string all = read(temp / "log");
    CHECK(all.size() == static_cast<std::size_t>(writers * lines * 3001));
    CHECK(std::count(all.begin(), all.end(), 'h') == lines * 3000);
}

TEST_CASE("a folder appears with all its files, or not at all", "[base][file]") {
    const TempFolder temp;
    const mode_t before = ::umask(0077);
    publish_folder(temp / "folder",
                   {{"key.pem", as_bytes("key"), k_owner_only}, {"certificate.pem", as_bytes("cert"), k_public}});
    ::umask(before);
    CHECK(read(temp / "folder/key.pem") == "key");
    CHECK(mode_of(temp / "folder") == 0700);
    CHECK(mode_of(temp / "folder/key.pem") == 0600);
    CHECK(mode_of(temp / "folder/certificate.pem") == 0644);
    CHECK(error_of([&] { publish_folder(temp / "folder", {}); }).code() == Code::failed);
    CHECK(error_of([&] {
              publish_folder(temp / "bad", {{"a", as_bytes("a")}, {"no/b", as_bytes("b")}});
          }).code() == Code::failed);
    CHECK(entries_in(temp.path()) == 1);
    CHECK(entries_in(temp / "folder") == 2);
}

TEST_CASE("many folders appear together, and none when one of them cannot be written", "[base][file]") {
    const TempFolder temp;
    const auto folder = [&](const std::string& name, const std::string& file) {
        return NewFolder{temp / name, {{file, as_bytes("content"), k_public}}};
    };
    publish_folders({});
    publish_folders({folder("a", "1"), folder("b", "2"), folder("c", "3")});
    CHECK(read(temp / "b/2") == "content");
    CHECK(mode_of(temp / "c") == 0700);
    CHECK(mode_of(temp / "c/3") == k_public);
    CHECK(error_of([&] { publish_folders({folder("d", "1"), folder("e", "no/2")}); }).code() == Code::failed);
    CHECK(error_of([&] { publish_folders({folder("d", "1"), folder("b", "2")}); }).code() == Code::failed);
    CHECK(error_of([&] { publish_folders({folder("d", "1"), folder("a/e", "2")}); }).code() == Code::failed);
    CHECK(entries_in(temp.path()) == 3);
}

TEST_CASE("move_durably never overwrites", "[base][file]") {
    const TempFolder temp;
    write(temp / "a", "a");
    write(temp / "b", "b");
    CHECK(error_of([&] { move_durably(temp / "a", temp / "b"); }).code() == Code::failed);
    CHECK(read(temp / "b") == "b");
    CHECK(error_of([&] { move_durably(temp / "none", temp / "c"); }).code() == Code::not_found);
    move_durably(temp / "a", temp / "c");
    CHECK(read(temp / "c") == "a");
    CHECK_FALSE(std::filesystem::exists(temp / "a"));
}

TEST_CASE("make_folder makes a folder for its owner, and takes one that is there as it is", "[base][file]") {
    const TempFolder temp;
    const mode_t before = ::umask(0777);
    make_folder(temp / "folder");
    ::umask(before);
    CHECK(mode_of(temp / "folder") == 0700);
    ::chmod((temp / "folder").c_str(), 0755);
    CHECK_NOTHROW(make_folder(temp / "folder"));
    CHECK(mode_of(temp / "folder") == 0755);
}

TEST_CASE("make_folder does not take a file for a folder", "[base][file]") {
    const TempFolder temp;
    write(temp / "file", "x");
    CHECK(error_of([&] { make_folder(temp / "file"); }).code() == Code::failed);
}

TEST_CASE("remove_leftovers removes drafts, files and folders, and nothing else", "[base][file]") {
    const TempFolder temp;
    write(temp / "record", "x");
    write(temp / ".lock", "");
    write(temp / ".tmp-record-00", "x");
    std::filesystem::create_directory(temp / ".tmp-folder-00");
    write(temp / ".tmp-folder-00/key.pem", "x");
    remove_leftovers(temp.path());
    CHECK(entries_in(temp.path()) == 2);
    CHECK_NOTHROW(remove_leftovers(temp / "missing"));
}

TEST_CASE("on a full disk the old content stays and nothing is left over", "[base][file][disk]") {
    const TempFolder temp;
    const SmallFileSystem disk(temp / "disk", "size=64k");
    if (!disk) return;
    write(temp / "disk/file", "old");
    append_line(temp / "disk/log", "old");
    for (const std::size_t size : {200'000U, 70'000U, 66'000U}) {
        const Error error = error_of([&] { write(temp / "disk/file", std::string(size, 'x')); });
        CHECK(error.code() == Code::failed);
        CHECK(error.message().find("No space left on device") != std::string::npos);
        CHECK_THROWS_AS(append_line(temp / "disk/log", std::string(size, 'x')), Error);
        CHECK_THROWS_AS(publish_folder(temp / "disk/folder", {{"a", as_bytes("a")}, {"b", Bytes(size)}}), Error);
    }
    CHECK(read(temp / "disk/file") == "old");
    CHECK(read(temp / "disk/log") == "old\n");
    CHECK(entries_in(temp / "disk") == 2);
}

TEST_CASE("without a free inode the old content stays", "[base][file][disk]") {
    const TempFolder temp;
    const SmallFileSystem disk(temp / "disk", "nr_inodes=3");
    if (!disk) return;
    write(temp / "disk/file", "old");
    write(temp / "disk/other", "other");
    CHECK(error_of([&] { write(temp / "disk/file", "new"); }).code() == Code::failed);
    CHECK(error_of([&] { publish_folder(temp / "disk/folder", {}); }).code() == Code::failed);
    CHECK(read(temp / "disk/file") == "old");
}

TEST_CASE("on a read-only disk nothing is written and all can be read", "[base][file][disk]") {
    const TempFolder temp;
    const SmallFileSystem disk(temp / "disk", "size=64k");
    if (!disk) return;
    write(temp / "disk/file", "old");
    disk.make_read_only();
    const Error error = error_of([&] { write(temp / "disk/file", "new"); });
    CHECK(error.code() == Code::failed);
    CHECK(error.message().find("Read-only file system") != std::string::npos);
    CHECK_THROWS_AS(append_line(temp / "disk/file", "new"), Error);
    CHECK_THROWS_AS(make_folder(temp / "disk/folder"), Error);
    CHECK(read(temp / "disk/file") == "old");
}

TEST_CASE("a user without permission changes nothing and gets the reason", "[base][file]") {
    if (::geteuid() != 0) {
        WARN("skipped: only root can become nobody");
        return;
    }
    const TempFolder temp;
    REQUIRE(::chmod(temp.path().c_str(), 0755) == 0);
    write(temp / "file", "old");
    const auto code_of = [](const std::function<void()>& function) {
        try {
            function();
        } catch (const Error& error) {
            return error.message().find("Permission denied") == std::string::npos ? 97 : static_cast<int>(error.code());
        }
        return 96;
    };
    const int failed = static_cast<int>(Code::failed);
    CHECK(as_nobody([&] { return code_of([&] { (void)read_file(temp / "file", 10); }); }) == failed);
    CHECK(as_nobody([&] { return code_of([&] { write(temp / "file", "new"); }); }) == failed);
    CHECK(as_nobody([&] { return code_of([&] { append_line(temp / "file", "new"); }); }) == failed);
    CHECK(as_nobody([&] { return code_of([&] { publish_folder(temp / "folder", {}); }); }) == failed);
    CHECK(as_nobody([&] { return code_of([&] { make_folder(temp / "folder"); }); }) == failed);
    CHECK(as_nobody([&] { return code_of([&] { move_durably(temp / "file", temp / "other"); }); }) == failed);
    CHECK(as_nobody([&] { return code_of([&] { FileLock(temp / "lock", "x", Deadline::in({})); }); }) == failed);
    CHECK(read(temp / "file") == "old");
    CHECK(entries_in(temp.path()) == 1);
}
