#include <filesystem>

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "umsadm/crypto/digest.hpp"

#include "server_box.hpp"
#include "unit/error_of.hpp"

using namespace umsadm;
using namespace umsadm::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_any_size = 1024 * 1024;

std::string backup_folder(const ServerBox& box) { return (box.state() / "backups" / "20261121T120000Z-run").string(); }

bool mentions(const Error& error, std::string_view words) {
    return (error.message() + error.hint()).find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("a UMS ID in a file is exchanged with owner and mode of the present one", "[deploy][ums-id]") {
    if (!has_sandbox_or_says_why()) return;
    ServerBox box("--store file");
    const Path file = box.server.ums_id_path;
    REQUIRE(::chown(file.c_str(), 12345, 23456) == 0);
    REQUIRE(::chmod(file.c_str(), 0640) == 0);
    const Path link = box.folder() / "link.p12";
    fs::create_symlink(file, link);
    const bool by_link = GENERATE(true, false);
    box.server.ums_id_path = by_link ? link.string() : file.string();
    REQUIRE(lock_server(*box.host, box.server));

    const Bytes before = read_file(file, k_any_size);
    CHECK(box.store()->look(std::nullopt).file == before);
    CHECK(box.store()->take().content == before);
    CHECK(box.store()->take().password.empty());
    box.store()->keep(backup_folder(box));
    box.store()->keep(backup_folder(box));
    CHECK(read_file(backup_folder(box) + "/backup", k_any_size) == before);
    CHECK(box.files_left() == std::vector<std::string>{"backups/20261121T120000Z-run/backup"});

    const Bytes after = random_bytes(70'000);
    const auto check_file = [&](const Bytes& content) {
        CHECK(read_file(file, k_any_size) == content);
        struct stat facts {};
        REQUIRE(::stat(file.c_str(), &facts) == 0);
        CHECK(facts.st_uid == 12345);
        CHECK(facts.st_gid == 23456);
        CHECK((facts.st_mode & 07777U) == 0640);
        CHECK(fs::is_symlink(link));
        CHECK(box.files_left() == std::vector<std::string>{"backups/20261121T120000Z-run/backup"});
    };
    box.store()->put({after, {}});
    check_file(after);
    box.store()->put_back(backup_folder(box));
    check_file(before);
    box.store()->remove();
    CHECK_FALSE(box.store()->look(std::nullopt).present);
    box.store()->put_back(backup_folder(box));
    check_file(before);
}

TEST_CASE("the first UMS ID in a file belongs to the owner of the folder", "[deploy][ums-id]") {
    if (!has_sandbox_or_says_why()) return;
    ServerBox box("--store file --no-ums-id");
    const Path data = box.folder() / "data";
    REQUIRE(::chown(data.c_str(), 12345, 23456) == 0);
    CHECK_FALSE(box.store()->look(std::nullopt).present);
    CHECK(error_of([&] { box.store()->take(); }).code() == Code::not_found);
    CHECK(error_of([&] { box.store()->keep(backup_folder(box)); }).code() == Code::not_found);
    box.store()->put({random_bytes(100), {}});
    struct stat facts {};
    REQUIRE(::stat(box.server.ums_id_path.c_str(), &facts) == 0);
    CHECK(facts.st_uid == 12345);
    CHECK(facts.st_gid == 23456);
    CHECK((facts.st_mode & 07777U) == 0600);
    CHECK(box.store()->look(std::nullopt).present);
    box.store()->remove();
    box.store()->remove();
    CHECK_FALSE(box.store()->look(std::nullopt).present);
    CHECK(error_of([&] { box.store()->create(); }).code() == Code::failed);
}

TEST_CASE("a wrong path of a UMS ID file is an error, not a missing UMS ID", "[deploy][ums-id]") {
    if (!has_sandbox_or_says_why()) return;
    ServerBox box("--store file");
    box.server.ums_id_path = (box.folder() / "nowhere" / "ums-id.p12").string();
    CHECK(error_of([&] { box.store()->look(std::nullopt); }).code() == Code::not_found);
    CHECK(error_of([&] { box.store()->put({random_bytes(10), {}}); }).code() == Code::not_found);
    box.server.ums_id_path = (box.folder() / "data").string();
    CHECK(error_of([&] { box.store()->look(std::nullopt); }).code() == Code::invalid_data);
    CHECK(error_of([&] { box.store()->put({random_bytes(10), {}}); }).code() == Code::invalid_data);
    box.server.restart_command.clear();
    CHECK(mentions(error_of([&] { box.store()->restart(std::chrono::seconds(1)); }), "--restart-command"));
}

TEST_CASE("a damaged backup of a file is not put back", "[deploy][ums-id]") {
    if (!has_sandbox_or_says_why()) return;
    ServerBox box("--store file");
    const auto before = box.ums_id();
    REQUIRE(lock_server(*box.host, box.server));
    CHECK(mentions(error_of([&] { box.store()->put_back(backup_folder(box)); }), "is gone"));
    CHECK(box.ums_id() == before);
    CHECK(box.files_left().empty());
}
