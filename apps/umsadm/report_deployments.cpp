#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "report_elements.hpp"
#include "report_tables.hpp"

namespace umsadm::app {
namespace {

Look look_of(const DeploymentRecord& record) noexcept {
    if (!record.outcome) return Look::warning;
    switch (*record.outcome) {
        case RunOutcome::updated:
        case RunOutcome::already_current: return Look::good;
        case RunOutcome::restore_failed: return Look::bad;
        case RunOutcome::restored:
        case RunOutcome::failed: return Look::warning;
        default: return Look::plain;
    }
}

std::string outcome_of(const DeploymentRecord& record) {
    if (!record.outcome) return "no end yet";
    std::string words(outcome_name(*record.outcome));
    std::replace(words.begin(), words.end(), '-', ' ');
    return words;
}

// Below the outcome: why it failed, or why it was done all the same.
void write_why(HtmlWriter& html, const std::string& before, const std::string& text) {
    if (text.empty()) return;
    html.text(" ");
    html.element("small", {}, [&] {
        html.text(before);
        html.foreign(text);
    });
}

void write_row(HtmlWriter& html, const DeploymentRecord& record) {
    html.element("th", {{"scope", "row"}, {"class", "date"}}, [&] { write_time(html, record.started); });
    html.element("td", {{"data-label", "Gateway"}}, [&] { html.foreign(record.gateway); });
    html.element("td", {{"data-label", "What"}}, action_name(record.action));
    html.element("td", {{"data-label", "Outcome"}}, [&] {
        write_state(html, look_of(record), outcome_of(record));
        if (record.outcome == RunOutcome::installed && !record.verified) write_why(html, "", "not verified");
        write_why(html, "", record.error);
        write_why(html, "forced: ", record.reason);
    });
    html.element("td", {{"data-label", "Old certificate"}},
                 [&] { write_certificate(html, record.before_name, record.before); });
    html.element("td", {{"data-label", "New certificate"}},
                 [&] { write_certificate(html, record.after_name, record.after); });
    html.element("td", {{"data-label", "By"}}, [&] { html.foreign(record.user.empty() ? "-" : record.user); });
}

}  // namespace

void write_deployments(HtmlWriter& html, const LatestDeployments& deployments) {
    if (deployments.items.empty()) {
        html.element("p", {{"class", "nothing"}}, "Nothing was deployed yet.");
        return;
    }
    html.element("table", {{"class", "cards deployments"}}, [&] {
        html.element("thead", {}, [&] {
            html.element("tr", {}, [&] {
                for (const char* const head :
                     {"Began", "Gateway", "What", "Outcome", "Old certificate", "New certificate", "By"}) {
                    html.element("th", {{"scope", "col"}}, head);
                }
            });
        });
        html.element("tbody", {}, [&] {
            for (const DeploymentRecord& record : deployments.items) {
                html.element("tr", {}, [&] { write_row(html, record); });
            }
        });
    });
    if (deployments.total > deployments.items.size()) {
        html.element("p", {{"class", "nothing"}},
                     fmt::format("The newest {} of {}. \"umsadm keystore history\" shows all of a gateway.",
                                 deployments.items.size(), deployments.total));
    }
}

}  // namespace umsadm::app
