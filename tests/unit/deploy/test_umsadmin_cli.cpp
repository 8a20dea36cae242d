#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"

#include "server_box.hpp"
#include "unit/error_of.hpp"
#include "unit/mode_of.hpp"

using namespace umsadm;
using namespace umsadm::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_any_size = 1024 * 1024;

std::string backup_folder(const ServerBox& box) { return (box.state() / "backups" / "20261121T120000Z-run").string(); }

bool mentions(const Error& error, std::string_view words) {
    return (error.message() + error.hint()).find(words) != std::string::npos;
}

// What a killed process leaves: a folder that nobody holds.
void leave_behind(const Path& folder) {
    fs::create_directories(folder);
    write_text(folder / "password", "secret");
}

}  // namespace

TEST_CASE("look finds the UMS ID in every notation of umsadmin-cli", "[deploy][ums-id]") {
    if (!has_sandbox_or_says_why()) return;
    ServerBox box;
    for (const std::string notation : {"colon", "plain", "spaced", "base64", "columns", "sha1-only", "none", "two"}) {
        for (const bool noisy : {false, true}) {
            for (const std::string format : {"pem", "der"}) {
                CAPTURE(notation, noisy, format);
                box.control("fingerprint", notation);
                box.control("export-format", format);
                if (noisy) box.control("extra-lines");
                const UmsIdReading reading = box.store()->look(std::nullopt);
                CHECK(reading.present);
                CHECK(box.identify(reading) == box.ums_id());
                CHECK_FALSE(reading.certificate.empty());
                CHECK_FALSE(reading.restart_pending);
                CHECK(reading.file.empty());
                if (noisy) box.behave("extra-lines");
            }
        }
    }
    CHECK_FALSE(fs::exists(box.state()));  // it changes nothing
}

TEST_CASE("look does not fetch a certificate that is known", "[deploy][ums-id]") {
    if (!has_sandbox_or_says_why()) return;
    ServerBox box;
    const UmsIdReading reading = box.store()->look(box.ums_id());
    CHECK(reading.fingerprint == box.ums_id());
    CHECK(reading.certificate.empty());
}

TEST_CASE("look tells old versions, missing UMS IDs and unreadable ones apart", "[deploy][ums-id]") {
    if (!has_sandbox_or_says_why()) return;
    ServerBox box;
    SECTION("the older word for the export") {
        box.control("old-version");
        box.control("fingerprint", "none");
        CHECK(box.identify(box.store()->look(std::nullopt)) == box.ums_id());
    }
    SECTION("no word for the export: the listed fingerprint is enough") {
        box.control("no-export-at-all");
        const UmsIdReading reading = box.store()->look(std::nullopt);
        CHECK(reading.fingerprint == box.ums_id());
        CHECK(reading.certificate.empty());
    }
    SECTION("neither fingerprint nor export") {
        box.control("no-export-at-all");
        box.control("fingerprint", GENERATE(as<std::string>(), "none", "sha1-only", "two"));
        const Error error = error_of([&] { box.store()->look(std::nullopt); });
        CHECK(error.code() == Code::failed);
        CHECK(mentions(error, "no fingerprint is listed"));
    }
    SECTION("no UMS ID") {
        fs::remove(box.folder() / "data" / "ums-id.pem");
        CHECK_FALSE(box.store()->look(std::nullopt).present);
        box.control("no-export-at-all");
        CHECK_FALSE(box.store()->look(std::nullopt).present);
        // Lines that nobody understands are no proof that there is none.
        box.control("extra-lines");
        CHECK(error_of([&] { box.store()->look(std::nullopt); }).code() == Code::failed);
    }
    SECTION("the list fails") {
        box.control("fail-list", "the data\x1b[2J base is down");
        const Error error = error_of([&] { box.store()->look(std::nullopt); });
        CHECK(error.code() == Code::failed);
        CHECK(mentions(error, "the data\\x1b[2J base is down"));
        CHECK(mentions(error, "--umsadmin-cli"));
    }
    SECTION("it does not end") {
        box.server.wait_seconds = 1;
        box.control("slow-list", "30");
        const Error error = error_of([&] { box.store()->look(std::nullopt); });
        CHECK(error.code() == Code::failed);
        CHECK(mentions(error, "did not end within 1 s"));
        CHECK(box.host->run({.script = ":"}).exit_status == 0);
    }
    CHECK(box.files_left().empty());
}

