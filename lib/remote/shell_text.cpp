#include "lib/remote/shell_text.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/rand.h>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

// The shell code below stands in single quotes when it passes the login shell, so it has no single quote, no backslash
// (fish), no exclamation mark and no line break (csh).
namespace umsadm::remote {
namespace {

// The root shell. $1 is the start token; the first line that it reads is the end token. Every message is a line
// "run SIZE INPUT", "then SIZE INPUT" or "lock SIZE -" and SIZE bytes of script or path, behind a script INPUT bytes of
// its input. "then" is "run" where the message before it ended with 0, and is passed over with its status otherwise.
// Any number of messages may be sent before their answers are read.
//
// `read` takes single bytes from a pipe and head(1) no more than it was asked for, so nothing is read ahead. A message
// that was cut short by a lost connection is not run. What a script leaves of its input is drained, so that the next
// message starts where it should.
//
// The two cat(1) pairs pass the output on. The first of a pair dies when nobody listens any more, the second goes on
// reading: so a script that prints after the connection was lost is not stopped by that.
//
// Descriptor 9 is the locked folder; no script inherits it.
constexpr std::string_view k_loop =
    R"sh(trap "" HUP; umask 077; cd /; HOME=~root; export HOME; )sh"
    R"sh({ { echo "$1"; IFS= read -r end || exit; )sh"
    R"sh(status=0; while read -r verb size input; do )sh"
    R"sh(text=$(head -c "$size"); [ "${#text}" = "$size" ] || exit; )sh"
    R"sh(case "$verb $status" in run*|lock*|"then 0") ;; *) head -c "$input" >/dev/null; verb=skip;; esac; )sh"
    R"sh(case "$verb $input" in )sh"
    R"sh(skip*) ;; lock*) if command exec 9<"$text"; then flock -n 9; status=$?; else status=2; fi;; )sh"
    R"sh(*" 0") /bin/sh -c "$text" umsadm </dev/null 9<&-; status=$?;; )sh"
    R"sh(*) head -c "$input" 9<&- | { /bin/sh -c "$text" umsadm; status=$?; cat >/dev/null; exit "$status"; } 9<&-; status=$?;; )sh"
    R"sh(esac; )sh"
    R"sh(echo "$end $status"; echo "$end 0" >&2; done; )sh"
    R"sh(} 2>&1 >&4 4>&- | { cat; exec cat >/dev/null; } >&2 4>&-; } 4>&1 | { cat; exec cat >/dev/null; })sh";

// $1: the loop, $2: start token, $3: prompt token.
constexpr std::string_view k_become_root = R"sh(LC_ALL=C; export PATH LC_ALL; )sh"
                                           R"sh(if [ "$(id -u)" = 0 ]; then exec /bin/sh -c "$1" umsadm "$2"; fi; )sh"
                                           R"sh(exec sudo -k -S -p "$3%p:" -- /bin/sh -c "$1" umsadm "$2")sh";

// script(1) gives sudo a terminal of its own to find, while input and output stay the binary-clean pipes that they
// were: a terminal of the SSH channel would mix output and error and change bytes. $4: the command of script(1).
constexpr std::string_view k_become_root_with_terminal =
    R"sh(LC_ALL=C; SHELL=/bin/sh; UMSADM_LOOP=$1; UMSADM_START=$2; UMSADM_PROMPT=$3; )sh"
    R"sh(export PATH LC_ALL SHELL UMSADM_LOOP UMSADM_START UMSADM_PROMPT; )sh"
    R"sh(command -v script >/dev/null || { echo "sudo: you must have a tty" >&2; exit 1; }; )sh"
    R"sh(exec script -qec "$4" /dev/null 3<&0 4>&1 5>&2 </dev/null >/dev/null 2>&1)sh";
constexpr std::string_view k_sudo_in_terminal =
    R"sh(exec sudo -k -S -p "$UMSADM_PROMPT%p:" -- /bin/sh -c "$UMSADM_LOOP" umsadm "$UMSADM_START" )sh"
    R"sh(<&3 >&4 2>&5 3<&- 4>&- 5>&-)sh";

std::string random_token(std::string_view purpose) {
    std::array<std::uint8_t, 16> bytes{};
    if (RAND_bytes(bytes.data(), bytes.size()) != 1) throw Error(Code::failed, "cannot make random bytes");
    return fmt::format("umsadm-{}-{}", purpose, hex_encode(bytes));
}

}  // namespace

ShellTokens ShellTokens::make() { return {random_token("start"), random_token("prompt"), random_token("end")}; }

std::vector<std::string> shell_arguments(const ShellTokens& tokens, Terminal terminal) {
    const bool plain = terminal == Terminal::none;
    std::vector<std::string> arguments{
        "/bin/sh",
        "-c",
        fmt::format("{}; {}", k_shell_path, plain ? k_become_root : k_become_root_with_terminal),
        "umsadm",
        std::string(k_loop),
        tokens.start,
        tokens.prompt};
    if (!plain) arguments.emplace_back(k_sudo_in_terminal);
    return arguments;
}

std::string shell_command_line(const ShellTokens& tokens, Terminal terminal) {
    std::string line = "exec";
    for (const std::string& argument : shell_arguments(tokens, terminal)) line += ' ' + shell_quoted(argument);
    return line;
}

}  // namespace umsadm::remote
