#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "umsadm/jobs/site_status.hpp"

namespace umsadm {

// Collects what there is to say about a site, and how many days are left of what is in use.
class StatusRemarks {
public:
    StatusRemarks(UtcTime now, long soon_days) : m_now(now), m_soon_days(soon_days) {}

    void add(Remark remark) { m_remarks.push_back(std::move(remark)); }
    // Judges the end of a certificate that is in use. `whose`: how the sentence begins; `next`: what renews it.
    void judge_end(std::string_view kind, const std::string& name, const std::string& whose,
                   const Certificate& certificate, const std::string& next);

    // Moves all of it to the status: errors first, then warnings, else in the order in which it was found.
    void hand_over(SiteStatus& status) &&;

private:
    UtcTime m_now;
    long m_soon_days;
    std::vector<Remark> m_remarks;
    std::optional<long> m_fewest_days_left;
};

GatewayStatus judge_gateway(const GatewayFacts& facts, const Inventory& inventory, UtcTime now, StatusRemarks& remarks);

// The certificates that count, with the number of `gateways` that depend on each.
std::vector<CertificateStatus> judge_certificates(const Inventory& inventory,
                                                  const std::vector<GatewayStatus>& gateways, StatusRemarks& remarks);

}  // namespace umsadm
