#include "gateway_change.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"
#include "umsadm/registry/audit.hpp"

#include "login.hpp"
#include "open_run.hpp"

namespace umsadm::app {
namespace {

// The shell of a run that has just ended may hold the lock for a moment.
constexpr std::chrono::seconds k_lock_patience{3};

std::string folder_of(const std::string& path) { return Path(path).parent_path().string(); }

void lock_remote(RemoteHost& host, const std::string& keystore, const Gateway& gateway,
                 const Cancellation& cancellation) {
    const Deadline deadline = Deadline::in(k_lock_patience, &cancellation);
    while (!host.lock_folder(folder_of(keystore))) {
        if (deadline.passed()) {
            throw Error(Code::busy,
                        fmt::format("another umsadm is changing the keystore of gateway {}", in_quotes(gateway.name)),
                        "wait until it is done, then look again with \"umsadm keystore verify\"");
        }
        sleep_for(std::chrono::milliseconds(200), deadline);
    }
}

UpdatePlan plan_to_settle(const Gateway& gateway, RemoteHost& host) {
    UpdatePlan plan;
    plan.gateway = gateway.name;
    plan.endpoint = {gateway.host, gateway.port};
    plan.restart_command = restart_command_of(gateway, has_vendor_service(host));
    plan.health = gateway.health;
    plan.wait = std::chrono::seconds(gateway.wait_seconds);
    return plan;
}

}  // namespace

GatewayChange::GatewayChange(Context& context, const Site& site, Gateway gateway)
    : m_context(context),
      m_site(site),
      m_lock(site.lock_gateway(gateway.name, context.lock_deadline())),
      m_journal(site.gateway_journal(gateway.name), context.now),
      m_session(context, std::move(gateway), Purpose::change),
      m_runs(m_journal.load()) {
    // Settled before anything is read there: the run that was cut off may be why it cannot be read.
    if (const JournalRun* unfinished = unfinished_run(m_runs)) {
        lock_remote(m_session.host(), unfinished->facts.live_path, m_session.gateway(), context.cancellation);
        settle(*unfinished);
    } else {
        m_session.begin_look();
    }
    lock_remote(m_session.host(), state().keystore.path, m_session.gateway(), context.cancellation);
}

void GatewayChange::settle(const JournalRun& unfinished) {
    const Gateway& gateway = m_session.gateway();
    m_context.out.note(fmt::format("gateway {}: a run of {} by {} was cut off; it is settled first",
                                   in_quotes(gateway.name), format_utc(unfinished.facts.started),
                                   printable(unfinished.facts.user)));
    ExecuteContext execute = execute_context();
    Outcome outcome = settle_run(unfinished, plan_to_settle(gateway, m_session.host()), execute);
    audit("settle", outcome, {});
    m_context.out.note(fmt::format("gateway {}: settled, {}{}", in_quotes(gateway.name), outcome_name(outcome.result),
                                   outcome.error ? ": " + outcome.error->message() : std::string()));
    if (outcome.left_open || outcome.result == RunOutcome::restore_failed) throw *outcome.error;
    m_settled.push_back(
        {Severity::warning, "run-settled",
         fmt::format("the run of {} that was cut off is settled: {}{}", format_utc(unfinished.facts.started),
                     outcome_name(outcome.result), outcome.error ? ", " + outcome.error->message() : std::string())});
    m_runs = m_journal.load();
    m_session.observe();
}

ExecuteContext GatewayChange::execute_context() {
    return {
        .host = m_session.host_handle(),
        .connect =
            [this] {
                Context undisturbed = m_context.listening_to(m_never);
                return undisturbed.connect(login_target(m_session.gateway()), undisturbed);
            },
        .journal = m_journal,
        .earlier_runs = m_runs,
        .probe = m_session.probe_of_change(),
        .progress = [this](std::string_view step) { m_context.out.step(step); },
        .cancellation = &m_context.cancellation,
    };
}

Outcome GatewayChange::execute(const UpdatePlan& plan, std::string_view action) {
    ExecuteContext context = execute_context();
    Outcome outcome = execute_update(plan, context);
    audit(action, outcome, plan.facts.reason);
    return outcome;
}

void GatewayChange::audit(std::string_view action, Outcome& outcome, const std::string& reason) {
    try {
        append_audit(m_site, {.time = m_context.now(),
                              .user = m_context.user,
                              .action = std::string(action),
                              .subject = m_session.gateway().name,
                              .old_fingerprint = outcome.old_leaf,
                              .new_fingerprint = outcome.new_leaf,
                              .result = std::string(outcome_name(outcome.result)),
                              .reason = reason,
                              .ticket = m_context.ticket});
    } catch (const Error& error) {
        // The gateway is as the outcome says; a record that cannot be written never changes that, but it is said.
        if (!outcome.error) {
            outcome.error =
                Error(Code::not_recorded, "deployed, but not recorded in the audit log: " + error.message());
        }
    }
}

void GatewayChange::record_current(const Fingerprint& leaf) {
    if (used_certificate(m_runs) == leaf) return;
    RunFacts facts;
    facts.live_path = state().keystore.path;
    facts.new_digest = state().keystore.digest;
    facts.new_leaf = leaf;
    record_seen(m_journal, facts, m_context);
}

void record_seen(Journal& journal, RunFacts facts, Context& context) {
    facts.run = random_hex(8);
    facts.action = RunAction::verify;
    facts.started = context.now();
    facts.user = context.user;
    facts.staged_path.clear();
    facts.backup_path.clear();
    facts.old_digest = facts.new_digest;
    facts.served_before = facts.new_leaf;
    facts.old_leaf = facts.new_leaf;
    facts.restart = false;
    facts.reason.clear();
    journal.begin(facts);
    journal.end(facts.run, RunOutcome::already_current, true);
}

std::vector<JournalRun> load_journal(const Site& site, std::string_view gateway) {
    return Journal(site.gateway_journal(gateway), {}).load();
}

std::optional<std::string> describe_open_run(const Context& context, const Site& site, const std::string& gateway) {
    const auto runs = load_journal(site, gateway);
    const JournalRun* const run = unfinished_run(runs);
    if (run == nullptr) return std::nullopt;
    return describe(context, {"gateway", gateway, run->facts.started, run->facts.user, "the next update"},
                    [&](const Deadline& deadline) { return site.lock_gateway(gateway, deadline); });
}

}  // namespace umsadm::app
