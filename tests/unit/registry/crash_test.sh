#!/usr/bin/env bash
# crash_test.sh CHANGE_SITE CHANGE...: kills each change of a site at every system call, and makes every system call fail.
#
# After each: the site can be read, holds the old or the new state and nothing between, and the same change works
# afterwards and clears what was left. A change that says that it failed has not happened, unless it says that only the
# durability is unknown. Also checks the order of fsync and rename.
set -euo pipefail

change_site=$1
shift
changes=("$@")
strace=$(command -v strace) || { echo "skipped: strace is not installed"; exit 77; }
# In memory where possible: the faults are made, so the disk only costs time.
work=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$work"' EXIT
# The leak check of the sanitizers cannot run below a tracer.
export ASAN_OPTIONS=detect_leaks=0

"$strace" -o "$work/probe" true 2>/dev/null || { echo "skipped: this machine does not allow tracing"; exit 77; }

points=0
fail() {
    echo "FAILED: $change, $1" >&2
    failures=$((failures + 1))
}
failures=0

show() { "$change_site" show "$1" 2>&1 || echo "unreadable"; }
leftovers() { find "$1" -name '.tmp-*' | wc -l; }
audit_lines() { if [ -e "$1/audit.jsonl" ]; then wc -l <"$1/audit.jsonl"; else echo 0; fi; }
# What a site says, with its audit log.
state_of() { [ -e "$1/site.json" ] && show "$1" && echo "audit $(audit_lines "$1")" || echo "no site"; }

# The system calls of a change after its start, as "NAME NUMBER" with the number counted over the whole run.
points_of() {
    awk '{ line = $0; sub(/\(.*/, "", $1); name = $1; count[name]++
           if (begun && name ~ /^(openat|mkdir|mkdirat|write|fsync|fchmod|chmod|rename|renameat|renameat2|ftruncate|fcntl|getrandom|unlinkat|lseek|pread64|read)$/)
               print name, count[name], (name ~ /^(mkdir|mkdirat|write|fsync|f?chmod|ftruncate|unlinkat)$/ || name ~ /^rename/ || line ~ /O_CREAT/) ? "changes" : "looks"
           if (name == "getppid") begun = 1 }' "$1"
}

# Every renamed file was synced after its last write, and a folder is synced after the last rename or mkdir.
check_order() {
    awk '/^(write|pwrite64)\(/ { dirty = 1 }
         /^fsync\(/ { dirty = 0; unsynced = 0 }
         /^(rename|renameat|renameat2)\(/ { if (dirty) { print "a rename before the fsync of its file"; exit } unsynced = 1 }
         /^(mkdir|mkdirat)\(.* = 0$/ { unsynced = 1 }
         END { if (unsynced) print "no fsync of the folder at the end" }' "$1"
}

# prepare CHANGE FOLDER: a site as it is before this change.
prepare() {
    local before=()
    case $1 in
        init) return ;;
        gateway-edit | gateway-remove) before=(init gateway-add) ;;
        key) before=(init certificate-without-key) ;;
        key-replace | key-in-token | delete) before=(init certificate) ;;
        request-remove) before=(init request) ;;
        journal) before=(init journal-first) ;;
        server-remove) before=(init server-add) ;;
        ums-id-replace | ums-id-without-key) before=(init ums-id) ;;
        ums-id-key) before=(init ums-id ums-id-without-key) ;;
        ums-id-forget) before=(init ums-id-register) ;;
        *) before=(init) ;;
    esac
    local step
    for step in "${before[@]}"; do
        if [ "$step" = journal-first ]; then
            printf '{"torn' >"$2/journal/gateways/berlin.jsonl"
        else
            "$change_site" "$step" "$2"
        fi
    done
}

again_works() {
    local site=$1 why=$2
    # A UMS ID counts before its files are at their places: the next run brings them there.
    if [ "$state" != "$new" ] || [ -e "$site/ums-id/incoming" ]; then
        "$change_site" "$change" "$site" 2>"$work/again" || fail "$why: the next run failed: $(cat "$work/again")"
        [ "$(state_of "$site")" = "$new" ] || fail "$why: the next run did not do it"
        [ "$(leftovers "$site")" = 0 ] || fail "$why: the next run left drafts"
        [ ! -e "$site/ums-id/incoming" ] || fail "$why: the next run did not bring the files to their places"
    fi
}