TEST_CASE("a wrong umsadmin-cli is named with the option that corrects it", "[deploy][ums-id]") {
    if (!has_sandbox_or_says_why()) return;
    ServerBox box;
    write_text(box.folder() / "no-program", "#!/no/such/interpreter\n");
    const std::string not_executable = (box.folder() / "no-program").string();
    const std::string broken = (box.folder() / "broken").string();
    write_text(broken, "#!/no/such/interpreter\n");
    fs::permissions(broken, fs::perms::owner_all);
    for (const std::string& path :
         {std::string("/no/such/umsadmin-cli"), std::string("/usr"), not_executable, broken, std::string("/bin/true"),
          std::string("/bin/false"), std::string("/bin/ls"), std::string("/bin/echo")}) {
        CAPTURE(path);
        box.server.umsadmin_cli = path;
        for (const auto& action : {std::function<void()>([&] { box.store()->look(std::nullopt); }),
                                   std::function<void()>([&] { box.store()->take(); }),
                                   std::function<void()>([&] { box.store()->keep(backup_folder(box)); })}) {
            const Error error = error_of(action);
            CHECK((error.code() == Code::failed || error.code() == Code::not_found));
            CHECK(mentions(error, path));
            CHECK(mentions(error, "--umsadmin-cli"));
        }
        CHECK(box.files_left().empty());
    }
}

TEST_CASE("an opaque backup carries the UMS ID from one server to another", "[deploy][ums-id]") {
    if (!has_sandbox_or_says_why()) return;
    ServerBox main;
    ServerBox other;
    for (const std::string format : {"opaque", "pkcs12"}) {
        CAPTURE(format);
        main.control("backup-format", format);
        other.control("backup-format", format);
        const auto before = other.ums_id();
        REQUIRE(lock_server(*other.host, other.server));
        const SealedUmsId sealed = main.store()->take();
        CHECK(sealed.password.size() >= 32);
        CHECK(main.files_left().empty());
        other.store()->keep(backup_folder(other));
        CHECK(mode_of(other.state()) == 0700);
        CHECK(mode_of(backup_folder(other)) == 0700);
        CHECK(mode_of(backup_folder(other) + "/backup") == 0600);
        CHECK(other.files_left() ==
              std::vector<std::string>{"backups/20261121T120000Z-run/backup", "backups/20261121T120000Z-run/password"});
        other.store()->keep(backup_folder(other));  // again, after a lost connection
        other.store()->put(sealed);
        other.store()->put(sealed);
        CHECK(other.ums_id() == main.ums_id());
        other.store()->put_back(backup_folder(other));
        other.store()->put_back(backup_folder(other));
        CHECK(other.ums_id() == before);
        fs::remove_all(other.state());
        other.host = this_machine();
    }
}

TEST_CASE("no secret is an argument of a program or of a script", "[deploy][ums-id]") {
    if (!has_sandbox_or_says_why()) return;
    ServerBox box;
    REQUIRE(lock_server(*box.host, box.server));
    const SealedUmsId sealed = box.store()->take();
    box.store()->keep(backup_folder(box));
    // The stand-in waits while we read the arguments of everything that runs.
    box.control("slow-restore", "1");
    std::thread putting([&] { box.store()->put(sealed); });
    std::string arguments;
    while (arguments.find("--password:file") == std::string::npos) {
        arguments = output_of("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' || :");
    }
    putting.join();
    CHECK(arguments.find(std::string(sealed.password.reveal())) == std::string::npos);
    const std::string calls = read_text_file(box.folder() / "service" / "calls", k_any_size);
    CHECK(calls.find("--password:file") != std::string::npos);
    CHECK(calls.find(std::string(sealed.password.reveal())) == std::string::npos);
    const std::string kept = read_text_file(backup_folder(box) + "/password", k_any_size);
    CHECK(kept != sealed.password.reveal());
    CHECK(calls.find(kept) == std::string::npos);
}

TEST_CASE("a UMS ID that does not fit its password, or is damaged, is refused", "[deploy][ums-id]") {
    if (!has_sandbox_or_says_why()) return;
    ServerBox box;
    ServerBox other;
    const auto before = box.ums_id();
    REQUIRE(lock_server(*box.host, box.server));
    SealedUmsId sealed = other.store()->take();
    SECTION("wrong password") { sealed.password = Secret(std::string_view("another one")); }
    SECTION("damaged") { sealed.content[sealed.content.size() / 2] ^= 1U; }
    SECTION("cut off") { sealed.content.resize(sealed.content.size() / 2); }
    SECTION("empty") { sealed.content.clear(); }
    SECTION("something else") { sealed.content = random_bytes(3000); }
    const Error error = error_of([&] { box.store()->put(sealed); });
    CHECK(error.code() == Code::failed);
    CHECK(mentions(error, "damaged"));
    CHECK(box.ums_id() == before);
    CHECK(box.files_left() == std::vector<std::string>{"given"});
}

