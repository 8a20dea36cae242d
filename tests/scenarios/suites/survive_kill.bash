# shellcheck shell=bash disable=SC2154,SC2034
# umsadm is killed before and after every step of an update. The gateway has its old or its new keystore, whole; reading
# commands tell of the unfinished run; the next changing one settles it and then does its own job.
# shellcheck source=tests/scenarios/survive.bash
source "$here/survive.bash"

probe() {
    need_sandbox
    need_tracing
}
begin_suite() { share_gateway; }

# An update is killed when a step is announced and not begun, and when it has ended and this is not written.
killed_around_step() { # STEP BEFORE-STORED BEFORE-SERVED AFTER-STORED AFTER-SERVED OUTCOME-BEFORE OUTCOME-AFTER
    killed_and_settled fsync "$1 started" "$2" "$3" "$6"
    killed_and_settled write "$1 done" "$4" "$5" "$7"
}

# In each round, the gateway goes from the certificate of the round before to the other one.
killed_and_settled() { # CALL LINE STORED SERVED OUTCOME, where old and new are those of the round
    run_killed_at "$1" "$2" keystore update berlin --cert "$(other_than "$present")"
    whole_and_settled "${@:3}"
}

whole_and_settled() { # STORED SERVED OUTCOME
    local -A round=([old]=$present [new]=$(other_than "$present"))
    expect_stored "${round[$1]}"
    wait_until serves "${round[$2]}"
    expect_only_reported "${round[new]}"
    settled_by_the_next_update "${round[new]}" "$3"
    present=${round[new]}
}

other_than() { if [ "$1" = A ]; then echo B; else echo A; fi; }

state_of_all() { find "$(dirname "$KEYSTORE")" "$journal" -type f -printf '%p %i %m %U %T@ %s\n' | sort; }

expect_only_reported() { # NEW
    local before
    before=$(state_of_all)
    expect_history 0 outcome null
    run keystore update berlin --cert "$1" --dry-run
    expect_exit 0
    expect_stderr "was cut off"
    run keystore verify berlin
    expect_stderr "was cut off"
    expect_same "$before" "$(state_of_all)"
}

settled_by_the_next_update() { # NEW OUTCOME
    run_ok keystore update berlin --cert "$1"
    expect_stderr "was cut off; it is settled first"
    expect_stderr "settled, $2"
    expect_gateway_has "$1"
    expect_no_leftovers
    expect_used_is "$1"
    run_ok keystore history berlin
    expect_not_stdout unfinished
    # The settled run made its own line, and where it installed the certificate, it was not installed twice.
    local settled=1
    if [ "$2" = updated ]; then settled=0; fi
    expect_history "$settled" outcome "$2"
}

scenario_killed_before_and_after_every_step() {
    begin_with_gateway
    # A first update, so that keystore verify has something to compare.
    run_ok keystore update berlin --cert A --keep-backups 0
    present=A
    run_ok gateway edit berlin --wait 6
    killed_and_settled fsync begin old old failed
    killed_around_step backup old old old old failed failed
    killed_around_step upload old old old old failed failed
    killed_around_step swap old old new old failed restored
    killed_around_step restart new old new new restored updated
    killed_around_step verify new new new new updated updated
    killed_around_step clean new new new new updated updated
    killed_and_settled write end new new updated
}

# What the journal says is all that counts: nothing is left to settle, and nothing is done twice.
scenario_killed_after_the_last_line() {
    begin_with_gateway
    run_killed_at fsync end keystore update berlin --cert A
    expect_gateway_has A
    run_ok keystore update berlin --cert A
    expect_not_stderr "was cut off"
    expect_stdout "already current"
    run_ok keystore verify berlin
    expect_history 0 outcome updated
}

# The way back is cut off as well: the gateway was unhealthy with the new certificate, and is well again afterwards.
killed_while_putting_back() { # CALL LINE STORED SERVED OUTCOME
    echo err >"$CONTROL/status"
    lines_of_run=journal_lines_of_undoing run_killed_at "$1" "$2" \
        keystore update berlin --cert "$(other_than "$present")" --wait 2
    rm "$CONTROL/status"
    whole_and_settled "${@:3}"
}

scenario_killed_while_the_old_state_is_put_back() {
    begin_with_gateway
    run_ok keystore update berlin --cert A
    present=A
    killed_while_putting_back fsync "restore started" new new updated
    killed_while_putting_back write "restore done" old new restored
    killed_while_putting_back write "restore-restart done" old old restored
    killed_while_putting_back write "restore-verify done" old old restored
}

# Settling can be killed as well.
scenario_killed_while_a_killed_run_is_settled() {
    begin_with_gateway
    run_killed_at write "swap done" keystore update berlin --cert A
    expect_stored A
    run_killed fsync 1 keystore update berlin --cert A --wait 2
    expect_stored A
    expect_served old
    run_killed write 2 keystore update berlin --cert A --wait 2
    expect_stored old
    expect_served old
    run_ok keystore update berlin --cert A
    expect_gateway_has A
    expect_no_leftovers
}

# The command that was given goes on running on the gateway without us, and holds the lock there.
scenario_killed_while_the_gateway_restarts() {
    begin_with_gateway
    echo 1.5 >"$CONTROL/restart-delay"
    run_killed_at write "restart done" keystore update berlin --cert A
    rm "$CONTROL/restart-delay"
    expect_stored A
    run_ok keystore update berlin --cert A
    expect_stderr "settled, updated"
    expect_gateway_has A
    expect_no_leftovers
}

# Another changing command settles as well.
scenario_a_rollback_settles_first() {
    begin_with_gateway
    run_ok keystore update berlin --cert A
    run_killed_at write "upload done" keystore update berlin --cert B
    run_ok --yes keystore rollback berlin
    expect_stderr "settled, failed"
    expect_gateway_has old
    expect_no_leftovers
    expect_not_used A
}

# What is seen served is written down by keystore verify as well, but never behind a run that is still open.
scenario_verifying_does_not_hide_an_unfinished_run() {
    begin_with_gateway
    run_ok keystore update berlin --cert A --no-restart
    run_killed_at write "upload done" keystore update berlin --cert B
    "$RESTART_COMMAND"
    wait_until serves A
    run_ok keystore verify berlin
    expect_stderr "was cut off"
    expect_history 0 outcome null
    run_ok keystore update berlin --cert B
    expect_stderr "settled, failed"
    expect_gateway_has B
    expect_no_leftovers
}

# What cannot be read any more is no reason not to put it back.
scenario_a_lost_keystore_is_put_back_first() {
    begin_with_gateway
    run_killed_at fsync "restart started" keystore update berlin --cert A
    rm "$KEYSTORE"
    run_ok keystore update berlin --cert A
    expect_stderr "settled, restored"
    expect_gateway_has A
}
