#pragma once

#include <string>
#include <string_view>

namespace umsadm::app {

// Text of foreign origin for an HTML page that is well-formed XML too, as content and in a quoted attribute: markup is
// escaped, and nothing in it is invisible or turns the direction of what is around it. Control characters and bytes
// that are not UTF-8 become \xNN, as on a terminal; the others \uNNNN.
std::string html_text(std::string_view text);

}  // namespace umsadm::app
