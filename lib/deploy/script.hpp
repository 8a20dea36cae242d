#pragma once

#include <string_view>

#include "umsadm/base/error.hpp"
#include "umsadm/remote/remote_host.hpp"

namespace umsadm {

// `digest FILE` prints the SHA-256 of a regular file, or "missing". Read by a redirection: sha256sum would escape an
// odd name in its output.
constexpr std::string_view k_digest_function = R"sh(
digest() {
    if [ -f "$1" ]; then sum=$(sha256sum <"$1"); printf '%s' "${sum%% *}"; else printf missing; fi
}
)sh";

// The Error for a script that ended with another exit status than 0: "cannot <doing>: <its last words on stderr>".
Error script_error(std::string_view doing, const CommandResult& result);

// Runs a script that has to end with 0. Throws script_error() otherwise.
CommandResult run_script(RemoteHost& host, std::string_view doing, const Command& command);

}  // namespace umsadm
