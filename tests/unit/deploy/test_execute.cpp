#include <csignal>
#include <filesystem>

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "umsadm/base/text.hpp"
#include "umsadm/deploy/observe.hpp"

#include "gateway_box.hpp"

using namespace umsadm;
using namespace umsadm::test;
namespace fs = std::filesystem;

namespace {

struct stat status_of(const Path& file) {
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    return status;
}

void check_old_state(const GatewayBox& box) {
    CHECK(box.lives(box.old_identity));
    CHECK(box.serves(box.old_identity));
}

std::vector<StepKind> kinds(const Outcome& outcome) {
    std::vector<StepKind> result;
    for (const StepReport& report : outcome.steps) result.push_back(report.step);
    return result;
}

}  // namespace

TEST_CASE("execute_update puts the new keystore into place and verifies what is served", "[deploy]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    REQUIRE(::chown(box.files.live().c_str(), 1234, 2345) == 0);
    const Outcome outcome = box.execute();
    CHECK_FALSE(outcome.error);
    CHECK(outcome.result == RunOutcome::updated);
    CHECK(outcome.verified);
    CHECK_FALSE(outcome.left_open);
    CHECK(box.lives(box.new_identity));
    CHECK(box.serves(box.new_identity));
    CHECK(outcome.backup == box.plan.facts.backup_path);
    CHECK(box.files.files_beside_keystore() == std::vector<std::string>{Path(outcome.backup).filename().string()});
    CHECK(read_file(outcome.backup, 100'000) == box.old_identity.pem);
    for (const Path& file : {box.files.live(), Path(outcome.backup)}) {
        const struct stat status = status_of(file);
        CHECK(status.st_uid == 1234);
        CHECK(status.st_gid == 2345);
        CHECK((status.st_mode & 07777) == 0640);
    }
    CHECK(kinds(outcome) == std::vector<StepKind>{StepKind::backup, StepKind::upload, StepKind::swap, StepKind::restart,
                                                  StepKind::verify, StepKind::clean});
    const auto end = box.last_end();
    REQUIRE(end);
    CHECK(end->outcome == RunOutcome::updated);
    CHECK(end->verified);
    CHECK_FALSE(end->settled_later);
}

TEST_CASE("execute_update keeps a symbolic link to the keystore when the plan has the file behind it", "[deploy]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    const Path link = box.files.folder / "link.jks";
    fs::create_symlink(box.files.live(), link);
    const RemoteState state = observe_gateway(*box.host, {.keystore = link.string(), .config_needed = false});
    CHECK(state.keystore.path == box.files.live().string());
    CHECK(box.execute().result == RunOutcome::updated);
    CHECK(fs::is_symlink(link));
    CHECK(read_file(link, 100'000) == box.new_identity.pem);
}

TEST_CASE("execute_update removes its own old backups only", "[deploy]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    box.plan.keep_backups = 2;
    const Path foreign = box.files.live().string() + ".umsadm-20200101T000000Z-0000000000000000.bak";
    write_text(foreign, "of another site");
    std::vector<std::string> backups;
    for (int i = 0; i < 4; ++i) {
        const Outcome outcome = box.execute();
        REQUIRE(outcome.result == RunOutcome::updated);
        CHECK(fs::exists(outcome.backup));
        backups.push_back(outcome.backup);
        fs::rename(box.files.identity("old"), box.files.identity("third"));
        fs::rename(box.files.identity("new"), box.files.identity("old"));
        fs::rename(box.files.identity("third"), box.files.identity("new"));
        box.plan = box.files.plan(box.port());
        box.plan.keep_backups = 2;
    }
    CHECK_FALSE(fs::exists(backups[0]));
    CHECK_FALSE(fs::exists(backups[1]));
    CHECK(fs::exists(backups[2]));
    CHECK(fs::exists(backups[3]));
    CHECK(fs::exists(foreign));
}

TEST_CASE("--no-restart ends after the rename, --no-verify after the restart", "[deploy]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    const bool restart = GENERATE(false, true);
    box.plan.facts.restart = restart;
    box.plan.facts.verify = false;
    write_text(box.files.health(), "err");
    const Outcome outcome = box.execute();
    CHECK_FALSE(outcome.error);
    CHECK(outcome.result == RunOutcome::installed);
    CHECK_FALSE(outcome.verified);
    CHECK(box.lives(box.new_identity));
    CHECK(box.serves(restart ? box.new_identity : box.old_identity));
    CHECK(fs::exists(outcome.backup));
}

TEST_CASE("execute_update changes nothing when somebody else changed the keystore meanwhile", "[deploy]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    const std::string before = GENERATE("backing up", "uploading", "putting the new");
    CAPTURE(before);
    box.on_progress = [&](std::string_view step) {
        if (step.starts_with(before)) write_text(box.files.live(), "foreign");
    };
    const Outcome outcome = box.execute();
    CHECK(outcome.result == RunOutcome::failed);
    REQUIRE(outcome.error);
    CHECK(outcome.error->code() == Code::failed);
    CHECK(outcome.error->message().find("changed by somebody else") != std::string::npos);
    CHECK(outcome.backup.empty());
    CHECK(read_text_file(box.files.live(), 100) == "foreign");
    CHECK(box.files.files_beside_keystore().empty());
    CHECK(box.serves(box.old_identity));
    CHECK(box.last_end()->outcome == RunOutcome::failed);
}

TEST_CASE("execute_update puts the old keystore back when what comes up is wrong", "[deploy]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    const auto mtime = fs::last_write_time(box.files.live());
    const std::string files = box.files.folder.string();
    const std::string good = box.files.restart_command();
    const auto when_new = [&](const std::string& commands) {
        return good + "; if cmp -s " + box.files.live().string() + " " + files + "/new.pem; then " + commands + "; fi";
    };
    SECTION("the restart command fails") { box.plan.restart_command = when_new("exit 3"); }
    SECTION("the restart command fails, before and after") {
        box.plan.restart_command = "echo no such service; exit 5";
    }
    SECTION("the restart command does not end") { box.plan.restart_command = when_new("sleep 20"); }
    SECTION("nothing is served") { box.plan.restart_command = when_new("rm " + files + "/loaded.pem"); }
    SECTION("another certificate is served") {
        write_file(box.files.identity("other"), make_identity("other").pem, 0600, IfExists::replace);
        box.plan.restart_command = when_new("cp " + files + "/other.pem " + files + "/loaded.pem");
    }
    SECTION("the chain is not whole") {
        box.plan.restart_command =
            when_new("awk '/BEGIN CERT/{n++} n<2' " + files + "/new.pem >" + files + "/loaded.pem");
    }
    SECTION("health err") { box.plan.restart_command = when_new("echo err >" + files + "/health"); }
    SECTION("health init for ever") { box.plan.restart_command = when_new("echo init >" + files + "/health"); }
    SECTION("the health page that was there is gone") {
        box.plan.restart_command = when_new("echo 404 >" + files + "/health");
    }
    SECTION("health warn, and ok is required") {
        box.plan.health = HealthRule::require;
        box.plan.restart_command = when_new("echo warn >" + files + "/health");
    }
    const Outcome outcome = box.execute();
    CHECK(outcome.result == RunOutcome::restored);
    REQUIRE(outcome.error);
    CAPTURE(outcome.error->message());
    CHECK(outcome.error->code() == Code::restored);
    CHECK(outcome.error->hint().find("the old state is back") != std::string::npos);
    CHECK(outcome.verified);
    check_old_state(box);
    CHECK(fs::last_write_time(box.files.live()) == mtime);
    CHECK((status_of(box.files.live()).st_mode & 07777) == 0640);
    CHECK(box.files.files_beside_keystore().size() == 1);  // the backup stays
    CHECK(fs::exists(outcome.backup));
    CHECK(box.last_end()->outcome == RunOutcome::restored);
}

TEST_CASE("execute_update accepts the health that the rule allows", "[deploy]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    SECTION("warn") { write_text(box.files.health(), "warn"); }
    SECTION("no page, and there was none before") {
        write_text(box.files.health(), "404");
        box.plan.facts.health_required = false;
    }
    SECTION("err, but it is off") {
        write_text(box.files.health(), "err");
        box.plan.health = HealthRule::off;
    }
    SECTION("init becomes ok") {
        write_text(box.files.health(), "init");
        int looks = 0;
        const Probe inner = box.probe;
        box.plan.wait = std::chrono::seconds(10);
        box.probe = [&, inner, looks](const ProbeRequest& request) mutable {
            if (++looks == 2) write_text(box.files.health(), "ok");
            return inner(request);
        };
        CHECK(box.execute().result == RunOutcome::updated);
        return;
    }
    CHECK(box.execute().result == RunOutcome::updated);
}

TEST_CASE("execute_update gives the way back its time, however short the wait was", "[deploy]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    write_text(box.files.health(), "err");
    box.plan.least_wait_back = std::chrono::seconds(10);
    const Probe inner = box.probe;
    box.probe = [&, inner, looks = 0](const ProbeRequest& request) mutable {
        // One look at the new keystore, and the second look of the way back.
        if (++looks == 3) write_text(box.files.health(), "ok");
        return inner(request);
    };
    const Outcome outcome = box.execute();
    CHECK(outcome.result == RunOutcome::restored);
    CHECK(box.last_end()->verified);
}

TEST_CASE("execute_update says act now when the old state does not come back", "[deploy]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    const std::string loaded = box.files.loaded().string();
    std::string expected;
    SECTION("the gateway does not start any more") {
        box.plan.restart_command = "rm -f " + loaded;
        expected = "does not serve the old certificate";
    }
    SECTION("somebody else put another keystore there") {
        box.plan.restart_command = "printf foreign >" + box.files.live().string() + "; exit 1";
        expected = "somebody else";
    }
    SECTION("the backup is damaged") {
        box.plan.restart_command = "printf x >>" + box.plan.facts.backup_path + "; exit 1";
        expected = "gone or damaged";
    }
    const Outcome outcome = box.execute();
    CHECK(outcome.result == RunOutcome::restore_failed);
    REQUIRE(outcome.error);
    CHECK(outcome.error->code() == Code::restore_failed);
    CAPTURE(outcome.error->message());
    CHECK(outcome.error->message().find(expected) != std::string::npos);
    CHECK(outcome.error->hint().find(box.plan.facts.backup_path) != std::string::npos);
    CHECK_FALSE(outcome.left_open);
    CHECK(box.last_end()->outcome == RunOutcome::restore_failed);
}

TEST_CASE("a gateway that served nothing is put back by the digest of its keystore", "[deploy]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    fs::remove(box.files.loaded());
    box.plan.facts.served_before.reset();
    box.plan.restart_command = "exit 1";
    const Outcome outcome = box.execute();
    CHECK(outcome.result == RunOutcome::restored);
    CHECK_FALSE(outcome.verified);
    CHECK(box.lives(box.old_identity));
}

TEST_CASE("a missing keystore is put back too", "[deploy]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    box.plan.restart_command = "[ -e " + box.files.loaded().string() + ".once ] || { touch " +
                               box.files.loaded().string() + ".once; rm " + box.files.live().string() +
                               "; exit 1; }; " + box.files.restart_command();
    CHECK(box.execute().result == RunOutcome::restored);
    check_old_state(box);
}

TEST_CASE("action restart only restarts and verifies", "[deploy]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    write_file(box.files.live(), box.new_identity.pem, 0640, IfExists::replace);
    box.plan.facts.action = RunAction::restart;
    box.plan.facts.staged_path.clear();
    box.plan.facts.backup_path.clear();
    box.plan.facts.old_digest = box.plan.facts.new_digest;
    box.plan.new_keystore.clear();
    SECTION("and it serves the stored certificate") {
        const Outcome outcome = box.execute();
        CHECK_FALSE(outcome.error);
        CHECK(outcome.result == RunOutcome::updated);
        CHECK(box.serves(box.new_identity));
        CHECK(kinds(outcome) == std::vector<StepKind>{StepKind::restart, StepKind::verify});
    }
    SECTION("and it still serves the old one") {
        box.plan.restart_command = GENERATE("true", "false");
        const Outcome outcome = box.execute();
        CHECK(outcome.result == RunOutcome::restored);
        CHECK(outcome.error->code() == Code::restored);
    }
    SECTION("and it serves nothing any more") {
        box.plan.restart_command = "rm " + box.files.loaded().string();
        const Outcome outcome = box.execute();
        CHECK(outcome.result == RunOutcome::restore_failed);
        CHECK(outcome.error->code() == Code::restore_failed);
    }
    CHECK(box.lives(box.new_identity));
    CHECK(box.files.files_beside_keystore().empty());
    CHECK(box.last_end());
}

TEST_CASE("a daemon that keeps its output open does not hold the restart up", "[deploy]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    const Path pid_file = box.files.folder / "daemon.pid";
    box.plan.wait = std::chrono::seconds(20);
    box.plan.restart_command = box.files.restart_command() + "; sleep 30 & echo $! >" + pid_file.string();
    const Deadline limit = Deadline::in(std::chrono::seconds(10));
    CHECK(box.execute().result == RunOutcome::updated);
    CHECK_FALSE(limit.passed());
    REQUIRE(::kill(std::stoi(read_text_file(pid_file, 20)), SIGKILL) == 0);
}

TEST_CASE("a restarted gateway has the umask of the host, not ours", "[deploy]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    box.plan.restart_command = box.files.restart_command() + "; umask >" + (box.files.folder / "umask").string();
    CHECK(box.execute().result == RunOutcome::updated);
    CHECK(trim(read_text_file(box.files.folder / "umask", 20)) == "0022");
}

TEST_CASE("a journal that cannot be written stops a run before the rename, and never undoes it afterwards",
          "[deploy]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    const Path folder = box.files.journal().parent_path();
    const auto lose_journal = [&] { fs::rename(folder, folder.string() + ".away"); };
    std::string when;
    bool swapped = false;
    SECTION("from the start") { lose_journal(); }
    SECTION("backup") { when = "backing up"; }
    SECTION("upload") { when = "uploading"; }
    SECTION("swap") { when = "putting the new"; }
    SECTION("restart") {
        when = "restarting";
        swapped = true;
    }
    SECTION("verify") {
        when = "verifying";
        swapped = true;
    }
    SECTION("clean") {
        when = "removing old";
        swapped = true;
    }
    box.on_progress = [&](std::string_view step) {
        if (!when.empty() && step.starts_with(when)) lose_journal();
    };
    const Outcome outcome = box.execute();
    REQUIRE(outcome.error);
    if (swapped) {
        CHECK(outcome.result == RunOutcome::updated);
        CHECK(outcome.verified);
        CHECK(outcome.error->code() == Code::not_recorded);
        CHECK(box.lives(box.new_identity));
        CHECK(box.serves(box.new_identity));
    } else {
        CHECK(outcome.result == RunOutcome::failed);
        CHECK(outcome.error->code() == Code::failed);
        CHECK(box.files.files_beside_keystore().empty());
        check_old_state(box);
    }
}
