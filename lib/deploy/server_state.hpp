#pragma once

#include <string_view>

#include "umsadm/registry/server.hpp"
#include "umsadm/remote/remote_host.hpp"

namespace umsadm {

// What the scripts know of a server's state folder:
//   backups/TIME-RUN/   replaced UMS IDs
//   transit-ID/         private keys on their way, while a script that holds its lock runs
//   given               touched when umsadmin-cli was given a UMS ID
//   restarted           touched when we restarted the server
//   restart.log         what the restart says, while it runs
//
// `refuse_foreign_folder STATE` ends the script when it is not root's, or holds something else: whatever is left in it
// is removed, and nobody else may look into it, so it must not be a folder that others use.
// `state_folder STATE` makes it if it is missing, and refuses a foreign one.
// `open_transit FOLDER` makes a transit folder that goes when the script ends, however that is. Only SIGKILL leaves it,
// and unlocked: then the next lock_server() removes it.
constexpr std::string_view k_state_functions = R"sh(
refuse_foreign_folder() {
    [ "$(stat -L -c %u -- "$1")" = 0 ] || { printf 'the state folder %s is not owned by root\n' "$1" >&2; exit 1; }
    for inside in "$1"/* "$1"/.[!.]*; do
        [ -e "$inside" ] || [ -L "$inside" ] || continue
        case ${inside##*/} in
            backups | transit-* | given | restarted | restart.log) ;;
            *)
                printf 'the state folder %s holds %s: it has to be a folder of its own\n' "$1" "${inside##*/}" >&2
                exit 1
                ;;
        esac
    done
}
state_folder() {
    mkdir -p -- "$1"
    refuse_foreign_folder "$1"
    chmod 0700 -- "$1"
}
open_transit() {
    state_folder "${1%/*}"
    transit=$1
    trap 'rm -rf -- "$transit"' EXIT
    trap 'exit 1' INT TERM
    mkdir -- "$transit"
    exec 8<"$transit"
    flock 8
}
)sh";

// `pending FILE STATE PORT` succeeds when FILE, a UMS ID or the stamp "given", is newer than the start of the process
// that listens on the web port: that still works with what was there before. Where nobody listens, our last restart
// counts. Times are in hundredths of a second, as the kernel counts (USER_HZ is 100 wherever a UMS runs).
//
// Of several processes the oldest counts: "not pending" is never a guess. Process 1 listens for others.
constexpr std::string_view k_pending_function = R"sh(
changed_at() {
    changed=$(stat -L -c %.2Y -- "$1")
    printf '%s' "${changed%.*}${changed#*.}"
}
started_at() {
    hex=$(printf ':%04X' "$1")
    now=$(date +%s%N)
    read -r uptime rest </proc/uptime
    booted=$((${now%???????} - ${uptime%.*}${uptime#*.}))
    oldest=
    for socket in $(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        awk -v port="$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10 }'); do
        for found in $(find /proc/[0-9]*/fd -maxdepth 1 -lname "socket:\[$socket\]" 2>/dev/null || :); do
            process=${found%/fd/*}
            [ "$process" != /proc/1 ] || continue
            facts=$(cat "$process/stat" 2>/dev/null) || continue
            set -- ${facts##*) }
            start=$((booted + ${20}))
            if [ -z "$oldest" ] || [ "$start" -lt "$oldest" ]; then oldest=$start; fi
        done
    done
    printf '%s' "$oldest"
}
pending() {
    [ -e "$1" ] || return 1
    given=$(changed_at "$1")
    since=$(started_at "$3")
    if [ -z "$since" ] && [ -e "$2/restarted" ]; then since=$(changed_at "$2/restarted"); fi
    [ -z "$since" ] || [ "$given" -gt "$since" ]
}
)sh";

// Touches the stamp "restarted".
void note_restart(RemoteHost& host, const Server& server);

}  // namespace umsadm
