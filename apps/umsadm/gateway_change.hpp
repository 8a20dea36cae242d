#pragma once

#include <optional>

#include "umsadm/base/file_lock.hpp"
#include "umsadm/registry/journal.hpp"

#include "gateway_session.hpp"

namespace umsadm::app {

// A gateway opened for a change: nobody else changes it, here (a lock in the site) or from another site (a lock on its
// keystore's folder), and a run that was killed before is settled.
class GatewayChange {
public:
    // Connects, looks, locks, settles. Throws Code::busy when somebody else is at work on this gateway.
    GatewayChange(Context& context, const Site& site, Gateway gateway);

    GatewaySession& session() noexcept { return m_session; }
    const RemoteState& state() { return m_session.state(); }
    const std::vector<JournalRun>& runs() const noexcept { return m_runs; }
    // What became of a run that was found cut off; empty when there was none.
    const Findings& settled() const noexcept { return m_settled; }

    // Takes the plan's steps; audited and journalled.
    Outcome execute(const UpdatePlan& plan, std::string_view action);
    // The certificate was found stored and served: it counts as used from now on, if it did not.
    void record_current(const Fingerprint& leaf);

private:
    ExecuteContext execute_context();
    void settle(const JournalRun& unfinished);
    void audit(std::string_view action, Outcome& outcome, const std::string& reason);

    Context& m_context;
    const Site& m_site;
    Cancellation m_never;  // the way back goes on after the user interrupted
    FileLock m_lock;
    Journal m_journal;
    GatewaySession m_session;
    std::vector<JournalRun> m_runs;
    Findings m_settled;
};

// Notes in the journal that `facts.new_leaf` was seen served, without a change, so that it counts as used.
void record_seen(Journal& journal, RunFacts facts, Context& context);

// The journal of a gateway, for reading.
std::vector<JournalRun> load_journal(const Site& site, std::string_view gateway);

// What a reading command says about a run that has no end yet: it is under way, or it was cut off. Empty: there is
// none.
std::optional<std::string> describe_open_run(const Context& context, const Site& site, const std::string& gateway);

}  // namespace umsadm::app