TEST_CASE("umsadmin-cli that fails leaves no transit folder and no half backup", "[deploy][ums-id]") {
    if (!has_sandbox_or_says_why()) return;
    ServerBox box;
    REQUIRE(lock_server(*box.host, box.server));
    const SealedUmsId sealed = box.store()->take();
    const std::string how = GENERATE(as<std::string>(), "fail-", "fail-late-");
    for (const std::string command : {"backup", "restore", "create"}) box.control(how + command, "the disk is full");
    for (const auto& action : {std::function<void()>([&] { box.store()->take(); }),
                               std::function<void()>([&] { box.store()->keep(backup_folder(box)); }),
                               std::function<void()>([&] { box.store()->put(sealed); }),
                               std::function<void()>([&] { box.store()->create(); })}) {
        const Error error = error_of(action);
        CHECK(error.code() == Code::failed);
        CHECK(mentions(error, "the disk is full"));
    }
    CHECK(error_of([&] { box.store()->put_back(backup_folder(box)); }).message().find("is gone") != std::string::npos);
    CHECK(error_of([&] { box.store()->remove(); }).code() == Code::failed);
    CHECK(box.files_left() == std::vector<std::string>{"given"});
}

TEST_CASE("umsadmin-cli makes a UMS ID where there is none", "[deploy][ums-id]") {
    if (!has_sandbox_or_says_why()) return;
    ServerBox box("--no-ums-id");
    CHECK_FALSE(box.store()->look(std::nullopt).present);
    REQUIRE(lock_server(*box.host, box.server));
    box.store()->create();
    const UmsIdReading reading = box.store()->look(std::nullopt);
    CHECK(reading.present);
    CHECK(reading.restart_pending);
    CHECK(box.identify(reading) == box.ums_id());
}

TEST_CASE("a pending restart is seen until the server was started again, by whomever", "[deploy][ums-id]") {
    if (!has_sandbox_or_says_why()) return;
    const std::string store = GENERATE(as<std::string>(), "umsadmin-cli", "file");
    CAPTURE(store);
    ServerBox box("--store " + store);
    sleep_for(std::chrono::milliseconds(50), Deadline::in(std::chrono::seconds(1)));
    const auto pending = [&] { return box.store()->look(std::nullopt).restart_pending; };
    CHECK_FALSE(pending());
    REQUIRE(lock_server(*box.host, box.server));
    CHECK_FALSE(pending());
    const SealedUmsId sealed = box.store()->take();
    box.store()->put(sealed);
    CHECK(pending());
    box.restart_by_hand();
    CHECK_FALSE(pending());
    box.store()->put(sealed);
    CHECK(pending());
    box.stop_by_hand();
    CHECK(pending());  // nobody runs with it
    box.store()->restart(std::chrono::seconds(20));
    CHECK_FALSE(pending());
    box.restart_by_hand();
    CHECK_FALSE(pending());
    // A restart that did nothing is none.
    box.store()->put(sealed);
    box.server.restart_command = "true";
    box.store()->restart(std::chrono::seconds(20));
    CHECK(pending());
}

TEST_CASE("restart speaks the words of old and new versions, and says why none works", "[deploy][ums-id]") {
    if (!has_sandbox_or_says_why()) return;
    ServerBox box;
    REQUIRE(lock_server(*box.host, box.server));
    const std::string pid = read_text_file(box.folder() / "service" / "pid", 100);
    const auto is_restarted = [&] { return read_text_file(box.folder() / "service" / "pid", 100) != pid; };
    SECTION("new") {
        box.store()->restart(std::chrono::seconds(20));
        CHECK(is_restarted());
        CHECK(box.files_left() == std::vector<std::string>{"restarted"});
    }
    SECTION("old") {
        box.control("old-version");
        box.store()->restart(std::chrono::seconds(20));
        CHECK(is_restarted());
    }
    SECTION("a command of one's own") {
        box.control("fail-restart", "no");
        box.server.restart_command = (box.folder() / "restart-server").string();
        box.store()->restart(std::chrono::seconds(20));
        CHECK(is_restarted());
    }
    SECTION("it fails") {
        box.control("fail-restart", "the service is masked");
        const Error error = error_of([&] { box.store()->restart(std::chrono::seconds(20)); });
        CHECK(error.code() == Code::failed);
        CHECK(mentions(error, "the service is masked"));
        CHECK_FALSE(is_restarted());
        CHECK(box.files_left().empty());
    }
    SECTION("it does not end") {
        box.control("slow-restart", "30");
        const Error error = error_of([&] { box.store()->restart(std::chrono::seconds(1)); });
        CHECK(mentions(error, "did not end within 1 s"));
        CHECK(box.files_left().empty());
    }
}

