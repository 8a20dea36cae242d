# shellcheck shell=bash disable=SC2154,SC2034
# A sync of three servers in which something goes wrong on one of them, or somebody else is at work: it has its old or the
# Main UMS ID, whole, and is told as it is. What is stored and what is used is judged by openssl.
# shellcheck source=tests/scenarios/ums_servers.bash
source "$here/ums_servers.bash"

probe() { need_ums_servers; }
begin_suite() { share_servers 3; }

# A server that does not come back stops everything after it: never more than one is lost.
scenario_a_restart_that_fails() {
    begin_with_opaque
    put_control "the unit is masked" restart-fails ums2
    run --json --yes id sync --restart
    expect_exit 1
    expect_of ums2 outcome restart-needed
    expect_stdout "the unit is masked"
    expect_of ums3 outcome not-started
    expect_stored ums2 "$main"
    expect_loaded ums2 "$second"
    expect_in_sync "$third" ums3
    expect_status ums2 "$needs_restart"
    take_control restart-fails ums2
    run_ok --json --yes id sync --restart
    expect_of ums2 outcome restarted
    expect_of ums3 outcome updated
    expect_in_sync "$main" ums2 ums3
}

scenario_a_server_that_does_not_come_back() {
    begin_with_opaque
    put_control "" never-starts ums2
    run --json --yes id sync --restart --wait 2
    expect_exit 1
    expect_of ums2 outcome restart-needed
    expect_of ums2 server_status "Not running"
    expect_of ums3 outcome not-started
    expect_stored ums2 "$main"
    expect_in_sync "$third" ums3
    take_control never-starts ums2
    "$(folder_of ums2)/restart-server"
    expect_in_sync "$main" ums2
    run_ok --yes id sync --restart
    expect_status ums2 "In sync" ums3 "In sync"
}

scenario_an_old_version_is_restarted_in_its_way() {
    begin_with_opaque
    put_control "" old-version ums2
    run_ok --yes id sync ums2 --restart
    expect_calls ums2 restart-server 1
    expect_in_sync "$main" ums2
}

scenario_a_restore_that_lies() {
    begin_with_opaque
    put_control "" lie-restore ums2
    run --json --yes id sync --restart
    # Nothing was changed: there is nothing to put back.
    expect_exit 1
    expect_of ums2 outcome failed
    expect_in_sync "$second" ums2
    expect_in_sync "$main" ums3
    expect_calls ums2 "server restart" 0
    expect_nothing_left ums2
    take_control lie-restore ums2
    run_ok --yes id sync --restart
    expect_in_sync "$main" ums2
}

# What is read back is neither the old nor the Main UMS ID: the old one is put back.
scenario_a_restore_of_something_else() {
    begin_with_opaque
    put_control 1 foreign-restore ums2
    run --json --yes id sync --restart
    expect_exit 6
    expect_of ums2 outcome restored
    expect_of ums2 new_fingerprint_sha256 "$second"
    expect_in_sync "$second" ums2
    expect_in_sync "$main" ums3
    expect_kept ums2 "$second"
    expect_nothing_left ums2
    run_ok --yes id sync --restart
    expect_in_sync "$main" ums2
}

# Nor does it come back: this is said loudest, and nobody else is touched.
scenario_a_server_that_loses_its_ums_id() {
    begin_with_opaque
    put_control 9 foreign-restore ums2
    run --json --yes id sync --restart
    expect_exit 7
    expect_of ums2 outcome restore-failed
    expect_of ums2 new_fingerprint_sha256 "$(stored ums2)"
    expect_of ums3 outcome not-started
    expect_kept ums2 "$second"
    expect_calls ums2 "server restart" 0
    expect_in_sync "$third" ums3
    take_control foreign-restore ums2
    run_ok --yes id sync --restart
    expect_in_sync "$main" ums2 ums3
}

scenario_a_restore_that_fails() {
    begin_with_opaque
    put_control "the keystore is locked" fail-restore ums2
    run --json --yes id sync
    expect_exit 1
    expect_of ums2 outcome failed
    expect_stdout "the keystore is locked"
    expect_stored ums2 "$second"
    expect_stored ums3 "$main"
    expect_nothing_left ums2
}

# What is read back counts, not an exit status that nobody has documented.
scenario_a_restore_that_says_no_and_does_it() {
    begin_with_opaque
    put_control "1 warning" fail-late-restore ums2
    run_ok --json --yes id sync --restart
    expect_of ums2 outcome updated
    expect_in_sync "$main" ums2
}

scenario_nothing_is_replaced_without_a_backup() {
    begin_with_opaque
    put_control "no space left on device" fail-backup ums2
    run --json --yes id sync
    expect_exit 1
    expect_of ums2 outcome failed
    expect_stdout "no space left on device"
    expect_stored ums2 "$second"
    expect_calls ums2 "licensing restore" 0
    expect_stored ums3 "$main"
    expect_nothing_left ums2
}

scenario_nobody_is_changed_when_the_main_server_gives_nothing() {
    begin_with_opaque
    put_control "no space left on device" fail-backup ums1
    run --yes id sync
    expect_error 1 "no space left on device"
    expect_stored ums2 "$second"
    expect_stored ums3 "$third"
    expect_calls ums2 "licensing backup" 0
}

# The second one waits, and finds that nothing is left to be done.
scenario_two_syncs_at_once() {
    local first
    begin_with_opaque
    put_control 1 slow-restore ums2
    run_in_background first --yes id sync --restart
    first=$!
    wait_until called ums2 "licensing restore"
    until second_sync; do :; done
    expect_of ums2 outcome already-current
    expect_of ums3 outcome already-current
    wait "$first" || fail "the first one ends well: $(cat first.err)"
    expect_in_sync "$main" ums2 ums3
    expect_calls ums2 "licensing restore" 1
    expect_calls ums2 "server restart" 1
    expect_backups_on ums2 1
    expect_nothing_left ums1 ums2 ums3
}

# A wait has a limit, which a slow machine may reach.
second_sync() {
    run --json --yes id sync --restart
    [ "$exit_code" -eq 0 ] || { expect_json /error/code busy && return 1; }
}

# Somebody else, from another site.
scenario_two_people_at_once() {
    local first
    begin_with_opaque
    cp -a "$UMSADM_SITE" other
    put_control 6 slow-restore ums2
    run_in_background first --yes id sync ums2
    first=$!
    wait_until called ums2 "licensing restore"
    run --site "$PWD/other" --json --yes id sync
    expect_exit 1
    expect_stdout "another umsadm"
    expect_of ums2 outcome failed
    expect_of ums3 outcome restart-needed
    wait "$first" || fail "the first one ends well: $(cat first.err)"
    expect_stored ums2 "$main"
    expect_calls ums2 "licensing restore" 1
    expect_backups_on ums2 1
    expect_nothing_left ums1 ums2 ums3
}
