#include "lib/jobs/gateway_plan.hpp"

#include <chrono>
#include <utility>

#include "umsadm/crypto/digest.hpp"

namespace umsadm {

UpdatePlan make_plan(const Gateway& gateway, const RemoteState& state, const Probed& served, RunAction action,
                     const std::vector<Certificate>& chain) {
    UpdatePlan plan;
    plan.gateway = gateway.name;
    for (const Certificate& certificate : chain) plan.new_chain.push_back(certificate.fingerprint());
    plan.endpoint = {gateway.host, gateway.port};
    plan.restart_command = restart_command_of(gateway, state.has_systemd_service);
    plan.health = gateway.health;
    plan.wait = std::chrono::seconds(gateway.wait_seconds);

    RunFacts& facts = plan.facts;
    facts.action = action;
    facts.live_path = state.keystore.path;
    facts.old_digest = state.keystore.digest;
    facts.new_digest = state.keystore.digest;
    if (!served.chain.empty()) facts.served_before = served.chain.front().fingerprint();
    facts.new_leaf = chain.front().fingerprint();
    const bool health_was_there = served.health != Health::absent && served.health != Health::unknown;
    facts.health_required =
        gateway.health == HealthRule::require || (gateway.health == HealthRule::automatic && health_was_there);
    return plan;
}

void set_new_keystore(UpdatePlan& plan, Bytes file) {
    RunFacts& facts = plan.facts;
    facts.new_digest = sha256_hex(file);
    facts.staged_path = staged_path(facts.live_path, facts.run);
    facts.backup_path = backup_path(facts.live_path, facts.started, facts.run);
    plan.new_keystore = std::move(file);
}

}  // namespace umsadm
