#include "report_page.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "local_time.hpp"
#include "report_attention.hpp"
#include "report_elements.hpp"
#include "report_style.hpp"
#include "report_tables.hpp"
#include "report_timeline.hpp"

namespace umsadm::app {
namespace {

constexpr std::string_view k_policy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

struct Section {
    std::string id;
    std::string_view title;
    void (*write)(HtmlWriter&, const Report&);
};

const std::array<Section, 5> k_sections{
    {{"attention", "Needs attention", [](HtmlWriter& html, const Report& r) { write_attention(html, r.status); }},
     {"timeline", "What ends when", [](HtmlWriter& html, const Report& r) { write_timelines(html, r.status); }},
     {"gateways", "Gateways", [](HtmlWriter& html, const Report& r) { write_gateways(html, r.status); }},
     {"servers", "UMS ID", [](HtmlWriter& html, const Report& r) { write_servers(html, r.status); }},
     {"deployments", "Last deployments",
      [](HtmlWriter& html, const Report& r) { write_deployments(html, r.deployments); }}}};

void write_head(HtmlWriter& html, const Report& report) {
    html.empty_element("meta", {{"charset", "utf-8"}});
    html.empty_element("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", std::string(k_policy)}});
    html.empty_element("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    html.empty_element("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
    html.empty_element("meta", {{"name", "referrer"}, {"content", "no-referrer"}});
    html.empty_element("meta", {{"name", "robots"}, {"content", "noindex, nofollow"}});
    html.element("title", {}, fmt::format("{} - {}", report.title, format_local_date(report.status.time)));
    html.style_sheet(report_style());
}

// A number and what it counts.
void write_figure(HtmlWriter& html, const std::string& number, const std::string& what, const std::string& more) {
    html.element("li", {}, [&] {
        html.element("strong", {}, number);
        html.text(" ");
        html.element("span", {}, what);
        html.text(" ");
        if (!more.empty()) html.element("small", {}, more);
    });
}

void write_gateway_figure(HtmlWriter& html, const SiteStatus& status) {
    const auto count = [&](ServedState state) {
        return std::count_if(status.gateways.begin(), status.gateways.end(),
                             [state](const GatewayStatus& gateway) { return gateway.state == state; });
    };
    const std::string more =
        status.offline ? "not asked" : fmt::format("{} as installed", count(ServedState::as_installed));
    const std::size_t all = status.gateways.size();
    write_figure(html, std::to_string(all), all == 1 ? "gateway" : "gateways", all == 0 ? "" : more);
}

void write_server_figure(HtmlWriter& html, const SiteStatus& status) {
    const auto in_sync = std::count_if(status.servers.begin(), status.servers.end(), [](const ServerStatus& server) {
        return server.ums_id == UmsIdStatus::main || server.ums_id == UmsIdStatus::in_sync;
    });
    const std::size_t all = status.servers.size();
    write_figure(html, std::to_string(all), all == 1 ? "UMS Server" : "UMS Servers",
                 all == 0 ? "" : fmt::format("{} with the Main UMS ID", in_sync));
}

void write_end_figure(HtmlWriter& html, const SiteStatus& status) {
    if (!status.fewest_days_left) return;
    const long left = *status.fewest_days_left;
    const auto days = static_cast<std::size_t>(left < 0 ? -left : left);
    write_figure(html, std::to_string(days), days == 1 ? "day" : "days",
                 left < 0 ? "since something in use ended" : "until something in use ends");
}

void write_header(HtmlWriter& html, const Report& report) {
    const SiteStatus& status = report.status;
    html.element("h1", {}, [&] { html.foreign(report.title); });
    html.element("p", {{"class", "when"}}, [&] {
        html.text("As of ");
        html.element("time", {{"datetime", format_utc(status.time)}}, format_local(status.time));
        html.text(status.offline ? ". Offline: nobody was asked, this is what the site knows."
                                 : ". Gateways and servers were asked.");
    });
    write_verdict(html, status);
    html.element("ul", {{"class", "figures"}}, [&] {
        write_gateway_figure(html, status);
        write_server_figure(html, status);
        write_end_figure(html, status);
    });
    html.element("nav", {{"aria-label", "Parts of this page"}}, [&] {
        for (const Section& section : k_sections) {
            html.element("a", {{"href", "#" + section.id}}, section.title);
            html.text(" ");
        }
    });
}

void write_section(HtmlWriter& html, const Section& section, const Report& report) {
    html.element("section", {{"class", "part"}, {"aria-labelledby", section.id}}, [&] {
        html.element("h2", {{"id", section.id}}, section.title);
        section.write(html, report);
    });
}

}  // namespace

std::string report_page(const Report& report) {
    HtmlWriter html;
    html.element("html", {{"lang", "en"}}, [&] {
        html.element("head", {}, [&] { write_head(html, report); });
        html.element("body", {}, [&] {
            html.element("header", {}, [&] { write_header(html, report); });
            html.element("main", {}, [&] {
                for (const Section& section : k_sections) write_section(html, section, report);
            });
            html.element("footer", {}, [&] {
                html.element("p", {}, [&] {
                    html.text(report.made_by + ", site ");
                    html.foreign(report.site);
                    html.text(". Times are those of the machine that made this page.");
                });
            });
        });
    });
    return std::move(html).page();
}

}  // namespace umsadm::app
