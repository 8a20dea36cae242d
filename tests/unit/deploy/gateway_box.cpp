#include "gateway_box.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "umsadm/base/tcp.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"
#include "umsadm/crypto/issue.hpp"
#include "umsadm/crypto/pem.hpp"
#include "umsadm/crypto/private_key.hpp"
#include "umsadm/remote/local_host.hpp"

namespace umsadm::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_any_size = 1024 * 1024;

// The real present: certificates of the tests are judged by nobody, but dates should look like dates.
UtcTime years_from(UtcTime time, int years) { return time + std::chrono::hours(24 * 365 * years); }

std::vector<Fingerprint> chain_of(std::string_view pem) {
    std::vector<Fingerprint> chain;
    for (const Certificate& certificate : read_pem_certificates(pem)) chain.push_back(certificate.fingerprint());
    return chain;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "umsadm-deploy-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    m_path = fs::canonical(pattern);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
}

UtcTime test_now() { return *parse_utc("2026-11-21T12:00:00Z"); }

void write_text(const Path& file, std::string_view text) { write_file(file, as_bytes(text), 0600, IfExists::replace); }

bool is_root_or_says_why() {
    if (::geteuid() == 0) return true;
    WARN("skipped: this test changes owners and runs scripts as root, and is not root");
    return false;
}

Identity make_identity(const std::string& name) {
    const KeySpec spec = KeySpec::parse("ec:p256");
    const PrivateKey root_key = PrivateKey::generate(spec);
    const PrivateKey key = PrivateKey::generate(spec);
    CertificateTemplate root;
    root.type = CertificateType::root;
    root.subject.common_name = name + " root";
    root.not_before = test_now();
    root.not_after = years_from(test_now(), 10);
    const Certificate issuer = issue_self_signed(root, root_key);
    CertificateTemplate leaf = root;
    leaf.type = CertificateType::end_entity;
    leaf.subject.common_name = name;
    leaf.hosts = parse_host_list("localhost;127.0.0.1");
    leaf.not_after = years_from(test_now(), 1);
    const Certificate certificate = issue(leaf, key, issuer, root_key);
    const std::string pem = std::string(key.to_pem().reveal()) + certificate.pem() + issuer.pem();
    return {to_bytes(as_bytes(pem)), chain_of(pem)};
}

Identity read_identity(const Path& file) {
    const std::string pem = read_text_file(file, k_any_size);
    return {to_bytes(as_bytes(pem)), chain_of(pem)};
}

std::string BoxFiles::restart_command() const {
    return fmt::format("cp -- {0} {1}.next && mv -fT -- {1}.next {1}", shell_quoted(live().string()),
                       shell_quoted(loaded().string()));
}

UpdatePlan BoxFiles::plan(std::uint16_t port) const {
    const Identity before = read_identity(identity("old"));
    const Identity after = read_identity(identity("new"));
    UpdatePlan plan;
    plan.gateway = "berlin";
    plan.facts.run = random_hex(8);
    plan.facts.started = test_now();
    plan.facts.user = "tester@here";
    plan.facts.live_path = live().string();
    plan.facts.staged_path = staged_path(plan.facts.live_path, plan.facts.run);
    plan.facts.backup_path = backup_path(plan.facts.live_path, test_now(), plan.facts.run);
    plan.facts.old_digest = sha256_hex(before.pem);
    plan.facts.new_digest = sha256_hex(after.pem);
    plan.facts.served_before = before.chain.front();
    plan.facts.old_leaf = before.chain.front();
    plan.facts.new_leaf = after.chain.front();
    plan.facts.health_required = true;
    plan.new_keystore = after.pem;
    plan.new_chain = after.chain;
    plan.endpoint = {"127.0.0.1", port};
    plan.restart_command = restart_command();
    plan.least_wait_back = std::chrono::seconds(0);
    plan.wait = std::chrono::seconds(0);  // our restart is over when its command is: one look is enough
    return plan;
}

std::vector<std::string> BoxFiles::files_beside_keystore() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(live().parent_path())) {
        if (entry.path() != live()) names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

Probe direct_probe() {
    return [](const ProbeRequest& request) { return probe_tls(connect_tcp, request); };
}

std::unique_ptr<RemoteHost> this_machine(const Cancellation* cancellation) {
    return open_local_host(nullptr, cancellation);
}

GatewayBox::GatewayBox()
    : files(Path()),
      old_identity(make_identity("old")),
      new_identity(make_identity("new")),
      probe(direct_probe()),
      m_server(m_folder.path()) {
    files.folder = m_folder.path();
    fs::create_directory(files.folder / "keys");
    fs::create_directory(files.folder / "journal");
    write_file(files.identity("old"), old_identity.pem, 0600, IfExists::replace);
    write_file(files.identity("new"), new_identity.pem, 0600, IfExists::replace);
    write_file(files.live(), old_identity.pem, 0640, IfExists::replace);
    write_file(files.loaded(), old_identity.pem, 0600, IfExists::replace);
    write_text(files.health(), "ok");
    plan = files.plan(m_server.port());
    host = this_machine(&cancellation);
    connect = [] { return this_machine(); };
    if (!host->lock_folder((files.folder / "keys").string())) throw std::runtime_error("the folder is locked");
}

ExecuteContext GatewayBox::context() {
    m_journal.emplace(journal());
    m_runs = m_journal->load();
    return {.host = host,
            .connect = connect,
            .journal = *m_journal,
            .earlier_runs = m_runs,
            .probe = probe,
            .progress =
                [this](std::string_view step) {
                    progress.emplace_back(step);
                    if (on_progress) on_progress(step);
                },
            .cancellation = &cancellation,
            .reconnect_for = reconnect_for};
}

Journal GatewayBox::journal() const { return {files.journal(), test_now}; }

Outcome GatewayBox::execute() {
    ExecuteContext execute_context = context();
    return execute_update(plan, execute_context);
}

Outcome GatewayBox::settle() {
    if (host == nullptr) {
        host = this_machine();
        REQUIRE(host->lock_folder((files.folder / "keys").string()));
    }
    const std::vector<JournalRun> runs = journal().load();
    const JournalRun* run = unfinished_run(runs);
    REQUIRE(run != nullptr);
    ExecuteContext execute_context = context();
    UpdatePlan plan_like;
    plan_like.endpoint = plan.endpoint;
    plan_like.restart_command = plan.restart_command;
    plan_like.health = plan.health;
    plan_like.wait = plan.wait;
    plan_like.least_wait_back = plan.least_wait_back;
    return settle_run(*run, plan_like, execute_context);
}

bool GatewayBox::lives(const Identity& identity) const { return read_file(files.live(), k_any_size) == identity.pem; }

bool GatewayBox::serves(const Identity& identity) const {
    const Probed probed =
        probe_tls(connect_tcp, {{"127.0.0.1", m_server.port()}, false, Deadline::in(std::chrono::seconds(5))});
    std::vector<Fingerprint> chain;
    for (const Certificate& certificate : probed.chain) chain.push_back(certificate.fingerprint());
    return chain == identity.chain;
}

std::optional<RunEnd> GatewayBox::last_end() const {
    const std::vector<JournalRun> runs = journal().load();
    return runs.empty() ? std::nullopt : runs.back().end;
}

}  // namespace umsadm::test
