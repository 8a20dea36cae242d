#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "report_elements.hpp"
#include "report_tables.hpp"

namespace umsadm::app {
namespace {

// More that need no attention are folded away.
constexpr std::size_t k_shown = 12;

using Gateways = std::vector<const GatewayStatus*>;

Look state_look(ServedState state) noexcept {
    switch (state) {
        case ServedState::as_installed: return Look::good;
        case ServedState::differs:
        case ServedState::nothing_served: return Look::bad;
        case ServedState::unknown: return Look::unknown;
        case ServedState::never_deployed:
        case ServedState::not_asked: break;
    }
    return Look::plain;
}

std::string words_of(ServedState state) {
    std::string words(served_state_name(state));
    std::replace(words.begin(), words.end(), '-', ' ');
    return words;
}

// The gravest that is said about each gateway; who is not here needs no attention.
std::map<std::string, Severity> gravest_remarks(const SiteStatus& status) {
    std::map<std::string, Severity> gravest;
    for (const Remark& remark : status.remarks) {
        if (remark.kind != "gateway" || remark.finding.severity == Severity::info) continue;
        gravest.emplace(remark.name, remark.finding.severity);
    }
    return gravest;
}

// Like a cell above it, it is not read again: what is the same on the left is told in a quieter colour.
void write_compared(HtmlWriter& html, const char* label, const std::string& name,
                    const std::optional<Fingerprint>& fingerprint, const std::string& left) {
    html.element("td", {{"data-label", label}, {"class", name == left ? "same" : ""}},
                 [&] { write_certificate(html, name, fingerprint); });
}

// By what a rollout selects it, and with whom it is never worked on at the same time.
void write_labels(HtmlWriter& html, const GatewayStatus& gateway) {
    if (gateway.labels.empty() && gateway.group.empty()) return;
    html.text(" ");
    html.element("small", {{"class", "labels"}}, [&] {
        for (const auto& [key, value] : gateway.labels) {
            const std::string label = fmt::format("{}={}", key, value);
            html.element("span", {}, [&] { html.foreign(label); });
            html.text(" ");
        }
        if (gateway.group.empty()) return;
        html.element("span", {}, [&] {
            html.text("group ");
            html.foreign(gateway.group);
        });
    });
}

class GatewayTable {
public:
    GatewayTable(HtmlWriter& html, const SiteStatus& status) : m_html(html), m_status(status) {}

    void write(const Gateways& gateways) {
        m_html.element("table", {{"class", "cards gateways"}}, [&] {
            m_html.element("thead", {}, [&] {
                m_html.element("tr", {}, [&] {
                    for (const char* const head : {"Gateway", "State", "Serves", "Installed", "The site has", "Ends"}) {
                        m_html.element("th", {{"scope", "col"}}, head);
                    }
                    m_html.element("th", {{"scope", "col"}, {"class", "number"}}, "Left");
                    m_html.element("th", {{"scope", "col"}}, "Health");
                    m_html.element("th", {{"scope", "col"}}, "Last verified");
                });
            });
            m_html.element("tbody", {}, [&] {
                for (const GatewayStatus* const gateway : gateways) {
                    m_html.element("tr", {}, [&] { write_row(*gateway); });
                }
            });
        });
    }

private:
    void write_row(const GatewayStatus& gateway) {
        m_html.element("th", {{"scope", "row"}}, [&] {
            m_html.foreign(gateway.name);
            m_html.text(" ");
            m_html.element("small", {}, [&] { m_html.foreign(gateway.endpoint); });
            write_labels(m_html, gateway);
        });
        m_html.element("td", {{"data-label", "State"}},
                       [&] { write_state(m_html, state_look(gateway.state), words_of(gateway.state)); });
        const std::string served = gateway.served ? gateway.certificate_name : "";
        const std::string newest = gateway.newest == nullptr ? "" : gateway.newest->label();
        m_html.element("td", {{"data-label", "Serves"}}, [&] { write_certificate(m_html, served, gateway.served); });
        write_compared(m_html, "Installed", gateway.installed_name, gateway.installed, served);
        write_compared(m_html, "The site has", newest,
                       gateway.newest == nullptr ? std::nullopt : std::optional(gateway.newest->record.fingerprint),
                       gateway.installed_name);
        write_end(gateway);
        m_html.element("td", {{"data-label", "Health"}}, gateway.health ? health_name(*gateway.health) : "-");
        m_html.element("td", {{"data-label", "Last verified"}}, [&] {
            if (gateway.last_verified) {
                write_time(m_html, *gateway.last_verified);
            } else {
                m_html.text(gateway.installed ? "never" : "-");
            }
        });
    }

    void write_end(const GatewayStatus& gateway) {
        if (!gateway.certificate) {
            m_html.element("td", {{"data-label", "Ends"}}, "-");
            m_html.element("td", {{"data-label", "Left"}, {"class", "number"}}, "-");
            return;
        }
        const UtcTime end = gateway.certificate->not_after();
        m_html.element("td", {{"data-label", "Ends"}, {"class", "date"}}, [&] { write_date(m_html, end); });
        m_html.element("td", {{"data-label", "Left"}, {"class", "number " + look_class(look_of(m_status.expiry(end)))}},
                       days_in_words(end, m_status.time));
    }

    HtmlWriter& m_html;
    const SiteStatus& m_status;
};

void write_counts(HtmlWriter& html, const SiteStatus& status) {
    constexpr std::array k_states{ServedState::differs,        ServedState::nothing_served, ServedState::unknown,
                                  ServedState::never_deployed, ServedState::as_installed,   ServedState::not_asked};
    html.element("p", {{"class", "legend"}}, [&] {
        for (const ServedState state : k_states) {
            const auto count = std::count_if(status.gateways.begin(), status.gateways.end(),
                                             [&](const GatewayStatus& gateway) { return gateway.state == state; });
            if (count != 0) write_state(html, state_look(state), fmt::format("{}: {}", words_of(state), count));
        }
    });
}

}  // namespace

void write_gateways(HtmlWriter& html, const SiteStatus& status) {
    if (status.gateways.empty()) {
        html.element("p", {{"class", "nothing"}}, "The site has no gateway yet.");
        return;
    }
    const auto gravest = gravest_remarks(status);
    Gateways first;
    Gateways others;
    for (const Severity severity : {Severity::error, Severity::warning}) {
        for (const GatewayStatus& gateway : status.gateways) {
            const auto found = gravest.find(gateway.name);
            if (found != gravest.end() && found->second == severity) first.push_back(&gateway);
        }
    }
    for (const GatewayStatus& gateway : status.gateways) {
        if (!gravest.contains(gateway.name)) others.push_back(&gateway);
    }
    GatewayTable table(html, status);
    write_counts(html, status);
    const bool folded = others.size() > k_shown;
    if (!folded) first.insert(first.end(), others.begin(), others.end());
    if (!first.empty()) table.write(first);
    if (!folded) return;
    html.element("details", {}, [&] {
        html.element("summary", {}, counted(others.size(), "gateway") + " that need no attention");
        table.write(others);
    });
}

}  // namespace umsadm::app
