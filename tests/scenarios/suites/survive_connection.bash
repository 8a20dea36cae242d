# shellcheck shell=bash disable=SC2154,SC2034
# The SSH connection is cut before every step, and for good: umsadm connects again, or says what it cannot know.
# shellcheck source=tests/scenarios/survive.bash
source "$here/survive.bash"

probe() {
    need_sandbox
    need_tracing
}
begin_suite() { share_gateway; }

cut_connection() {
    local session
    session=$(sed -n "s/^User child is on pid \([0-9]*\).*/\1/p" "$gateway_folder/ssh/log" | tail -n 1)
    kill -KILL "$session"
    wait_until is_gone "$session"
}

is_gone() { [ ! -e "/proc/$1" ]; }
logins() { grep -c "^Accepted publickey" "$gateway_folder/ssh/log" || true; }

scenario_cut_before_every_step_it_connects_again() {
    begin_with_gateway
    local line before present=old
    for line in begin "backup started" "upload started" "swap started" "restart started" "verify started" "clean started"; do
        if [ "$present" = A ]; then present=B; else present=A; fi
        before=$(logins)
        run_stopped "$line" keystore update berlin --cert "$present"
        cut_connection
        go_on
        expect_exit 0
        expect_gateway_has "$present"
        expect_no_leftovers
        # The gateway itself is reached directly: a verification needs no SSH connection.
        expect_same $((before + 2)) "$(logins)"
    done
    expect_used_is "$present"
}

# What the gateway was told to do goes on without us, and may be done when the answer is lost.
scenario_cut_while_the_gateway_restarts() {
    begin_with_gateway
    echo 1.25 >"$CONTROL/restart-delay"
    run_stopped "restart started" keystore update berlin --cert A
    kill -CONT "$stopped"
    wait_until restart_runs
    cut_connection
    go_on
    expect_exit 0
    expect_gateway_has A
    expect_no_leftovers
}

restart_runs() { pgrep -f "^sleep 1.25$" >/dev/null; }

scenario_cut_for_good_after_the_swap_the_next_command_settles() {
    begin_with_gateway
    # So long the next command gives a gateway that may be starting.
    run_ok gateway edit berlin --wait 6
    run_stopped "swap done" keystore update berlin --cert A
    sshd_stop "$gateway_folder/ssh"
    cut_connection
    go_on
    expect_error 7 "the state of the gateway is unknown"
    expect_stderr "when the gateway can be reached again, run the command again"
    sshd_start "$gateway_folder/ssh"
    expect_stored A
    expect_served old
    run_ok keystore update berlin --cert A --ssh-port "$SSHD_PORT"
    expect_stderr "was cut off; it is settled first"
    expect_stderr "settled, restored"
    expect_gateway_has A
    expect_no_leftovers
}
