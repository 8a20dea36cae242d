# shellcheck shell=bash disable=SC2154,SC2034
# The gateway does not come up as it should: the old keystore is put back and served again (exit code 6), or it is said
# that it could not be (7). The certificate counts as used only once it was seen.
# shellcheck source=tests/scenarios/survive.bash
source "$here/survive.bash"

probe() {
    need_sandbox
    need_tracing
}
begin_suite() { share_gateway; }

begin_with_used_certificate() {
    begin_with_gateway
    run_ok keystore update berlin --cert A
}

expect_put_back() {
    expect_stdout "failed, its old state is back"
    expect_stderr "the old state is back"
    expect_recorded restored
    expect_gateway_has A
    expect_no_leftovers
}

expect_recorded() { # OUTCOME
    tail -n 1 "$journal" | grep -qF "\"event\":\"end\",\"outcome\":\"$1\"" || fail "\"$1\" at the end of the journal"
    tail -n 1 "$UMSADM_SITE/audit.jsonl" | grep -qF "\"$1\"" || fail "\"$1\" at the end of the audit log"
    cp stdout said.out && cp stderr said.err
    expect_history 0 outcome "$1"
    expect_used_is A
    expect_not_used B
    cp said.out stdout && cp said.err stderr
}

scenario_a_restart_command_that_fails() {
    begin_with_used_certificate
    echo "the service is masked" >"$CONTROL/restart-fails"
    run keystore update berlin --cert B
    expect_error 6 "the service is masked"
    expect_put_back
    rm "$CONTROL/restart-fails"
    run_ok gateway edit berlin --restart-command "$RESTART_COMMAND && exit 3"
    run keystore update berlin --cert B
    expect_error 6 "exit status 3"
    expect_put_back
}

scenario_a_restart_command_that_does_not_end() {
    begin_with_used_certificate
    run_ok gateway edit berlin --restart-command "$RESTART_COMMAND && sleep 1000"
    run keystore update berlin --cert B --wait 2
    expect_error 6 "did not end within 2 s"
    expect_put_back
}

scenario_a_gateway_that_comes_up_with_another_certificate() {
    begin_with_used_certificate
    cp -p "$KEYSTORE" "$gateway_folder/stuck.jks"
    echo "$gateway_folder/stuck.jks" >"$CONTROL/keystore"
    run keystore update berlin --cert B --wait 3
    rm "$CONTROL/keystore"
    expect_error 6 "it serves ${leaf[A]}"
    expect_put_back
    # The newest backup is that of what is there now: a rollback goes further.
    run_ok --yes keystore rollback berlin
    expect_gateway_has old
}

scenario_a_gateway_that_is_not_healthy() {
    begin_with_used_certificate
    echo err >"$CONTROL/status"
    run keystore update berlin --cert B --wait 3
    expect_error 6 'its health page says "err"'
    expect_put_back
    echo "init 100 ok" >"$CONTROL/status"
    run --json keystore update berlin --cert B --wait 3
    rm "$CONTROL/status"
    expect_exit 6
    expect_json /result/deployments/0/outcome restored
    expect_json /result/deployments/0/error/code restored
    expect_json /result/deployments/0/verified true
    expect_gateway_has A
    # Slow is not broken.
    echo "init 2 ok" >"$CONTROL/status"
    run_ok keystore update berlin --cert B
    expect_gateway_has B
}

scenario_a_gateway_that_never_comes_up() {
    begin_with_used_certificate
    : >"$CONTROL/refuse-start"
    run keystore update berlin --cert B --wait 3
    expect_error 7 "the old state could not be put back"
    expect_stdout "act now"
    expect_stderr "cp -p -- "
    expect_stored A
    expect_no_leftovers
    expect_recorded restore-failed
    rm "$CONTROL/refuse-start"
    # The hint says how to do it by hand.
    bash -c "$(sed -n 's/.*as root: //p' said.err)"
    wait_until answers
    expect_gateway_has A
    run_ok keystore update berlin --cert B
    expect_gateway_has B
    expect_used_is B
}

# The backup is what the old state would come from.
scenario_a_backup_that_is_gone() {
    begin_with_used_certificate
    run_stopped "swap done" keystore update berlin --cert B
    rm "$(backups | sort | tail -n 1)"
    echo "no" >"$CONTROL/restart-fails"
    go_on
    rm "$CONTROL/restart-fails"
    expect_error 7 "is gone or damaged"
    expect_recorded restore-failed
    expect_stored B
}

scenario_interrupted_while_it_verifies() {
    begin_with_used_certificate
    echo "init 100 ok" >"$CONTROL/status"
    run_stopped "verify started" keystore update berlin --cert B
    kill -INT "$stopped"
    go_on
    rm "$CONTROL/status"
    expect_error 130 "interrupted"
    expect_put_back
}

# The restart that was begun goes on there; its end is waited for before anything else is done.
scenario_interrupted_while_the_gateway_restarts() {
    begin_with_used_certificate
    echo 1.5 >"$CONTROL/restart-delay"
    run_stopped "restart started" keystore update berlin --cert B
    rm_delay_when_it_is_read
    kill -INT "$stopped"
    go_on
    expect_error 130 "interrupted"
    expect_put_back
}

rm_delay_when_it_is_read() {
    while ! pgrep -f "^sleep 1.5$" >/dev/null; do
        kill -CONT "$stopped" || fail "an update that still runs"
        sleep 0.02
    done
    rm "$CONTROL/restart-delay"
}

scenario_interrupted_before_anything_was_changed() {
    begin_with_used_certificate
    run_stopped "upload started" keystore update berlin --cert B
    kill -INT "$stopped"
    go_on
    expect_error 130 "interrupted"
    expect_stderr "nothing was changed"
    expect_recorded failed
    expect_gateway_has A
    expect_no_leftovers
}

scenario_a_restart_only_that_fails() {
    begin_with_used_certificate
    run_ok keystore update berlin --cert B --no-restart
    expect_served A
    echo "no" >"$CONTROL/restart-fails"
    run keystore update berlin --cert B --wait 3
    rm "$CONTROL/restart-fails"
    expect_exit 6
    expect_stored B
    expect_served A
    expect_not_used B
    run_ok keystore update berlin --cert B
    expect_gateway_has B
}
