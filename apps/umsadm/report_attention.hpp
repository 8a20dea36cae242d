#pragma once

#include "umsadm/jobs/site_status.hpp"

#include "html_writer.hpp"

namespace umsadm::app {

// One sentence: whether all is well.
void write_verdict(HtmlWriter& html, const SiteStatus& status);

// The remarks of the status, the gravest first, those of the same kind together, with what they mean and what to type.
void write_attention(HtmlWriter& html, const SiteStatus& status);

}  // namespace umsadm::app
