#include "report_elements.hpp"

#include <fmt/format.h>

#include "local_time.hpp"

namespace umsadm::app {
namespace {

constexpr long k_days_of_years = 730;  // beyond that nobody counts days
constexpr std::size_t k_start_of_fingerprint = 11;

// Shapes in a square of 12 by 12.
void write_path(HtmlWriter& html, Look look) {
    switch (look) {
        case Look::good: return html.empty_element("circle", {{"cx", "6"}, {"cy", "6"}, {"r", "4.5"}});
        case Look::warning: return html.empty_element("path", {{"d", "M6 .8 11.6 10.8H.4Z"}});
        case Look::bad: return html.empty_element("path", {{"d", "M6 .3 11.7 6 6 11.7 .3 6Z"}});
        case Look::unknown:
            return html.empty_element("circle", {{"class", "open"}, {"cx", "6"}, {"cy", "6"}, {"r", "4"}});
        case Look::plain: return html.empty_element("circle", {{"cx", "6"}, {"cy", "6"}, {"r", "2.5"}});
    }
}

}  // namespace

Look look_of(Severity severity) noexcept {
    if (severity == Severity::error) return Look::bad;
    return severity == Severity::warning ? Look::warning : Look::plain;
}

Look look_of(Expiry expiry) noexcept {
    if (expiry == Expiry::expired) return Look::bad;
    return expiry == Expiry::soon ? Look::warning : Look::good;
}

std::string look_class(Look look) {
    switch (look) {
        case Look::good: return "good";
        case Look::warning: return "warning";
        case Look::bad: return "bad";
        case Look::unknown: return "unknown";
        case Look::plain: break;
    }
    return "plain";
}

void write_shape(HtmlWriter& html, Look look) {
    html.element("svg", {{"class", "shape " + look_class(look)}, {"viewBox", "0 0 12 12"}, {"aria-hidden", "true"}},
                 [&] { write_path(html, look); });
}

void draw_shape(HtmlWriter& html, Look look) {
    html.element("g", {{"class", "shape " + look_class(look)}, {"transform", "translate(-6 -6)"}},
                 [&] { write_path(html, look); });
}

void write_state(HtmlWriter& html, Look look, std::string_view word) {
    html.element("span", {{"class", "state " + look_class(look)}}, [&] {
        write_shape(html, look);
        html.element("span", {}, word);
    });
}

void write_time(HtmlWriter& html, UtcTime time) {
    const std::string text = format_local(time);  // "2027-11-21 23:59:59 CET"
    html.element("time", {{"datetime", format_utc(time)}, {"title", text}}, text.substr(0, text.rfind(' ') - 3));
}

void write_date(HtmlWriter& html, UtcTime time) {
    html.element("time", {{"datetime", format_utc(time)}, {"title", format_local(time)}}, format_local_date(time));
}

void write_certificate(HtmlWriter& html, const std::string& name, const std::optional<Fingerprint>& fingerprint) {
    if (name.empty()) return html.text("-");
    html.element("bdi", {{"title", fingerprint ? "SHA-256 " + fingerprint->to_string() : ""}}, shown_certificate(name));
}

void write_unseen(HtmlWriter& html, std::string_view text) { html.element("span", {{"class", "unseen"}}, text); }

std::string shown_certificate(const std::string& name) {
    // A name that is chosen may look like anything; a fingerprint in full is what only a missing name leaves.
    const auto fingerprint = Fingerprint::parse(name);
    if (!fingerprint || fingerprint->to_string() != name) return name;
    return name.substr(0, k_start_of_fingerprint) + "\u2026";
}

std::string days_in_words(UtcTime end, UtcTime now) {
    const long left = days_left(end, now);
    if (left < 0) return counted(static_cast<std::size_t>(-left), "day") + " ago";
    if (left > k_days_of_years) return fmt::format("{:.1f} years", static_cast<double>(left) / 365.25);
    return counted(static_cast<std::size_t>(left), "day");
}

std::string counted(std::size_t count, std::string_view one) {
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

}  // namespace umsadm::app
