#include "sync_box.hpp"

#include <algorithm>
#include <filesystem>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "umsadm/base/text.hpp"

namespace umsadm::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_any_size = 1024 * 1024;

Path ums_id_file(const ServerBox& box) {
    return box.folder() / "data" / (box.server.ums_id_store == UmsIdStoreKind::file ? "ums-id.p12" : "ums-id.pem");
}

// Makes another UMS ID for the server to get: on the server itself, whose own is set aside.
void make_new_one(const ServerBox& box) {
    const Path old_copy = box.folder() / "old";
    const Path file = ums_id_file(box);
    const bool has_one = fs::exists(file);
    if (has_one) fs::copy_file(file, old_copy);
    SealedUmsId sealed;
    if (box.server.ums_id_store == UmsIdStoreKind::file) {
        const std::string folder = shell_quoted(box.folder().string());
        output_of(
            fmt::format("cd {} && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj /CN=new "
                        "-keyout new.pem 2>/dev/null >>new.pem && openssl pkcs12 -export -in new.pem -passout "
                        "file:ums-id-password -out sealed",
                        folder));
        sealed.content = read_file(box.folder() / "sealed", k_any_size);
        write_file(file, sealed.content, 0600, IfExists::replace);
    } else {
        output_of(shell_quoted(box.server.umsadmin_cli) + " licensing create");
        sealed = box.store()->take();
        write_file(box.folder() / "sealed", sealed.content, 0600, IfExists::replace);
    }
    write_text(box.folder() / "sealed-password", sealed.password.reveal());
    write_text(box.folder() / "new-fingerprint", box.ums_id()->hex());
    fs::remove(file);
    if (has_one) fs::copy_file(old_copy, file);
}

}  // namespace

SyncBox::SyncBox(const std::string& options) : box(options) {
    make_new_one(box);
    set_up();
    reset();
}

SyncBox::SyncBox(const ExistingBox& existing) : box(existing) { set_up(); }

void SyncBox::set_up() {
    old_id = box.ums_id();
    new_id = Fingerprint::parse(read_text_file(box.folder() / "new-fingerprint", k_any_size));
    sealed.content = read_file(box.folder() / "sealed", k_any_size);
    sealed.password = Secret(read_text_file(box.folder() / "sealed-password", k_any_size));
    plan.server = box.server;
    plan.facts.run = "0123456789abcdef";
    plan.facts.started = test_now();
    plan.facts.user = "tester@here";
    plan.facts.backup_path = old_id ? (box.state() / "backups" / "20261121T120000Z-0123456789abcdef").string() : "";
    plan.facts.old_fingerprint = old_id;
    plan.facts.new_fingerprint = new_id;
    plan.sealed = &sealed;
    plan.wait = std::chrono::seconds(15);
    reach_again();
}

void SyncBox::reset() {
    box.host.reset();
    fs::remove_all(box.state());
    fs::remove(journal_file());
    fs::remove(ums_id_file(box));
    if (old_id) fs::copy_file(box.folder() / "old", ums_id_file(box));
    progress.clear();
    cancellation = std::make_unique<Cancellation>();
    reach_again();
    lock();
}

void SyncBox::make_faulty(Fault& fault) {
    box.host = std::make_unique<FaultyHost>(std::move(box.host), fault);
    connect = [&fault] { return std::make_unique<FaultyHost>(this_machine(), fault); };
}

void SyncBox::never_again() {
    reconnect_for = std::chrono::milliseconds(50);
    connect = []() -> std::unique_ptr<RemoteHost> { throw Error(Code::unreachable, "no route to host"); };
}

void SyncBox::reach_again() {
    reconnect_for = std::chrono::seconds(5);
    connect = [] { return this_machine(); };
}

// Whoever held it before may still be on its way out.
void SyncBox::lock() {
    box.host = this_machine();
    const Deadline limit = Deadline::in(std::chrono::seconds(10));
    while (!lock_server(*box.host, box.server)) {
        REQUIRE_FALSE(limit.passed());
        sleep_for(std::chrono::milliseconds(20), limit);
    }
}

ServerChangeContext SyncBox::context(ServerJournal& journal) {
    return {.host = box.host,
            .connect = connect,
            .journal = journal,
            .identify = [this](const UmsIdReading& reading) { return box.identify(reading); },
            .probe = direct_probe(),
            .progress =
                [this](std::string_view step) {
                    progress.emplace_back(step);
                    if (on_progress) on_progress(step);
                },
            .cancellation = cancellation.get(),
            .reconnect_for = reconnect_for};
}

ServerChangeOutcome SyncBox::execute() {
    ServerJournal diary = journal();
    ServerChangeContext all = context(diary);
    return execute_server_change(plan, all);
}

ServerChangeOutcome SyncBox::settle() {
    if (box.host == nullptr) lock();
    ServerJournal diary = journal();
    const std::vector<ServerRun> runs = diary.load();
    const ServerRun* run = unfinished_run(runs);
    REQUIRE(run != nullptr);
    ServerChangeContext all = context(diary);
    return settle_server_run(*run, box.server, all);
}

std::optional<ServerRunEnd> SyncBox::last_end() const {
    const std::vector<ServerRun> runs = journal().load();
    return runs.empty() ? std::nullopt : runs.back().end;
}

bool SyncBox::is_clean() const {
    const std::string backup = Path(plan.facts.backup_path).lexically_relative(box.state()).string();
    const std::vector<std::string> allowed{backup + "/backup", backup + "/password", "given", "restarted"};
    const std::vector<std::string> left = box.files_left();
    const auto is_there = [&](const std::string& name) {
        return std::find(left.begin(), left.end(), name) != left.end();
    };
    const bool needs_password = box.server.ums_id_store == UmsIdStoreKind::umsadmin_cli;
    if (is_there(allowed[0]) != (is_there(allowed[1]) || (!needs_password && is_there(allowed[0])))) return false;
    return std::all_of(left.begin(), left.end(), [&](const std::string& name) {
        return std::find(allowed.begin(), allowed.end(), name) != allowed.end();
    });
}

}  // namespace umsadm::test
