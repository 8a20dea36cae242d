#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/finding.hpp"
#include "umsadm/jobs/inventory.hpp"
#include "umsadm/registry/journal.hpp"

namespace umsadm {

// How long before its end a certificate is renewed, unless somebody says otherwise.
constexpr std::chrono::days k_renew_within{30};

// What was done on a gateway, oldest first.
struct GatewayHistory {
    std::string gateway;
    std::vector<JournalRun> runs;
};

enum class RenewalStep {
    nothing,  // it has what it should have, or it is not for umsadm to decide
    deploy,   // the site has a newer generation than the gateway: an earlier deployment failed, or never began
    issue,    // the next generation is made, then deployed
    cannot,   // it is due, and umsadm can do nothing about it
};

struct GatewayRenewal {
    std::string gateway;
    RenewalStep step = RenewalStep::nothing;
    // deploy: what goes there. issue: what the next generation is made of. Else what the gateway uses, or null when the
    // site does not have that.
    const StoredCertificate* certificate = nullptr;
    std::string reason;              // why so, for people
    std::optional<Finding> finding;  // cannot: what is in the way; a warning as long as there is time
};

// An authority above what gateways use that ends soon. Nobody renews it by a timer: devices have to learn of it.
struct AuthorityEnd {
    const StoredCertificate* authority = nullptr;
    Finding finding;
};

// It refers to the inventory.
struct RenewalPlan {
    std::vector<GatewayRenewal> gateways;       // in the order of the histories
    std::vector<const StoredCertificate*> due;  // what RenewalStep::issue names, each once
    std::vector<AuthorityEnd> authorities;

    bool has_work() const noexcept;  // something is issued or deployed
};

// Pure: what a renewal by a timer does on each gateway.
//
// Due is what ends within the time. A generation that was made by a renewal is never due before half of its life is
// over: else a certificate that lives shorter than `within` would be made anew by every call. What is in the site
// already and newer than what the gateway has is deployed instead of making another one, as long as it lasts; but not
// what somebody took back with a rollback, and not to a gateway that umsadm never deployed to.
RenewalPlan plan_renewals(const std::vector<GatewayHistory>& histories, const Inventory& inventory,
                          std::chrono::days within, UtcTime now);

}  // namespace umsadm