TEST_CASE("a server is locked by one at a time, and what killed runs left is removed", "[deploy][ums-id]") {
    if (!has_sandbox_or_says_why()) return;
    const std::string store = GENERATE(as<std::string>(), "umsadmin-cli", "file");
    ServerBox box("--store " + store);
    leave_behind(box.state() / "transit-dead");
    leave_behind(box.state() / "transit-alive");
    leave_behind(box.state() / "backups" / "unfinished");
    leave_behind(box.state() / "backups" / "whole");
    write_text(box.state() / "backups" / "whole" / "backup", "whole");
    const Path draft = box.folder() / "data" / ".ums-id.p12.umsadm-0123456789abcdef";
    write_text(draft, "draft");
    fs::permissions(box.state(), fs::perms::all);
    const std::string alive = shell_quoted((box.state() / "transit-alive").string());
    const std::string pid = output_of("flock " + alive + " sleep 60 >/dev/null & echo $!");
    output_of("until ! flock -n " + alive + " true; do sleep 0.02; done");

    const std::unique_ptr<RemoteHost> second = this_machine();
    REQUIRE(lock_server(*box.host, box.server));
    CHECK_FALSE(lock_server(*second, box.server));
    CHECK(mode_of(box.state()) == 0700);
    CHECK_FALSE(fs::exists(box.state() / "transit-dead"));
    CHECK(fs::exists(box.state() / "transit-alive"));
    CHECK_FALSE(fs::exists(box.state() / "backups" / "unfinished"));
    CHECK(fs::exists(box.state() / "backups" / "whole" / "password"));
    CHECK(fs::exists(draft) == (store != "file"));
    CHECK(box.ums_id());

    output_of("pkill -P " + std::string(trim(pid)) + "; kill " + std::string(trim(pid)) + " 2>/dev/null || :");
    box.host.reset();
    const Deadline limit = Deadline::in(std::chrono::seconds(5));
    while (!lock_server(*second, box.server)) REQUIRE_FALSE(limit.passed());
    CHECK_FALSE(fs::exists(box.state() / "transit-alive"));
}

TEST_CASE("a state folder of somebody else is not used for secrets", "[deploy][ums-id]") {
    if (!has_sandbox_or_says_why()) return;
    ServerBox box;
    fs::create_directory(box.state());
    REQUIRE(::chown(box.state().c_str(), 12345, 12345) == 0);
    CHECK(mentions(error_of([&] { lock_server(*box.host, box.server); }), "not owned by root"));
    CHECK(mentions(error_of([&] { box.store()->take(); }), "not owned by root"));
    CHECK(mentions(error_of([&] { box.store()->keep(backup_folder(box)); }), "not owned by root"));
    CHECK(fs::is_empty(box.state()));

    REQUIRE(::chown(box.state().c_str(), 0, 0) == 0);
    fs::create_directories(box.state() / "backups" / "of something else");
    std::ofstream(box.state() / ".profile") << "root's own\n";
    CHECK(mentions(error_of([&] { lock_server(*box.host, box.server); }), "holds .profile"));
    CHECK(fs::exists(box.state() / "backups" / "of something else"));
}

TEST_CASE("a UMS ID travels over SSH and sudo", "[deploy][ums-id]") {
    if (!has_sandbox_or_says_why()) return;
    ServerBox main("--sudo password");
    ServerBox other("--sudo password --login-of " + shell_quoted(main.folder().string()));
    main.host = main.connect_over_ssh();
    other.host = other.connect_over_ssh();
    REQUIRE(lock_server(*other.host, other.server));
    other.store()->keep(backup_folder(other));
    other.store()->put(main.store()->take());
    CHECK(other.identify(other.store()->look(std::nullopt)) == main.ums_id());
    CHECK(other.store()->look(std::nullopt).restart_pending);
    other.store()->restart(std::chrono::seconds(20));
    CHECK(other.files_left() == std::vector<std::string>{"backups/20261121T120000Z-run/backup",
                                                         "backups/20261121T120000Z-run/password", "given",
                                                         "restarted"});
}
