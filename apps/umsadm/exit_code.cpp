#include "exit_code.hpp"

#include <algorithm>

namespace umsadm::app {

ExitCode exit_code(Code code) noexcept {
    switch (code) {
        case Code::failed:
        case Code::busy:
        case Code::invalid_data:
        case Code::not_recorded: return ExitCode::failed;
        case Code::usage:
        case Code::ambiguous:
        case Code::needs_answer: return ExitCode::usage;
        case Code::not_found: return ExitCode::not_found;
        case Code::refused: return ExitCode::refused;
        case Code::unreachable:
        case Code::login_refused:
        case Code::host_key: return ExitCode::no_access;
        case Code::restored: return ExitCode::restored;
        case Code::restore_failed: return ExitCode::restore_failed;
        case Code::interrupted: return ExitCode::interrupted;
    }
    return ExitCode::failed;
}

ExitCode worst(ExitCode a, ExitCode b) noexcept {
    if (a == ExitCode::restore_failed || b == ExitCode::restore_failed) return ExitCode::restore_failed;
    return std::max(a, b);
}

}  // namespace umsadm::app
