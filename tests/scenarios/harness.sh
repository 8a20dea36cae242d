# Words for scenarios. Each scenario is a function scenario_..., run in a folder of its own; the first expectation that
# is not met ends it. "$umsadm" is the program, UMSADM_SITE an own site (made by new_site).
# shellcheck shell=bash disable=SC2154

begin_scenario() {
    cd "$1" || return 1
    unset XDG_CONFIG_HOME NO_COLOR
    export HOME=$1 UMSADM_SITE=$1/site TZ=UTC LC_ALL=C.UTF-8 TERM=xterm
}

fail() {
    echo "expected: $*"
    echo "--- command: umsadm ${last_command:-}"
    echo "--- exit code: ${exit_code:-}"
    echo "--- standard output:" && head -c 4000 stdout 2>/dev/null
    echo "--- standard error:" && head -c 4000 stderr 2>/dev/null
    exit 1
}

# run ARGS...: runs umsadm without a terminal, under the command of the array "wrapper" if there is one; then look at it
# with expect_...
wrapper=()
run() {
    last_command=$*
    exit_code=0
    setsid --wait "${wrapper[@]}" "$umsadm" "$@" >stdout 2>stderr </dev/null || exit_code=$?
    cat stdout stderr >>all_output
}

# run_ok ARGS...: the same, and it has to succeed.
run_ok() {
    run "$@"
    expect_exit 0
}

# on_terminal ARGS... <<SCRIPT: runs umsadm on a terminal, with what an expect script says to it.
on_terminal() {
    {
        echo "set timeout 20"
        printf 'spawn -noecho {%s}' "$umsadm"
        printf ' {%s}' "$@"
        echo
        cat
        # shellcheck disable=SC2016
        echo 'expect eof; lassign [wait] pid id os_error value; exit $value'
    } >talk.exp
    exit_code=0
    expect talk.exp >stdout 2>stderr || exit_code=$?
    last_command=$*
}

expect_exit() { [ "$exit_code" -eq "$1" ] || fail "exit code $1"; }
expect_stdout() { grep -qF -- "$1" stdout || fail "\"$1\" on standard output"; }
expect_stderr() { grep -qF -- "$1" stderr || fail "\"$1\" on standard error"; }
expect_not_stdout() { ! grep -qF -- "$1" stdout || fail "no \"$1\" on standard output"; }
expect_not_stderr() { ! grep -qF -- "$1" stderr || fail "no \"$1\" on standard error"; }
expect_stdout_matches() { grep -qE -- "$1" stdout || fail "a line that matches $1 on standard output"; }
expect_not_stdout_matches() { ! grep -qE -- "$1" stdout || fail "no line that matches $1 on standard output"; }
expect_no_stdout() { [ ! -s stdout ] || fail "nothing on standard output"; }
expect_no_stderr() { [ ! -s stderr ] || fail "nothing on standard error"; }
expect_same() { [ "$1" = "$2" ] || fail "\"$2\" instead of \"$1\""; }
expect_lines() { [ "$(wc -l <stdout)" -eq "$1" ] || fail "$1 lines on standard output"; }

# expect_json [POINTER VALUE]: standard output is one JSON document, and VALUE stands at the JSON pointer.
expect_json() { "$check_json" stdout "$@" || fail "JSON with $*"; }
json() { "$check_json" stdout "$1"; }

# expect_error CODE TEXT: the exit code, and one error with this text.
expect_error() {
    expect_exit "$1"
    expect_stderr "umsadm: error: "
    expect_stderr "$2"
    [ "$(grep -c '^umsadm: error: ' stderr)" -eq 1 ] || fail "exactly one error"
}

expect_mode() { [ "$(stat -c %a "$2")" = "$1" ] || fail "mode $1 of $2"; }

new_site() { run_ok init; }

# A site with the root "Root" and the certificate "ICG" for icg.example.com and 10.0.0.5; small keys, to be quick.
site_with_certificate() {
    new_site
    run_ok cert create-root Root --key ec:p256
    run_ok cert create ICG --root Root --host "icg.example.com;10.0.0.5" --key ec:p256
}

# make_used GATEWAY SELECTOR: a gateway whose journal tells of a verified deployment of this certificate.
make_used() {
    local head fingerprint
    run_ok --json cert show "$2"
    fingerprint=$(json /result/fingerprint_sha256)
    run_ok gateway add "$1" --host icg.example.com --ssh-user root
    head='{"time": "2026-01-01T00:00:00Z", "run": "0123456789abcdef", "event"'
    mkdir -p "$UMSADM_SITE/journal/gateways"
    cat >"$UMSADM_SITE/journal/gateways/$1.jsonl" <<JOURNAL
$head: "begin", "schema": 1, "action": "update", "new_leaf": "$fingerprint", "restart": true, "verify": true, "health_required": false}
$head: "end", "outcome": "updated", "verified": true}
JOURNAL
}

# need TOOL...: for probe(): the reason why a suite cannot run here, if there is one.
need() {
    local tool
    for tool in "$@"; do
        command -v "$tool" >/dev/null || {
            echo "$tool is not installed"
            return
        }
    done
}
