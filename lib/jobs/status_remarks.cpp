#include "lib/jobs/status_remarks.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace umsadm {

void StatusRemarks::judge_end(std::string_view kind, const std::string& name, const std::string& whose,
                              const Certificate& certificate, const std::string& next) {
    const UtcTime end = certificate.not_after();
    const long left = days_left(end, m_now);
    m_fewest_days_left = std::min(left, m_fewest_days_left.value_or(left));
    const std::string when = format_utc(end);
    const Expiry expiry = expiry_of(end, m_now, m_soon_days);
    if (expiry == Expiry::expired) {
        add({kind, name, {Severity::error, "expired", fmt::format("{} has expired on {}", whose, when)}, false, next});
    } else if (expiry == Expiry::soon) {
        const std::string text = fmt::format("{} ends on {}, in {} day{}", whose, when, left, left == 1 ? "" : "s");
        add({kind, name, {Severity::warning, "expires-soon", text}, false, next});
    }
}

void StatusRemarks::hand_over(SiteStatus& status) && {
    std::stable_sort(m_remarks.begin(), m_remarks.end(),
                     [](const Remark& a, const Remark& b) { return a.finding.severity < b.finding.severity; });
    status.remarks = std::move(m_remarks);
    status.fewest_days_left = m_fewest_days_left;
}

}  // namespace umsadm
