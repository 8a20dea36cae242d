#include "umsadm/jobs/rollback_keystore.hpp"

#include <fmt/format.h>

#include "umsadm/base/text.hpp"
#include "umsadm/crypto/private_key.hpp"
#include "umsadm/crypto/rehearsal.hpp"
#include "umsadm/jobs/exchange_entry.hpp"

#include "lib/jobs/gateway_plan.hpp"

namespace umsadm {

Prepared prepare_rollback(const RollbackRequest& request, const RemoteState& state, const RemoteFile& backup,
                          const Probed& served) {
    const PresentKeystore old = read_present_keystore(backup, request.passwords, request.alias);
    const Certificate& leaf = old.chain.front();
    const Secret& password = request.passwords.key != nullptr ? *request.passwords.key : *request.passwords.store;
    const Secret pkcs8 = decrypt_entry_key(serving_entry(old.decoded.keystore, old.alias), password);
    rehearse_tls(PrivateKey::from_der(pkcs8.reveal_bytes()), old.chain);

    Prepared prepared;
    if (leaf.not_after() <= request.now) {
        prepared.findings.push_back({Severity::warning, "expired",
                                     fmt::format("the certificate of the backup, {}, has expired on {}",
                                                 in_quotes(leaf.subject()), format_utc(leaf.not_after()))});
    }
    const bool stored = backup.digest == state.keystore.digest;
    const bool is_served = !served.chain.empty() && served.chain.front() == leaf;
    if (stored && is_served) return prepared;

    prepared.need = stored ? UpdateNeed::restart_only : UpdateNeed::update;
    prepared.plan =
        make_plan(request.gateway, state, served, stored ? RunAction::restart : RunAction::rollback, old.chain);
    RunFacts& facts = prepared.plan.facts;
    facts.run = request.run;
    facts.started = request.now;
    facts.user = request.user;
    facts.old_leaf = facts.served_before;  // the present keystore is not looked into
    facts.restart = request.restart;
    facts.verify = request.verify;
    prepared.plan.keep_backups = request.keep_backups;
    if (!stored) set_new_keystore(prepared.plan, backup.content);
    return prepared;
}

}  // namespace umsadm
