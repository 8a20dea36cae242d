#include <filesystem>

#include <catch2/catch.hpp>

#include "umsadm/base/text.hpp"

#include "sync_box.hpp"

using namespace umsadm;
using namespace umsadm::test;
namespace fs = std::filesystem;

namespace {

std::vector<ServerStep> steps_of(const ServerChangeOutcome& outcome) {
    std::vector<ServerStep> steps;
    for (const ServerStepReport& report : outcome.steps) steps.push_back(report.step);
    return steps;
}

bool mentions(const ServerChangeOutcome& outcome, std::string_view words) {
    return outcome.error && (outcome.error->message() + outcome.error->hint()).find(words) != std::string::npos;
}

// What is true after every change that was not left open.
void check_whole(const SyncBox& sync, const ServerChangeOutcome& outcome) {
    CHECK_FALSE(outcome.left_open);
    CHECK(sync.is_clean());
    CHECK(outcome.old_fingerprint == sync.old_id);
    REQUIRE(sync.last_end());
    CHECK(sync.last_end()->outcome == outcome.result);
    CHECK(sync.last_end()->error == (outcome.error ? outcome.error->message() : ""));
    CHECK_FALSE(sync.last_end()->settled_later);
}

}  // namespace

TEST_CASE("a sync gives a server the UMS ID and leaves the restart to others", "[deploy][sync]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync(GENERATE(as<std::string>(), "--store umsadmin-cli", "--store file"));
    const ServerChangeOutcome outcome = sync.execute();
    CHECK_FALSE(outcome.error);
    CHECK(outcome.result == ServerOutcome::restart_needed);
    CHECK(outcome.new_fingerprint == sync.new_id);
    CHECK(outcome.backup == sync.plan.facts.backup_path);
    CHECK(fs::exists(outcome.backup + "/backup"));
    CHECK(steps_of(outcome) == std::vector<ServerStep>{ServerStep::backup, ServerStep::replace, ServerStep::verify});
    CHECK(sync.has_new());
    CHECK(sync.box.is_restart_pending());
    check_whole(sync, outcome);
    sync.box.restart_by_hand();
    CHECK_FALSE(sync.box.is_restart_pending());
    CHECK(sync.box.loaded_ums_id() == sync.new_id);
}

TEST_CASE("a sync with a restart ends when the server runs with the UMS ID", "[deploy][sync]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync(GENERATE(as<std::string>(), "--store umsadmin-cli", "--store file"));
    sync.plan.facts.restart = true;
    sync.box.control("slow-start", "1");
    const ServerChangeOutcome outcome = sync.execute();
    CHECK_FALSE(outcome.error);
    CHECK(outcome.result == ServerOutcome::updated);
    CHECK(steps_of(outcome) == std::vector<ServerStep>{ServerStep::backup, ServerStep::replace, ServerStep::verify,
                                                       ServerStep::restart, ServerStep::wait});
    CHECK(sync.box.loaded_ums_id() == sync.new_id);
    CHECK_FALSE(sync.box.is_restart_pending());
    check_whole(sync, outcome);
}

TEST_CASE("a server without a UMS ID gets its first one", "[deploy][sync]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync(GENERATE(as<std::string>(), "--no-ums-id", "--no-ums-id --store file"));
    const ServerChangeOutcome outcome = sync.execute();
    CHECK_FALSE(outcome.error);
    CHECK(outcome.result == ServerOutcome::restart_needed);
    CHECK(outcome.backup.empty());
    CHECK(steps_of(outcome) == std::vector<ServerStep>{ServerStep::replace, ServerStep::verify});
    CHECK(sync.has_new());
    check_whole(sync, outcome);
}

TEST_CASE("a server whose UMS ID changed since the plan is left alone", "[deploy][sync]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync;
    SECTION("another one") { sync.plan.facts.old_fingerprint = sync.new_id; }
    SECTION("one where there was none") { sync.plan.facts.old_fingerprint.reset(); }
    const ServerChangeOutcome outcome = sync.execute();
    CHECK(outcome.result == ServerOutcome::failed);
    CHECK(mentions(outcome, "meanwhile"));
    CHECK(sync.has_old());
    CHECK_FALSE(fs::exists(sync.journal_file()));
    CHECK(sync.box.files_left().empty());
}

TEST_CASE("a backup that cannot be made changes nothing", "[deploy][sync]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync;
    sync.box.control(GENERATE(as<std::string>(), "fail-backup", "fail-late-backup"), "the disk is full");
    const ServerChangeOutcome outcome = sync.execute();
    CHECK(outcome.result == ServerOutcome::failed);
    CHECK(outcome.error->code() == Code::failed);
    CHECK(mentions(outcome, "the disk is full"));
    CHECK(mentions(outcome, "nothing was changed"));
    CHECK(sync.has_old());
    CHECK(sync.box.files_left().empty());
    check_whole(sync, outcome);
}

