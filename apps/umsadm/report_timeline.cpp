#include "report_timeline.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "local_time.hpp"
#include "report_elements.hpp"
#include "time_axis.hpp"
#include "timeline_rows.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_most_names = 5;
// A label of the scale needs so much of its width.
constexpr double k_label_width = 9;

struct Timeline {
    std::string_view id;
    std::string_view title;
    std::string_view what;  // one of the items
    std::vector<TimelineItem> items;
};

std::string at(double percent) { return fmt::format("{:.2f}%", percent); }

Look item_look(const TimelineItem& item) noexcept { return item.in_use ? look_of(item.expiry) : Look::plain; }

std::string sentence_about(const TimelineItem& item, UtcTime now) {
    const std::string detail = item.detail.empty() ? "" : ", " + shown_certificate(item.detail);
    return fmt::format("{}{}: {} to {}, {}{}", item.name, detail, format_local_date(item.from),
                       format_local_date(item.until), days_in_words(item.until, now), item.until > now ? " left" : "");
}

class TimelineTable {
public:
    TimelineTable(HtmlWriter& html, const Timeline& timeline, UtcTime now)
        : m_html(html), m_timeline(timeline), m_now(now), m_axis(time_axis(now, ends_of(timeline.items))) {}

    void write() {
        const std::string caption = "timeline-" + std::string(m_timeline.id);
        m_html.element("h3", {{"id", caption}}, m_timeline.title);
        m_html.element("table", {{"class", "timeline"}, {"aria-labelledby", caption}}, [&] {
            m_html.element("thead", {}, [&] { m_html.element("tr", {}, [&] { write_head(); }); });
            m_html.element("tbody", {}, [&] {
                for (const TimelineRow& row : timeline_rows(m_timeline.items)) write_row(row);
            });
        });
    }

private:
    static std::vector<UtcTime> ends_of(const std::vector<TimelineItem>& items) {
        std::vector<UtcTime> ends;
        for (const TimelineItem& item : items) ends.push_back(item.until);
        return ends;
    }

    void write_head() {
        m_html.element("th", {{"scope", "col"}}, "Name");
        m_html.element("th", {{"scope", "col"}}, "Ends");
        m_html.element("th", {{"scope", "col"}, {"class", "number"}}, "Left");
        m_html.element("th", {{"scope", "col"}, {"class", "scale"}}, [&] {
            write_unseen(m_html, "From now until its end");
            m_html.element("svg", {{"aria-hidden", "true"}}, [&] { write_scale(); });
        });
    }

    void write_scale() {
        const double now = m_axis.percent(m_now);
        m_html.element("text", {{"class", "today"}, {"x", at(now)}, {"y", "15"}}, "today");
        bool odd = false;
        for (const AxisTick& tick : m_axis.ticks) {
            const double x = m_axis.percent(tick.time);
            odd = !odd;
            if (std::abs(x - now) < k_label_width || x < k_label_width / 2 || x > 100 - k_label_width / 2) continue;
            m_html.element("text", {{"class", odd ? "odd" : ""}, {"x", at(x)}, {"y", "15"}}, tick.label);
        }
    }

    void write_row(const TimelineRow& row) {
        const TimelineItem& first = row.items.front();
        m_html.element("tr", {{"class", look_class(item_look(first))}}, [&] {
            m_html.element("th", {{"scope", "row"}}, [&] { write_name(row); });
            m_html.element("td", {{"class", "date"}}, [&] {
                if (!row.period.empty()) m_html.text("from ");
                write_date(m_html, first.until);
            });
            m_html.element("td", {{"class", "number left"}}, days_in_words(first.until, m_now));
            m_html.element("td", {{"class", "bar"}}, [&] {
                m_html.element("svg", {{"role", "img"}}, [&] {
                    if (row.period.empty()) {
                        write_bar(first);
                    } else {
                        write_group(row);
                    }
                });
            });
        });
    }

    void write_name(const TimelineRow& row) {
        if (row.period.empty()) {
            m_html.foreign(row.items.front().name);
            if (row.items.front().detail.empty()) return;
            m_html.text(" ");
            m_html.element("small", {}, [&] { m_html.foreign(shown_certificate(row.items.front().detail)); });
            return;
        }
        m_html.text(fmt::format("{}: {}", row.period, counted(row.items.size(), m_timeline.what)));
        m_html.text(" ");
        m_html.element("small", {}, [&] { write_names(row.items); });
    }

    void write_names(const std::vector<TimelineItem>& items) {
        // "and 1 more" is longer than most names.
        const std::size_t shown = items.size() <= k_most_names + 1 ? items.size() : k_most_names;
        for (std::size_t number = 0; number < shown; ++number) {
            if (number != 0) m_html.text(", ");
            m_html.foreign(items[number].name);
        }
        if (shown < items.size()) m_html.text(fmt::format(" and {} more", items.size() - shown));
    }

