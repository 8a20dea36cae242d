# shellcheck shell=bash disable=SC2154,SC2034
# umsadm is killed, interrupted, or loses its connection while the server works on something. The server has its old or its
# new UMS ID, whole; nothing with a key is left behind for good; the next sync finishes the job.
# shellcheck source=tests/scenarios/ums_servers.bash
source "$here/ums_servers.bash"

probe() {
    need_ums_servers
    need_tracing
}
begin_suite() { share_servers 2; }

# While the server works on it: the sealed UMS ID is there, in a folder that nobody is going to clean up any more.
scenario_killed_while_the_server_restores() {
    local name
    for name in backup restore; do
        begin_with_opaque
        put_control 2 "slow-$name" ums2
        kill_while_called "$name"
        take_control "slow-$name" ums2
        # What was started there goes on to its end by itself.
        run --yes id sync --restart
        if [ "$exit_code" -ne 0 ]; then
            expect_stderr "another"
            wait_until can_sync
        fi
        expect_in_sync "$main" ums2
        expect_whole ums1 ums2
        expect_nothing_left ums1 ums2
        run_ok id show --check
    done
}
can_sync() {
    run --yes id sync --restart
    [ "$exit_code" -eq 0 ]
}
kill_while_called() { # NAME
    run_in_background killed --yes id sync --restart
    local parent=$!
    wait_until called ums2 "licensing $1"
    kill -KILL "$(pgrep -P "$parent" || echo "$parent")"
    wait "$parent" || true
}

scenario_the_main_server_is_cleaned_up_as_well() {
    begin_with_opaque
    put_control 2 slow-backup ums1
    run_in_background killed --yes id sync --restart
    local parent=$!
    wait_until called ums1 "licensing backup"
    kill -KILL "$(pgrep -P "$parent" || echo "$parent")"
    wait "$parent" || true
    take_control slow-backup ums1
    sleep 2.2
    expect_stored ums2 "$second"
    run_ok --yes id sync --restart
    expect_in_sync "$main" ums2
    expect_nothing_left ums1 ums2
}

# The connection is cut in the middle of the restore: it is made again, and the sync goes on.
scenario_the_connection_is_lost() {
    begin_with_opaque
    put_control 1 slow-restore ums2
    run_in_background cut --json --yes id sync --restart
    local parent=$! session
    wait_until called ums2 "licensing restore"
    for session in $(pgrep -P "$(cat "$(folder_of ums2)/ssh/pid")"); do kill -KILL "$session"; done
    exit_code=0
    wait "$parent" || exit_code=$?
    cp cut.out stdout
    cp cut.err stderr
    expect_exit 0
    expect_in_sync "$main" ums2
    expect_nothing_left ums1 ums2
    run_ok id show --check
}

# An interruption from the terminal: what was begun is brought to an end, or put back.
scenario_an_interruption() {
    begin_with_opaque
    put_control 1 slow-backup ums2
    run_in_background int --yes id sync --restart
    local parent=$!
    wait_until called ums2 "licensing backup"
    kill -INT "$(pgrep -P "$parent" || echo "$parent")"
    exit_code=0
    wait "$parent" || exit_code=$?
    cp int.out stdout
    cp int.err stderr
    expect_exit 130
    expect_in_sync "$second" ums2
    # What the server was asked to do ends there, and cleans up.
    wait_until no_transit ums2
    expect_nothing_left ums2
    run_ok --yes id sync --restart
    expect_in_sync "$main" ums2
}

no_transit() { [ -z "$(find "$(of "$1" STATE_PATH)" -name 'transit-*')" ]; }

# The site itself is killed while it adopts another Main UMS ID: it is the old or the new one, whole.
scenario_the_site_is_killed_while_it_stores_a_ums_id() {
    local number found
    begin_with_opaque
    put_control pkcs12 backup-format ums1 ums2
    run_ok id adopt ums1
    cp -a "$UMSADM_SITE" before
    for ((number = 1; number < 60; number++)); do
        rm -rf "$UMSADM_SITE"
        cp -a before "$UMSADM_SITE"
        wrapper=(strace -f -qq -o strace.log -e "trace=rename,renameat,renameat2,link,linkat" -e
            "inject=rename,renameat,renameat2,link,linkat:signal=SIGKILL:when=$number")
        ASAN_OPTIONS=detect_leaks=0 run id adopt ums2
        wrapper=()
        run_ok --json id show --offline
        found=$(json /result/main/fingerprint_sha256)
        [ "$found" = "$main" ] || [ "$found" = "$second" ] || fail "the old or the new one"
        expect_json /result/main/has_private_key true
        echo secret >backup.pw
        chmod 600 backup.pw
        run_ok id backup -o backup.p12 --force --password file:backup.pw
        run_ok id verify-backup backup.p12 --password file:backup.pw
        grep -q "killed by SIGKILL" strace.log || break
    done
    [ "$number" -gt 1 ] || fail "killed at least once"
    expect_same "$second" "$found"
}