TEST_CASE("what is read back decides, not what the server says", "[deploy][sync]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync;
    SECTION("it lies about its success") {
        sync.box.control("lie-restore");
        const ServerChangeOutcome outcome = sync.execute();
        CHECK(outcome.result == ServerOutcome::failed);
        CHECK(outcome.error->code() == Code::failed);
        CHECK(mentions(outcome, sync.old_id->to_string()));
        CHECK(mentions(outcome, "its old UMS ID"));
        CHECK(sync.has_old());
        check_whole(sync, outcome);
    }
    SECTION("it lies about its failure") {
        sync.box.control("fail-late-restore", "a warning");
        const ServerChangeOutcome outcome = sync.execute();
        CHECK_FALSE(outcome.error);
        CHECK(outcome.result == ServerOutcome::restart_needed);
        CHECK(sync.has_new());
        check_whole(sync, outcome);
    }
    SECTION("it fails") {
        sync.box.control("fail-restore", "no\nlicence server");
        const ServerChangeOutcome outcome = sync.execute();
        CHECK(outcome.result == ServerOutcome::failed);
        CHECK(mentions(outcome, "licence server"));
        CHECK(sync.has_old());
        check_whole(sync, outcome);
    }
    SECTION("the password is wrong") {
        sync.sealed.password = Secret(std::string_view("another one"));
        const ServerChangeOutcome outcome = sync.execute();
        CHECK(outcome.result == ServerOutcome::failed);
        CHECK(mentions(outcome, "password"));
        CHECK(sync.has_old());
        check_whole(sync, outcome);
    }
    SECTION("its restart says that it failed") {
        sync.plan.facts.restart = true;
        sync.box.control("fail-late-restart", "a warning");
        const ServerChangeOutcome outcome = sync.execute();
        CHECK_FALSE(outcome.error);
        CHECK(outcome.result == ServerOutcome::updated);
        check_whole(sync, outcome);
    }
}

TEST_CASE("a server that took another UMS ID gets its old one back", "[deploy][sync]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync(GENERATE(as<std::string>(), "--store umsadmin-cli", "--store file"));
    sync.plan.facts.new_fingerprint = Fingerprint::parse(std::string(64, 'a'));
    sync.plan.facts.restart = true;
    const ServerChangeOutcome outcome = sync.execute();
    CHECK(outcome.result == ServerOutcome::restored);
    CHECK(outcome.error->code() == Code::restored);
    CHECK(mentions(outcome, sync.new_id->to_string()));
    CHECK(outcome.new_fingerprint == sync.old_id);
    CHECK(steps_of(outcome) ==
          std::vector<ServerStep>{ServerStep::backup, ServerStep::replace, ServerStep::verify, ServerStep::put_back});
    CHECK(sync.has_old());
    check_whole(sync, outcome);
}

TEST_CASE("a file that is no UMS ID is taken away again", "[deploy][sync]") {
    if (!has_sandbox_or_says_why()) return;
    const bool has_old = GENERATE(true, false);
    SyncBox sync(has_old ? "--store file" : "--store file --no-ums-id");
    sync.sealed.content.resize(sync.sealed.content.size() / 2);
    const ServerChangeOutcome outcome = sync.execute();
    CHECK(outcome.result == ServerOutcome::restored);
    CHECK(mentions(outcome, "no PKCS#12"));
    CHECK(sync.has_old());
    CHECK(fs::exists(sync.box.server.ums_id_path) == has_old);
    check_whole(sync, outcome);
}

TEST_CASE("a UMS ID that cannot be put back is said with the way by hand", "[deploy][sync]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync;
    sync.plan.facts.new_fingerprint = Fingerprint::parse(std::string(64, 'a'));
    sync.on_progress = [&](std::string_view step) {
        if (step.starts_with("putting")) sync.box.control("fail-restore", "the disk is full");
    };
    const ServerChangeOutcome outcome = sync.execute();
    CHECK(outcome.result == ServerOutcome::restore_failed);
    CHECK(outcome.error->code() == Code::restore_failed);
    CHECK(mentions(outcome, "the disk is full"));
    CHECK(mentions(outcome, "act now"));
    CHECK(outcome.new_fingerprint == sync.new_id);
    check_whole(sync, outcome);

    // The words of the hint really do it.
    sync.box.behave("fail-restore");
    const std::string hint = outcome.error->hint();
    const std::string_view as_root = "as root: ";
    output_of(hint.substr(hint.find(as_root) + as_root.size()));
    CHECK(sync.has_old());
}

