#pragma once

#include "umsadm/base/error.hpp"

namespace umsadm::app {

// What the program ends with. Scripts depend on the numbers.
enum class ExitCode : int {
    done = 0,            // also when there was nothing to do
    failed = 1,          // nothing changed
    usage = 2,           // the command line is wrong
    not_found = 3,       // no such thing
    refused = 4,         // a check says no
    no_access = 5,       // no connection, login or host key refused
    restored = 6,        // failed, the old state is back
    restore_failed = 7,  // failed and could not be put back: act now
    interrupted = 130,
};

ExitCode exit_code(Code code) noexcept;

// The code of a run over several targets: the highest of any; an interruption never hides a failed restore.
ExitCode worst(ExitCode a, ExitCode b) noexcept;

}  // namespace umsadm::app
