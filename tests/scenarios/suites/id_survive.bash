# shellcheck shell=bash disable=SC2154,SC2034
# umsadm is killed before and after every step of a sync, or loses its connection. The server has its old or its new UMS
# ID, whole; the next sync settles the cut-off run and finishes the job.
# shellcheck source=tests/scenarios/ums_servers.bash
source "$here/ums_servers.bash"

probe() {
    need_ums_servers
    need_tracing
}
begin_suite() { share_servers 2; }

begin() {
    rm -rf "$UMSADM_SITE"
    begin_with_opaque
    journal=$(journal_of ums2)
}

# killed_and_finished CALL LINE STORED: at this call on this line of the journal. STORED is old or new.
killed_and_finished() {
    local -A wanted=([old]=$second [new]=$main)
    reset_server ums2
    rm -f "$journal"
    run_killed "$1" "$(line_number "$2")" --yes id sync --restart
    expect_stored ums2 "${wanted[$3]}"
    expect_loaded_one_of_them
    expect_only_reported
    run_ok --yes id sync --restart
    expect_stderr "cut off"
    expect_in_sync "$main" ums2
    expect_nothing_left ums1 ums2
    run_ok id show --check
    run_ok --json --yes id sync --restart
    expect_no_stderr_about_cut_off
    expect_of ums2 outcome already-current
}

expect_no_stderr_about_cut_off() { expect_not_stderr "cut off"; }

# It may be starting at this moment.
expect_loaded_one_of_them() { wait_until loaded_one_of_them; }
loaded_one_of_them() {
    local now
    now=$(loaded ums2)
    [ "$now" = "$main" ] || [ "$now" = "$second" ]
}

# Reading commands change nothing.
expect_only_reported() {
    local before
    before=$(find "$(folder_of ums2)/data" "$journal" -type f ! -name lock -printf '%p %i %T@ %s\n')
    run_ok id show
    run --yes id sync --restart --dry-run
    expect_exit 0
    expect_stderr "cut off"
    expect_same "$before" "$(find "$(folder_of ums2)/data" "$journal" -type f ! -name lock -printf '%p %i %T@ %s\n')"
}

scenario_killed_before_a_step_is_taken() {
    begin
    killed_and_finished fsync begin old
    killed_and_finished fsync "backup started" old
    killed_and_finished fsync "replace started" old
    killed_and_finished fsync "verify started" new
    killed_and_finished fsync "restart started" new
    killed_and_finished fsync "wait started" new
}

scenario_killed_after_a_step_was_taken() {
    begin
    killed_and_finished write "backup done" old
    killed_and_finished write "replace done" new
    killed_and_finished write "verify done" new
    killed_and_finished write "restart done" new
    killed_and_finished write "wait done" new
    killed_and_finished write end new
}

# What the journal says is all that counts.
scenario_killed_after_the_last_line() {
    begin
    run_killed fsync "$(line_number end)" --yes id sync --restart
    expect_in_sync "$main" ums2
    run_ok --json --yes id sync --restart
    expect_not_stderr "cut off"
    expect_of ums2 outcome already-current
}

# While the server works on it: the sealed UMS ID is there, in a folder that nobody is going to clean up any more.
scenario_killed_while_the_server_restores() {
    local name
    for name in backup restore; do
        begin
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
    setsid --wait "$umsadm" --yes id sync --restart >killed.out 2>killed.err </dev/null &
    local parent=$!
    wait_until called "licensing $1"
    kill -KILL "$(pgrep -P "$parent" || echo "$parent")"
    wait "$parent" || true
}
called() { [ "$(calls_of ums2 "$1")" -gt 0 ]; }

scenario_the_main_server_is_cleaned_up_as_well() {
    begin
    put_control 2 slow-backup ums1
    setsid --wait "$umsadm" --yes id sync --restart >killed.out 2>killed.err </dev/null &
    local parent=$!
    wait_until main_called
    kill -KILL "$(pgrep -P "$parent" || echo "$parent")"
    wait "$parent" || true
    take_control slow-backup ums1
    sleep 2.2
    expect_stored ums2 "$second"
    run_ok --yes id sync --restart
    expect_in_sync "$main" ums2
    expect_nothing_left ums1 ums2
}
main_called() { [ "$(calls_of ums1 "licensing backup")" -gt 0 ]; }

# The connection is cut in the middle of the restore: it is made again, and the sync goes on.
scenario_the_connection_is_lost() {
    begin
    put_control 1 slow-restore ums2
    setsid --wait "$umsadm" --json --yes id sync --restart >cut.out 2>cut.err </dev/null &
    local parent=$! session
    wait_until called "licensing restore"
    for session in $(pgrep -P "$(cat "$(folder_of ums2)/ssh/pid")"); do kill -KILL "$session"; done
    exit_code=0
    wait "$parent" || exit_code=$?
    cp cut.out stdout
    cp cut.err stderr
    expect_whole ums2
    if [ "$exit_code" -ne 0 ]; then run_ok --yes id sync --restart; fi
    expect_in_sync "$main" ums2
    expect_nothing_left ums1 ums2
    run_ok id show --check
}

# An interruption from the terminal: what was begun is brought to an end, or put back.
scenario_an_interruption() {
    begin
    put_control 1 slow-backup ums2
    setsid --wait env --default-signal=INT "$umsadm" --yes id sync --restart >int.out 2>int.err </dev/null &
    local parent=$!
    wait_until called "licensing backup"
    kill -INT "$(pgrep -P "$parent" || echo "$parent")"
    exit_code=0
    wait "$parent" || exit_code=$?
    cp int.out stdout
    cp int.err stderr
    expect_exit 130
    expect_in_sync "$second" ums2
    expect_nothing_left ums2
    run_ok --yes id sync --restart
    expect_in_sync "$main" ums2
}

# What it got is neither the old nor the Main UMS ID. The old one is put back, and umsadm is killed while it does so.
killed_while_putting_back() { # CALL LINE
    local putting_back=(begin "backup started" "backup done" "replace started" "replace done" "verify started"
        "verify failed" "put-back started" "put-back done" end)
    begin
    put_control 1 foreign-restore ums2
    run_killed "$1" "$(line_number "$2" putting_back)" --yes id sync --restart
    take_control foreign-restore ums2
    expect_loaded ums2 "$second"
    expect_kept ums2 "$second"
}

scenario_killed_before_the_old_one_is_put_back() {
    killed_while_putting_back fsync "put-back started"
    [ "$(stored ums2)" != "$second" ] || fail "another UMS ID"
    run_ok --yes id sync --restart
    expect_stderr "cut off"
    expect_stderr "neither the old nor the new one"
    expect_in_sync "$main" ums2
    expect_nothing_left ums1 ums2
}

scenario_killed_after_the_old_one_was_put_back() {
    killed_while_putting_back write "put-back done"
    expect_stored ums2 "$second"
    run_ok --yes id sync --restart
    expect_stderr "cut off"
    expect_in_sync "$main" ums2
    expect_nothing_left ums1 ums2
}

# Settling can be killed as well.
scenario_killed_while_a_killed_run_is_settled() {
    begin
    run_killed write "$(line_number "replace done")" --yes id sync --restart
    expect_stored ums2 "$main"
    run_killed fsync 1 --yes id sync --restart
    expect_stored ums2 "$main"
    run_ok --yes id sync --restart
    expect_in_sync "$main" ums2
    expect_nothing_left ums1 ums2
}

# The site itself is killed while it adopts another Main UMS ID: it is the old or the new one, whole.
scenario_the_site_is_killed_while_it_stores_a_ums_id() {
    local number found
    begin
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
