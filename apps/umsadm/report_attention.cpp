#include "report_attention.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "umsadm/pki/rule_book.hpp"

#include "report_elements.hpp"

namespace umsadm::app {
namespace {

// More of a kind than these are folded away.
constexpr std::size_t k_shown = 8;

using Remarks = std::vector<const Remark*>;

// In the order in which the first of each appears: the gravest first.
std::vector<Remarks> by_kind(const std::vector<Remark>& all) {
    std::vector<Remarks> groups;
    for (const Remark& remark : all) {
        const auto found = std::find_if(groups.begin(), groups.end(), [&](const Remarks& group) {
            return group.front()->kind == remark.kind && group.front()->finding.code == remark.finding.code &&
                   group.front()->finding.severity == remark.finding.severity;
        });
        if (found == groups.end()) {
            groups.push_back({&remark});
        } else {
            found->push_back(&remark);
        }
    }
    return groups;
}

std::string count_of(const Remarks& group) {
    if (group.front()->kind == "ums-id") return "Main UMS ID";
    return counted(group.size(), group.front()->kind);
}

void write_rows(HtmlWriter& html, const Remarks& group, std::size_t from, std::size_t until) {
    html.element("table", {{"class", "remarks"}}, [&] {
        html.element("thead", {}, [&] {
            html.element("tr", {}, [&] {
                for (const char* const head : {"Name", "What it is", "What to type"}) {
                    html.element("th", {{"scope", "col"}}, [&] { write_unseen(html, head); });
                }
            });
        });
        html.element("tbody", {}, [&] {
            for (std::size_t number = from; number < until; ++number) {
                const Remark& remark = *group[number];
                html.element("tr", {}, [&] {
                    html.element("th", {{"scope", "row"}},
                                 [&] { html.foreign(remark.name.empty() ? "Main UMS ID" : remark.name); });
                    html.element("td", {}, [&] { html.foreign(remark.finding.text); });
                    html.element("td", {{"class", "next"}}, [&] {
                        if (!remark.next.empty()) html.element("code", {}, remark.next);
                    });
                });
            }
        });
    });
}

// What a rule says about gateways is nothing about a server or the Main UMS ID.
std::string_view consequence_of(const Remark& remark) {
    const Rule* const rule = find_rule(remark.finding.code);
    if (rule == nullptr || remark.finding.severity == Severity::info) return {};
    const bool of_ums = remark.kind == "server" || remark.kind == "ums-id";
    return of_ums && rule->consequence.find("gateway") != std::string_view::npos ? std::string_view()
                                                                                 : rule->consequence;
}

void write_group(HtmlWriter& html, const Remarks& group) {
    const Finding& finding = group.front()->finding;
    html.element("section", {{"class", "remark " + look_class(look_of(finding.severity))}}, [&] {
        html.element("h3", {}, [&] {
            write_state(html, look_of(finding.severity), severity_name(finding.severity));
            html.text(" ");
            html.element("code", {}, finding.code);
            html.text(" ");
            html.element("span", {{"class", "count"}}, count_of(group));
        });
        if (const std::string_view consequence = consequence_of(*group.front()); !consequence.empty()) {
            html.element("p", {}, fmt::format("Consequence: {}", consequence));
        }
        const std::size_t shown = group.size() <= k_shown + 1 ? group.size() : k_shown;
        write_rows(html, group, 0, shown);
        if (shown == group.size()) return;
        html.element("details", {}, [&] {
            html.element("summary", {}, fmt::format("{} more", group.size() - shown));
            write_rows(html, group, shown, group.size());
        });
    });
}

std::string verdict_text(const SiteStatus& status) {
    const std::size_t errors = status.count(Severity::error);
    const std::size_t warnings = status.count(Severity::warning);
    if (errors != 0 && warnings != 0) {
        return fmt::format("{} and {} need attention", counted(errors, "error"), counted(warnings, "warning"));
    }
    if (errors != 0) return fmt::format("{} need{} attention", counted(errors, "error"), errors == 1 ? "s" : "");
    if (warnings != 0) {
        return fmt::format("{} need{} attention", counted(warnings, "warning"), warnings == 1 ? "s" : "");
    }
    if (status.gateways.empty() && status.servers.empty()) return "The site has neither a gateway nor a server yet";
    return status.offline ? "Nothing needs attention, as far as the site knows" : "Nothing needs attention";
}

Look verdict_look(const SiteStatus& status) {
    if (status.count(Severity::error) != 0) return Look::bad;
    if (status.count(Severity::warning) != 0) return Look::warning;
    return status.gateways.empty() && status.servers.empty() ? Look::unknown : Look::good;
}

}  // namespace

void write_verdict(HtmlWriter& html, const SiteStatus& status) {
    const Look look = verdict_look(status);
    html.element("p", {{"class", "verdict " + look_class(look)}}, [&] {
        write_shape(html, look);
        html.element("strong", {}, verdict_text(status));
    });
}

void write_attention(HtmlWriter& html, const SiteStatus& status) {
    if (status.remarks.empty()) {
        html.element("p", {{"class", "nothing"}}, "Nothing.");
        return;
    }
    for (const Remarks& group : by_kind(status.remarks)) write_group(html, group);
}

}  // namespace umsadm::app
