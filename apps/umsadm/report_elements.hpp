#pragma once

#include <optional>
#include <string>

#include "umsadm/base/fingerprint.hpp"
#include "umsadm/base/time.hpp"
#include "umsadm/jobs/site_status.hpp"

#include "html_writer.hpp"

namespace umsadm::app {

// How something looks on the page: a colour, and a shape for who does not see it.
enum class Look { good, warning, bad, unknown, plain };

Look look_of(Severity severity) noexcept;
Look look_of(Expiry expiry) noexcept;
std::string look_class(Look look);  // of the style sheet: "good", ...

// The shape alone. It says nothing that does not stand beside it in words.
void write_shape(HtmlWriter& html, Look look);
// The same as a part of a drawing, around the point (0, 0) of it.
void draw_shape(HtmlWriter& html, Look look);
// The shape and a word.
void write_state(HtmlWriter& html, Look look, std::string_view word);

void write_time(HtmlWriter& html, UtcTime time);  // local time, to the minute
void write_date(HtmlWriter& html, UtcTime time);  // local date
// A certificate by its name; where that is a fingerprint, by the start of it. "-" without one.
void write_certificate(HtmlWriter& html, const std::string& name, const std::optional<Fingerprint>& fingerprint);
// For screen readers only.
void write_unseen(HtmlWriter& html, std::string_view text);

std::string shown_certificate(const std::string& name);
std::string days_in_words(UtcTime end, UtcTime now);           // "364 days", "1 day", "9.9 years", "12 days ago"
std::string counted(std::size_t count, std::string_view one);  // "1 gateway", "2 gateways"

}  // namespace umsadm::app
