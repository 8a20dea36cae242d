#include "lib/deploy/restart_command.hpp"

#include <algorithm>

#include "lib/deploy/script.hpp"

namespace umsadm {
namespace {

// What the command starts may keep its output open for ever, so that goes to a file and not to us. The umask of the
// host's own scripts is 022: a service started with ours would write logs that nobody may read.
constexpr std::string_view k_restart = R"sh(
log=$1 limit=$2
shift 2
rm -f -- "$log"
(set -C; : >"$log") 2>/dev/null || log=/dev/null
reason=
for command; do
    status=0
    (umask 022; exec timeout -k 5 "$limit" /bin/sh -c "$command") </dev/null >"$log" 2>&1 || status=$?
    [ "$status" -ne 0 ] || break
    words="exit status $status"
    if [ "$status" -eq 124 ]; then
        words="it did not end within $limit s"
    elif [ -s "$log" ]; then
        words=$(tail -c 2000 -- "$log" | grep -v '^[[:space:]]*$' | tail -n 1) || :
    fi
    reason="$reason${reason:+; }$words"
    [ "$status" -ne 124 ] || break
done
[ "$log" = /dev/null ] || rm -f -- "$log"
[ "$status" -eq 0 ] || { printf '%s\n' "$reason" >&2; exit "$status"; }
)sh";

}  // namespace

void run_restart_command(RemoteHost& host, std::string_view doing, const std::vector<std::string>& commands,
                         const std::string& log, std::chrono::seconds limit) {
    limit = std::max(limit, std::chrono::seconds(1));  // 0 would be no limit for timeout(1)
    const auto most = static_cast<std::chrono::seconds::rep>(commands.size());
    std::vector<std::string> args{log, std::to_string(limit.count())};
    args.insert(args.end(), commands.begin(), commands.end());
    // timeout(1) speaks first.
    run_script(host, doing,
               {.script = std::string(k_restart),
                .args = std::move(args),
                .timeout = most * (limit + std::chrono::seconds(15))});
}

}  // namespace umsadm
