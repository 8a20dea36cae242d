# shellcheck shell=bash disable=SC2154,SC2034
# umsadm is killed before and after every step of a sync. The server has its old or its new UMS ID, whole; the next sync
# settles the cut-off run and finishes the job.
# shellcheck source=tests/scenarios/ums_servers.bash
source "$here/ums_servers.bash"

probe() {
    need_ums_servers
    need_tracing
}
begin_suite() { share_servers 2; }

# killed_and_finished CALL LINE STORED: at this call on this line of the journal. STORED is old or new.
killed_and_finished() {
    local -A wanted=([old]=$second [new]=$main)
    reset_server ums2
    rm -f "$journal"
    run_killed_at "$1" "$2" --yes id sync --restart
    expect_stored ums2 "${wanted[$3]}"
    expect_loaded_one_of_them
    expect_only_reported
    run_ok --yes id sync --restart
    expect_stderr "cut off"
    expect_in_sync "$main" ums2
    expect_nothing_left ums1 ums2
    run_ok --json --yes id sync --restart
    expect_not_stderr "cut off"
    expect_of ums2 outcome already-current
}

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
    begin_with_opaque
    killed_and_finished fsync begin old
    killed_and_finished fsync "backup started" old
    killed_and_finished fsync "replace started" old
    killed_and_finished fsync "verify started" new
    killed_and_finished fsync "restart started" new
    killed_and_finished fsync "wait started" new
}

scenario_killed_after_a_step_was_taken() {
    begin_with_opaque
    killed_and_finished write "backup done" old
    killed_and_finished write "replace done" new
    killed_and_finished write "verify done" new
    killed_and_finished write "restart done" new
    killed_and_finished write "wait done" new
    killed_and_finished write end new
}

# What the journal says is all that counts.
scenario_killed_after_the_last_line() {
    begin_with_opaque
    run_killed_at fsync end --yes id sync --restart
    expect_in_sync "$main" ums2
    run_ok --json --yes id sync --restart
    expect_not_stderr "cut off"
    expect_of ums2 outcome already-current
}

# What it got is neither the old nor the Main UMS ID. The old one is put back, and umsadm is killed while it does so.
killed_while_putting_back() { # CALL LINE
    local putting_back=(begin "backup started" "backup done" "replace started" "replace done" "verify started"
        "verify failed" "put-back started" "put-back done" end)
    begin_with_opaque
    put_control 1 foreign-restore ums2
    lines_of_run=putting_back run_killed_at "$1" "$2" --yes id sync --restart
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
    begin_with_opaque
    run_killed_at write "replace done" --yes id sync --restart
    expect_stored ums2 "$main"
    run_killed fsync 1 --yes id sync --restart
    expect_stored ums2 "$main"
    run_ok --yes id sync --restart
    expect_in_sync "$main" ums2
    expect_nothing_left ums1 ums2
}
