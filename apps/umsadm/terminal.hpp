#pragma once

#include <string_view>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/secret.hpp"

namespace umsadm::app {

// Asks for a secret on the terminal of the process (/dev/tty, wherever the standard descriptors go) with the echo off;
// the terminal is as before afterwards, also after an interruption. Throws Code::needs_answer when there is no terminal
// or it was closed, Code::interrupted when the user interrupted.
Secret ask_secret(std::string_view question, const Cancellation& cancellation);

}  // namespace umsadm::app
