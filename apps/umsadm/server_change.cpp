#include "server_change.hpp"

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/registry/audit.hpp"

#include "login.hpp"

namespace umsadm::app {
namespace {

// The shell of a run that has just ended may hold the lock for a moment.
constexpr std::chrono::seconds k_lock_patience{3};

void lock_remote(RemoteHost& host, const Server& server, const Cancellation& cancellation) {
    const Deadline deadline = Deadline::in(k_lock_patience, &cancellation);
    while (!lock_server(host, server)) {
        if (deadline.passed()) {
            throw Error(Code::busy,
                        fmt::format("another umsadm is changing the UMS ID of server {}", in_quotes(server.name)),
                        "wait until it is done, then look again with \"umsadm id show\"");
        }
        sleep_for(std::chrono::milliseconds(200), deadline);
    }
}

}  // namespace

ServerChange::ServerChange(Context& context, const Site& site, Server server)
    : m_context(context),
      m_site(site),
      m_journal(site.server_journal(server.name), context.now),
      m_session(context, std::move(server)) {
    lock_remote(m_session.host(), m_session.server(), context.cancellation);
}

ServerChangeContext ServerChange::change_context() {
    return {
        .host = m_session.host_handle(),
        .connect =
            [this] {
                Context undisturbed = m_context.listening_to(m_never);
                return undisturbed.connect(login_target(m_session.server()), undisturbed);
            },
        .journal = m_journal,
        .identify = [this](const UmsIdReading& reading) { return m_session.identify(reading).fingerprint; },
        .probe = m_session.probe_of_change(),
        .progress = [this](std::string_view step) { m_context.out.step(step); },
        .cancellation = &m_context.cancellation,
    };
}

std::optional<ServerChangeOutcome> ServerChange::settle() {
    const auto runs = m_journal.load();
    const ServerRun* const unfinished = unfinished_run(runs);
    if (unfinished == nullptr) return std::nullopt;
    const std::string server = in_quotes(m_session.server().name);
    m_context.out.note(fmt::format("server {}: a run of {} by {} was cut off; it is settled first", server,
                                   format_utc(unfinished->facts.started), printable(unfinished->facts.user)));
    ServerChangeContext context = change_context();
    ServerChangeOutcome outcome = settle_server_run(*unfinished, m_session.server(), context);
    audit("settle", outcome);
    m_context.out.note(fmt::format("server {}: settled, {}{}", server, outcome_name(outcome.result),
                                   outcome.error ? ": " + outcome.error->message() : std::string()));
    if (outcome.left_open) {
        throw outcome.error ? *outcome.error : Error(Code::failed, "the run that was cut off could not be settled");
    }
    return outcome;
}

std::string ServerChange::backup_folder(std::string_view run) const {
    return fmt::format("{}/backups/{}-{}", m_session.server().state_path, format_utc_compact(m_context.now()), run);
}

ServerChangeOutcome ServerChange::execute(const ServerChangePlan& plan, std::string_view action) {
    ServerChangeContext context = change_context();
    ServerChangeOutcome outcome = execute_server_change(plan, context);
    audit(action, outcome);
    return outcome;
}

void ServerChange::audit(std::string_view action, ServerChangeOutcome& outcome) {
    try {
        append_audit(m_site, {.time = m_context.now(),
                              .user = m_context.user,
                              .action = std::string(action),
                              .subject = m_session.server().name,
                              .old_fingerprint = outcome.old_fingerprint,
                              .new_fingerprint = outcome.new_fingerprint,
                              .result = std::string(outcome_name(outcome.result)),
                              .reason = {},
                              .ticket = m_context.ticket});
    } catch (const Error& error) {
        // The server is as the outcome says; a record that cannot be written never changes that, but it is said.
        if (!outcome.error) {
            outcome.error = Error(Code::not_recorded, "done, but not recorded in the audit log: " + error.message());
        }
    }
}

}  // namespace umsadm::app
