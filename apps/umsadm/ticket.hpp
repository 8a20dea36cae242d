#pragma once

#include <string>

namespace umsadm::app {

// The name of a change request, as the audit log takes it: one printable line of at most 200 characters, without blanks
// at its ends. Throws Code::usage.
std::string parse_ticket(const std::string& text);

}  // namespace umsadm::app