TEST_CASE("a restart that fails leaves the new UMS ID and says that it is not used", "[deploy][sync]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync;
    sync.plan.facts.restart = true;
    sync.plan.wait = std::chrono::seconds(2);
    std::string words;
    SECTION("the command") {
        sync.box.control("fail-restart", "the service is masked");
        words = "the service is masked";
    }
    SECTION("the start") {
        sync.box.control("never-starts");
        words = "its web port serves nothing";
    }
    SECTION("it does not restart") {
        sync.plan.server.restart_command = "true";
        words = "its process is older";
    }
    SECTION("it takes too long") {
        sync.box.control("slow-restart", "30");
        words = "did not end within 2 s";
    }
    const ServerChangeOutcome outcome = sync.execute();
    CHECK(outcome.result == ServerOutcome::restart_needed);
    CHECK(outcome.error->code() == Code::failed);
    CAPTURE(outcome.error->message());
    CHECK(mentions(outcome, words));
    CHECK(mentions(outcome, "restart it"));
    CHECK(outcome.new_fingerprint == sync.new_id);
    CHECK(sync.has_new());
    check_whole(sync, outcome);
}

TEST_CASE("a server that has the UMS ID is only restarted", "[deploy][sync]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync;
    REQUIRE(sync.execute().result == ServerOutcome::restart_needed);
    sync.plan.facts.run = "fedcba9876543210";
    sync.plan.facts.action = ServerAction::restart;
    sync.plan.facts.old_fingerprint = sync.new_id;
    sync.plan.facts.restart = true;
    const ServerChangeOutcome outcome = sync.execute();
    CHECK_FALSE(outcome.error);
    CHECK(outcome.result == ServerOutcome::restarted);
    CHECK(steps_of(outcome) == std::vector<ServerStep>{ServerStep::restart, ServerStep::wait});
    CHECK(sync.box.loaded_ums_id() == sync.new_id);
    CHECK(sync.journal().load().size() == 2);
}

TEST_CASE("a server makes a UMS ID of its own, never a second one", "[deploy][sync]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync("--no-ums-id");
    sync.plan.facts.action = ServerAction::create;
    sync.plan.facts.new_fingerprint.reset();
    SECTION("it works") {
        const ServerChangeOutcome outcome = sync.execute();
        CHECK_FALSE(outcome.error);
        CHECK(outcome.result == ServerOutcome::created);
        CHECK(outcome.new_fingerprint == sync.box.ums_id());
        CHECK(sync.box.ums_id());
        check_whole(sync, outcome);
        const auto first = sync.box.ums_id();
        CHECK(sync.execute().result == ServerOutcome::failed);
        CHECK(sync.box.ums_id() == first);
    }
    SECTION("it fails") {
        sync.box.control("fail-create", "no entropy");
        const ServerChangeOutcome outcome = sync.execute();
        CHECK(outcome.result == ServerOutcome::failed);
        CHECK(mentions(outcome, "no entropy"));
        CHECK_FALSE(sync.box.ums_id());
        check_whole(sync, outcome);
    }
    SECTION("it says that it failed") {
        sync.box.control("fail-late-create", "a warning");
        const ServerChangeOutcome outcome = sync.execute();
        CHECK(outcome.result == ServerOutcome::created);
        CHECK(outcome.new_fingerprint == sync.box.ums_id());
        check_whole(sync, outcome);
    }
    SECTION("the connection is lost after it") {
        Fault fault{3, Moment::after, lose_connection};  // list, export, create
        sync.make_faulty(fault);
        const ServerChangeOutcome outcome = sync.execute();
        CHECK(fault.struck);
        CHECK(outcome.result == ServerOutcome::created);
        const std::string calls = read_text_file(sync.box.folder() / "service" / "calls", 1'000'000);
        // One made the UMS ID that is to be given away in the other tests.
        const auto first = calls.find("licensing create");
        const auto second = calls.find("licensing create", first + 1);
        CHECK(second != std::string::npos);
        CHECK(calls.find("licensing create", second + 1) == std::string::npos);
    }
}

TEST_CASE("a change that the journal cannot take is not begun", "[deploy][sync]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync;
    fs::create_directory(sync.journal_file());
    const ServerChangeOutcome outcome = sync.execute();
    CHECK(outcome.result == ServerOutcome::failed);
    CHECK(mentions(outcome, "nothing was changed"));
    CHECK(sync.has_old());
    CHECK(sync.box.files_left().empty());
}

TEST_CASE("a change that could not be recorded says so", "[deploy][sync]") {
    if (!has_sandbox_or_says_why()) return;
    SyncBox sync;
    sync.on_progress = [&](std::string_view step) {
        if (!step.starts_with("reading")) return;
        fs::rename(sync.journal_file(), sync.journal_file().string() + ".old");
        fs::create_directory(sync.journal_file());
    };
    const ServerChangeOutcome outcome = sync.execute();
    CHECK(outcome.result == ServerOutcome::restart_needed);
    REQUIRE(outcome.error);
    CHECK(outcome.error->code() == Code::not_recorded);
    CHECK(sync.has_new());
}