# Sets `state`.
old_or_new() {
    state=$(state_of "$1")
    [ "$state" = "$old" ] || [ "$state" = "$new" ] || fail "$2: the site is neither old nor new: $state"
}

fresh() {
    rm -rf "$work/site"
    [ ! -e "$work/before" ] || cp -a "$work/before" "$work/site"
}

kill_at() {
    local call=$1 number=$2 rc=0
    fresh
    # In a shell of its own, which is where bash complains of the kill.
    ("$strace" -f -o /dev/null -e "inject=$call:signal=SIGKILL:when=$number" "$change_site" "$change" "$work/site"; exit $?) 2>/dev/null || rc=$?
    [ $rc = 137 ] || { fail "it was not killed at $call $number (exit code $rc)"; return; }
    points=$((points + 1))
    old_or_new "$work/site" "killed at $call $number"
    again_works "$work/site" "killed at $call $number"
}

fail_at() {
    local call=$1 number=$2 error=$3 rc=0
    fresh
    "$strace" -f -o "$work/injected" -e "inject=$call:error=$error:when=$number" "$change_site" "$change" "$work/site" 2>"$work/stderr" || rc=$?
    grep -q INJECTED "$work/injected" || { fail "$error of $call $number did not happen"; return; }
    points=$((points + 1))
    old_or_new "$work/site" "$error of $call $number"
    case $rc in
        0) [ "$state" = "$new" ] || fail "$error of $call $number: it said done, and it was not" ;;
        1) [ -s "$work/stderr" ] || fail "$error of $call $number: failed without a message"
           if [ "$state" = "$new" ] && ! grep -q "unknown whether" "$work/stderr"; then
               fail "$error of $call $number: it said failed, and it was done: $(cat "$work/stderr")"
           fi
           # A folder that was replaced stays until it is sure that the new one is there.
           [ "$change" = init ] || [[ $change = key-* && $state = "$new" ]] || [ "$(leftovers "$work/site")" = 0 ] || fail "$error of $call $number: a draft was left" ;;
        *) fail "$error of $call $number: exit code $rc" ;;
    esac
    again_works "$work/site" "$error of $call $number"
}

errors_of() {
    case $1 in
        write) echo "ENOSPC EINTR" ;;
        fsync | rename | renameat | renameat2) echo "EIO" ;;
        openat) echo "EMFILE" ;;
        mkdir | mkdirat) echo "ENOSPC" ;;
        unlinkat) echo "EIO" ;;
        fcntl) echo "ENOLCK EINTR" ;;
        fchmod | chmod) echo "EPERM" ;;
        getrandom) echo "ENOSYS" ;;
        ftruncate | lseek | pread64 | read) echo "EIO" ;;
    esac
}

for change in "${changes[@]}"; do
    rm -rf "$work/before" "$work/site"
    prepare "$change" "$work/before"
    fresh
    old=$(state_of "$work/site")
    "$strace" -f -o "$work/trace.raw" "$change_site" "$change" "$work/site"
    sed 's/^[0-9]* *//' "$work/trace.raw" >"$work/trace"
    new=$(state_of "$work/site")
    [ "$old" != "$new" ] || fail "it changes nothing"
    order=$(check_order "$work/trace")
    [ -z "$order" ] || fail "$order"
    points_of "$work/trace" >"$work/points"
    [ -s "$work/points" ] || fail "no system calls were seen"
    while read -r call number kind; do
        # Killed before a call that only looks is the same as killed before the next one that changes something.
        [ "$kind" = looks ] || kill_at "$call" "$number"
        for error in $(errors_of "$call"); do fail_at "$call" "$number" "$error"; done
    done <"$work/points"
done

echo "$points faults, $failures failures"
[ "$failures" = 0 ]
