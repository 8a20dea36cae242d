#pragma once

#include <string>

namespace umsadm::app {

// The style sheet of the report: light, dark, narrow and on paper. It refers to nothing outside of the page.
std::string report_style();

}  // namespace umsadm::app
