# shellcheck shell=bash disable=SC2154,SC2034
# shellcheck source=tests/scenarios/ums_servers.bash
source "$here/ums_servers.bash"

probe() {
    need_ums_servers
    need cc
}

expect_problem() { # EXIT-CODE SEVERITY CODE
    expect_exit "$1"
    expect_stdout_matches "^$2 +$3 "
}

scenario_check_tells_what_would_stop_a_sync() {
    new_site
    with_servers 1
    add_server ums1
    digest=$(sha256sum <"$PWD/ums1/data/ums-id.pem")

    run_ok server check ums1
    for code in host-key login root umsadmin-cli ums-id state-folder space restart web-port clock lock; do
        expect_stdout_matches "^ok +$code "
    done
    expect_stdout "$(stored ums1)"
    expect_stdout 'server "ums1" is ready for a sync'
    [ ! -e "$(of ums1 STATE_PATH)" ] || fail "no state folder: a check makes none"
    run_ok --json server check ums1
    expect_json /result/compatible true
    expect_json /result/findings '[]'
    expect_json /result/ums_id/fingerprint_sha256 "$(stored ums1)"
    expect_json /result/ums_id/restart_pending false
    expect_json /result/server_status Running
    expect_json /result/clock_ahead_seconds 0
    expect_json /result/unfinished_run false
    run_ok server check ums1 --probe ssh
    expect_stdout_matches '^ok +web-port '

    wrong_logins
    wrong_programs
    wrong_state_folders
    wrong_servers
    wrong_clocks
    cut_off_run
    expect_same "$digest" "$(sha256sum <"$PWD/ums1/data/ums-id.pem")"
}

wrong_logins() {
    echo wrong >wrong.pw
    chmod 600 wrong.pw
    run --json server check ums1 --sudo-password file:wrong.pw
    expect_error 5 "wrong sudo password"
    expect_json /result/findings/0/code login-refused
    run server check ums1 --ssh-port 1
    expect_error 5 "connection refused"
    run server check ums1 --ssh-user icg
    expect_error 2 'the user "icg"'
    run server check nowhere
    expect_error 3 'there is no server "nowhere"'
}

wrong_programs() {
    run_ok server edit ums1 --umsadmin-cli /nowhere/umsadmin-cli
    run server check ums1
    expect_problem 4 error umsadmin-cli-missing
    expect_stdout 'a sync of server "ums1" would stop at the errors above'
    run_ok server edit ums1 --umsadmin-cli /etc
    run server check ums1
    expect_problem 4 error umsadmin-cli-missing
    run_ok server edit ums1 --umsadmin-cli "$(of ums1 UMSADMIN_CLI)"
    put_control "the database does not answer" fail-list ums1
    put_control "the database does not answer" fail-export ums1
    put_control "the database does not answer" fail-export-cert ums1
    run --json server check ums1
    expect_exit 4
    expect_json /result/findings/0/code ums-id-unreadable
    expect_stdout "the database does not answer"
    take_control fail-list ums1
    take_control fail-export ums1
    take_control fail-export-cert ums1
}

wrong_state_folders() {
    local state
    state=$(of ums1 STATE_PATH)
    mkdir -m 700 "$state"
    run_ok server check ums1
    expect_stdout_matches '^ok +state-folder .*of root alone'
    chmod 755 "$state"
    run_ok server check ums1
    expect_stdout_matches '^warning +state-folder .*open to others'
    chmod 700 "$state"
    touch "$state/.profile"
    run server check ums1
    expect_problem 4 error state-folder
    expect_stdout "holds .profile: it has to be a folder of its own"
    rm "$state/.profile"
    exec {lock}<"$state"
    flock "$lock"
    run server check ums1
    expect_problem 4 error locked
    exec {lock}<&-
    chown nobody "$state"
    run server check ums1
    expect_problem 4 error state-folder
    expect_stdout "is not owned by root"
    rmdir "$state"
    touch "$state"
    run server check ums1
    expect_problem 4 error state-folder
    expect_stdout "is no folder"
    rm "$state"
}

wrong_servers() {
    "$PWD/ums1/restart-server" stop
    run_ok --json server check ums1
    expect_json /result/findings/0/code not-running
    expect_json /result/server_status "Not running"
    "$PWD/ums1/restart-server"
    wait_until listens ums1
    mv "$PWD/ums1/data/ums-id.pem" kept.pem
    run_ok server check ums1
    expect_stdout_matches '^warning +no-ums-id '
    mv kept.pem "$PWD/ums1/data/ums-id.pem"
}

# umsadm is the one whose clock is wrong here: the server has the same as the other tests.
wrong_clocks() {
    cc -shared -fPIC -o clock.so -x c - -ldl <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
int clock_gettime(clockid_t clock, struct timespec *now) {
    int (*real)(clockid_t, struct timespec *) = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, now);
    if (clock == CLOCK_REALTIME) now->tv_sec += 300;
    return result;
}
C
    # The sanitizer wants to be loaded first.
    wrapper=(env "LD_PRELOAD=$PWD/clock.so" "ASAN_OPTIONS=verify_asan_link_order=0")
    run_ok --json server check ums1
    wrapper=()
    expect_json /result/findings/0/code clock-differs
    expect_json /result/clock_ahead_seconds -300
}

cut_off_run() {
    mkdir -p "$UMSADM_SITE/journal/servers"
    echo '{"time": "2026-01-01T00:00:00Z", "run": "0123456789abcdef", "event": "begin", "schema": 1, "action": "restart", "restart": true, "user": "anna@desk"}' \
        >"$(journal_of ums1)"
    run_ok --json server check ums1
    expect_json /result/unfinished_run true
    expect_json /result/findings/0/code unfinished-run
    rm "$(journal_of ums1)"
}

scenario_a_pkcs12_file_is_opened_with_its_password() {
    new_site
    with_servers 1 --store file
    add_server ums1
    run_ok server check ums1
    expect_stdout_matches '^ok +ums-id '
    expect_not_stdout umsadmin-cli
    echo wrong >wrong.pw
    chmod 600 wrong.pw
    run server check ums1 --ums-id-password file:wrong.pw
    expect_problem 4 error ums-id-unreadable
    run_ok server edit ums1 --restart-command ""
    run_ok server check ums1
    expect_stdout_matches '^warning +no-restart-command '
    run_ok server edit ums1 --ums-id-path "$PWD/ums1/data/none.p12"
    run_ok server check ums1
    expect_stdout_matches '^warning +no-ums-id '
    run_ok server edit ums1 --ums-id-path /nowhere/ums-id.p12
    run server check ums1
    expect_problem 4 error files-missing
}

scenario_on_the_machine_itself_no_ssh_is_needed() {
    new_site
    with_servers 1 --no-sshd
    run_ok server add here --host 127.0.0.1 --web-port "$(of ums1 WEB_PORT)" --umsadmin-cli "$(of ums1 UMSADMIN_CLI)" \
        --state-path "$(of ums1 STATE_PATH)" --local
    run_ok server check here
    expect_stdout_matches '^ok +root +a shell of root on this machine'
    expect_not_stdout host-key
}