    void write_grid() {
        for (const AxisTick& tick : m_axis.ticks) write_line("grid", tick.time);
        write_line("today", m_now);
    }

    void write_line(const std::string& name, UtcTime time) {
        const std::string x = at(m_axis.percent(time));
        m_html.empty_element("line", {{"class", name}, {"x1", x}, {"x2", x}, {"y1", "0"}, {"y2", "100%"}});
    }

    void write_bar(const TimelineItem& item) {
        m_html.element("title", {}, sentence_about(item, m_now));
        write_grid();
        const std::string look = look_class(item_look(item));
        write_stretch("past " + look, item.from, std::min(item.until, m_now));
        write_stretch("coming " + look, std::max(item.from, m_now), item.until);
        write_end(item);
    }

    void write_stretch(const std::string& name, UtcTime from, UtcTime until) {
        const double left = m_axis.percent(from);
        const double width = m_axis.percent(until) - left;
        if (from >= until || width <= 0) return;
        m_html.empty_element("rect",
                             {{"class", name}, {"x", at(left)}, {"y", "50%"}, {"width", at(width)}, {"height", "8"}});
    }

    // The shape at the end; beyond an edge of the scale an arrow head that points there.
    void write_end(const TimelineItem& item) {
        m_html.element("svg", {{"class", "end"}, {"x", at(m_axis.percent(item.until))}, {"y", "50%"}}, [&] {
            if (item.until > m_axis.end || item.until < m_axis.begin) {
                m_html.empty_element("path", {{"class", "beyond " + look_class(item_look(item))},
                                              {"d", item.until > m_axis.end ? "M-9-5-3 0-9 5" : "M9-5 3 0 9 5"}});
            } else {
                draw_shape(m_html, item_look(item));
            }
        });
    }

    void write_group(const TimelineRow& row) {
        m_html.element(
            "title", {},
            fmt::format("{}: {}, {} to {}", row.period, counted(row.items.size(), m_timeline.what),
                        format_local_date(row.items.front().until), format_local_date(row.items.back().until)));
        write_grid();
        for (const TimelineItem& item : row.items) write_end(item);
    }

    HtmlWriter& m_html;
    const Timeline& m_timeline;
    UtcTime m_now;
    TimeAxis m_axis;
};

Timeline of_gateways(const SiteStatus& status) {
    Timeline timeline{"gateways", "Certificates of the gateways", "gateway", {}};
    for (const GatewayStatus& gateway : status.gateways) {
        if (!gateway.certificate) continue;
        const UtcTime end = gateway.certificate->not_after();
        timeline.items.push_back(
            {gateway.name, gateway.certificate_name, gateway.certificate->not_before(), end, status.expiry(end)});
    }
    return timeline;
}

Timeline of_authorities(const SiteStatus& status) {
    Timeline timeline{"authorities", "Roots, intermediates and the Main UMS ID", "certificate", {}};
    for (const CertificateStatus& one : status.certificates) {
        if (one.type == CertificateType::end_entity) continue;
        const Certificate& certificate = one.stored->certificate;
        const std::string use = one.gateways == 0 ? "for no gateway" : "for " + counted(one.gateways, "gateway");
        timeline.items.push_back({one.stored->label(), fmt::format("{}, {}", certificate_type_name(one.type), use),
                                  certificate.not_before(), certificate.not_after(),
                                  status.expiry(certificate.not_after()), one.gateways != 0});
    }
    if (status.main_ums_id) {
        const UtcTime end = status.main_ums_id->not_after();
        timeline.items.push_back({"Main UMS ID", {}, status.main_ums_id->not_before(), end, status.expiry(end)});
    }
    return timeline;
}

void write_legend(HtmlWriter& html, long soon_days) {
    html.element("p", {{"class", "legend"}}, [&] {
        write_state(html, Look::good, "lasts");
        write_state(html, Look::warning,
                    fmt::format("ends within {}", counted(static_cast<std::size_t>(soon_days), "day")));
        write_state(html, Look::bad, "has ended");
        write_state(html, Look::plain, "in no use");
    });
}

}  // namespace

void write_timelines(HtmlWriter& html, const SiteStatus& status) {
    bool any = false;
    for (const Timeline& timeline : {of_gateways(status), of_authorities(status)}) {
        if (timeline.items.empty()) continue;
        TimelineTable(html, timeline, status.time).write();
        any = true;
    }
    if (any) {
        write_legend(html, status.soon_days);
    } else {
        html.element("p", {{"class", "nothing"}}, "No certificate is known yet.");
    }
}

}  // namespace umsadm::app
