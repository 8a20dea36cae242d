# shellcheck shell=bash disable=SC2154,SC2034
# keystore update over several gateways: who is selected, in which order, when it stops, and how it goes on.
# shellcheck source=tests/scenarios/fleet.bash
source "$here/fleet.bash"

probe() {
    need_sandbox
    need expect
}
begin_suite() { share_fleet 4; }


scenario_all_are_updated_and_a_second_time_nothing_is() {
    site_of_fleet
    run_ok keystore update --all --cert New --jobs 3
    expect_stdout_matches "^gw001 +updated +New@1 +20"
    expect_stdout_matches "^gw004 +updated +New@1 +20"
    expect_stdout "4 gateways: 4 updated"
    expect_stderr "gw002: restarting the gateway"
    expect_stderr 'gateway "gw003" updated: it serves "New@1" ('
    expect_stderr "4 of 4)"
    # A log has no sequences for a terminal, and no empty lines.
    ! grep -q $'\033' stderr || fail "no escape sequences"
    ! grep -qE '^(gw[0-9]+: )?$' stderr || fail "no empty lines"
    expect_serves New gw001 gw002 gw003 gw004
    run_ok --json keystore update --all --cert New
    expect_json /result/summary/already-current 4
    expect_json /result/deployments/3/gateway gw004
    run_ok --machine-readable keystore update gw002 gw001 gw002 --cert New
    expect_lines 3
    expect_stdout "gw002;already-current;New@1;"
}

# Nothing is touched, so a key that the site does not have is not missed.
scenario_what_is_there_already_needs_no_key() {
    site_of_fleet
    run_ok keystore update gw001 --cert New
    run_ok cert export New -o new.pem --format pem
    export UMSADM_SITE=$PWD/another
    new_site
    run_ok cert import "$fleet/ca/root.pem" new.pem
    add_fleet "$umsadm" "$fleet"
    run_ok --json keystore update gw001 --cert New
    expect_json /result/deployments/0/outcome already-current
    expect_json /result/deployments/0/findings '[]'
    run keystore update gw002 --cert New
    expect_exit 4
    expect_stdout key-missing
}

scenario_labels_select() {
    site_of_fleet
    run_ok gateway edit gw002 --label site=berlin --label ring=1
    run_ok gateway edit gw003 --label site=berlin --label ring=2
    run_ok --json keystore update --label site=berlin --dry-run --cert New
    expect_json /result/summary/gateways 2
    expect_json /result/deployments/0/gateway gw002
    expect_json /result/deployments/0/outcome planned
    # Each of several, and one gateway is no rollout.
    run_ok --json keystore update --label site=berlin --label ring=2 --dry-run --cert New
    expect_json /result/summary/gateways 1
    expect_json /result/deployments/0/gateway gw003
    [ ! -e "$UMSADM_SITE/journal/rollouts.jsonl" ] || fail "a dry run leaves no record"
    run keystore update --label site=hamburg
    expect_error 3 'no gateway has the label "site=hamburg"'
    run keystore update --label berlin
    expect_error 2 '"berlin" is not KEY=VALUE'
    run keystore update gw001 --all
    expect_error 2 "name gateways, or give --all, or --label"
    run keystore update
    expect_error 2 "name the gateways, or give --all or --label"
    run keystore update gw001 gw009
    expect_error 3 'there is no gateway "gw009"'
}

scenario_a_canary_that_fails_keeps_the_others_as_they_are() {
    site_of_fleet
    misbehave gw001 restart-fails "no such service"
    run --json keystore update --all --cert New --canary 1 --jobs 4
    expect_exit 6
    expect_same restored "$(outcome_of 0)"
    expect_same not-started "$(outcome_of 1)"
    expect_same not-started "$(outcome_of 3)"
    expect_json /result/deployments/1/error/message "not started: the canary was not verified"
    expect_stderr "nothing new is started: the canary was not verified"
    [ ! -e "$UMSADM_SITE/journal/gateways/gw002.jsonl" ] || fail "no journal of a gateway that was not started"
    # Repaired: exactly what is left, which is all.
    behave gw001 restart-fails
    run_ok --json keystore update --resume --canary 1
    expect_json /result/summary/updated 4
    expect_serves New gw001 gw004
    run_ok keystore update --resume
    expect_stdout "nothing is left to do"
}

scenario_after_so_many_failures_nothing_new_is_started() {
    site_of_fleet
    misbehave gw001 restart-fails "no such service"
    misbehave gw002 restart-fails "no such service"
    run --json keystore update --all --cert New --jobs 1 --max-failures 2
    expect_exit 6
    expect_same "restored restored not-started not-started" "$(outcome_of 0) $(outcome_of 1) $(outcome_of 2) $(outcome_of 3)"
    expect_json /result/deployments/2/error/message "not started: 2 gateways failed"
    expect_json /result/summary/not-started 2
    behave gw001 restart-fails
    # Only those that are left, with the certificate of the rollout, also when there is a newer one by now.
    run_ok cert renew New
    run --json keystore update --resume
    expect_exit 6
    expect_json /result/summary/gateways 4
    expect_json /result/summary/updated 3
    expect_json /result/deployments/1/outcome restored
    expect_json /result/deployments/0/certificate New@1
    behave gw002 restart-fails
    run_ok --json keystore update --resume
    expect_json /result/summary/gateways 1
    expect_json /result/deployments/0/gateway gw002
    expect_serves New@1 gw001 gw002 gw003 gw004
}

# A directory locks an account after a few wrong passwords.
scenario_a_wrong_password_is_tried_once_only() {
    site_of_fleet
    echo wrong >wrong.pw
    chmod 600 wrong.pw
    run --json keystore update --all --cert New --jobs 4 --sudo-password file:wrong.pw
    expect_exit 5
    expect_json /result/summary/failed 1
    expect_json /result/summary/not-started 3
    grep -qE 'nothing new is started: gateway "gw00[1-4]": wrong sudo password: sudo on 127.0.0.1:[0-9]+ wants' stderr || fail "whose password was refused"
    [ "$(grep -c '^umsadm: error: ' stderr)" -eq 1 ] || fail "one error for one wrong password"
    run_ok --json keystore update --resume
    expect_json /result/summary/updated 4
}

scenario_two_of_a_group_are_never_updated_at_the_same_time() {
    site_of_fleet
    run_ok gateway edit gw001 --group pair
    run_ok gateway edit gw002 --group pair
    run_ok --json keystore update --all --cert New --jobs 4
    # The journals tell when: the second one begins after the first one has ended, in whatever order.
    local first second
    first=$(sed -n 's/.*"event": *"\(begin\|end\)".*/\1/p' "$UMSADM_SITE/journal/gateways/gw001.jsonl" | tr '\n' ' ')
    expect_same "begin end " "$first"
    local log=stderr
    local end_of_first begin_of_second
    end_of_first=$(grep -n 'gateway "gw001" updated' stderr | cut -d: -f1)
    begin_of_second=$(grep -n '^gw002: backing up' stderr | cut -d: -f1)
    [ "$end_of_first" -lt "$begin_of_second" ] || fail "gw002 after gw001"
}

scenario_an_interruption_starts_nothing_new() {
    site_of_fleet
    misbehave gw001 restart-hangs
    misbehave gw002 restart-hangs
    (
        until grep -q 'gw002: restarting' stderr 2>/dev/null; do sleep 0.1; done
        sleep 0.3
        pkill -INT -f "^$umsadm --json keystore update --all --cert New --jobs 2"
        rm -f "$fleet"/gateways/*/control/restart-hangs
    ) &
    run --json keystore update --all --cert New --jobs 2
    wait
    expect_json /result/summary/not-started 2
    expect_json /result/deployments/2/error/code interrupted
    expect_exit 130
    # Those that ran have ended, one way or the other, and each is whole.
    local gateway
    for gateway in gw001 gw002; do
        tail -1 "$UMSADM_SITE/journal/gateways/$gateway.jsonl" | grep -q '"event":"end"' || fail "an end of $gateway"
    done
    run_ok keystore update --resume
    expect_serves New gw001 gw002 gw003 gw004
}

scenario_a_rollout_that_was_killed_is_taken_up_again() {
    site_of_fleet
    misbehave gw002 restart-hangs
    (
        until grep -q 'gw002: restarting' stderr 2>/dev/null; do sleep 0.1; done
        pkill -KILL -f "^$umsadm keystore update --all --cert New --jobs 1"
        behave gw002 restart-hangs
    ) &
    run keystore update --all --cert New --jobs 1
    wait
    expect_exit 137
    run_ok --json keystore update --resume --jobs 4
    expect_json /result/summary/gateways 3
    expect_json /result/deployments/0/gateway gw002
    expect_serves New gw001 gw002 gw003 gw004
}

scenario_what_is_not_due_is_skipped() {
    site_of_fleet
    run_ok cert create Short --root "Sandbox Root" --host "$HOSTS" --key ec:p256 --days 12
    run_ok keystore update gw001 --cert New
    run_ok keystore update gw002 gw003 gw004 --cert Short
    run_ok --json keystore update --all --cert New --due 30
    expect_json /result/deployments/0/outcome skipped
    expect_json /result/deployments/1/outcome updated
    expect_json /result/summary/updated 3
    run_ok keystore update gw001 --cert New --due 30
    expect_stdout 'gateway "gw001" skipped: its certificate is not due'
}

# It goes on by itself, and what an admin left unfinished stays what --resume takes up.
scenario_a_timer_does_not_take_the_place_of_a_rollout() {
    site_of_fleet
    run_ok cert create Short --root "Sandbox Root" --host "$HOSTS" --key ec:p256 --days 12
    run_ok keystore update gw001 gw002 --cert Short
    misbehave gw003 restart-fails "no such service"
    run keystore update gw003 gw004 --cert New
    expect_exit 6
    expect_stderr "umsadm keystore update --resume"
    run_ok --json renew --within 30d
    expect_json /result/summary/updated 2
    expect_not_stderr "--resume"
    behave gw003 restart-fails
    run_ok --json keystore update --resume
    expect_json /result/summary/gateways 1
    expect_json /result/deployments/0/gateway gw003
}

scenario_resume_wants_a_rollout_and_nothing_else() {
    site_of_fleet
    run keystore update --resume
    expect_error 3 "there is no rollout to take up again"
    run keystore update --resume --cert New
    expect_error 2 "--resume takes the gateways and the certificate of the rollout"
    run keystore update --all --canary 1 --no-verify
    expect_error 2 "--canary needs gateways that are verified"
}

scenario_a_password_is_asked_for_once() {
    site_of_fleet
    on_terminal keystore update --all --cert New --jobs 2 --yes --sudo-password prompt <<SCRIPT
expect "sudo password of the gateways:" { send "$(cat "$SSH_PASSWORD_FILE")\\r" }
expect "4 gateways"
SCRIPT
    expect_exit 0
    expect_stdout "4 gateways: 4 updated"
    [ "$(grep -c 'sudo password' stdout)" -eq 1 ] || fail "one question"
}

scenario_on_a_terminal_one_question_and_a_line_for_each() {
    site_of_fleet
    on_terminal keystore update --all --cert New --jobs 2 <<'SCRIPT'
expect "update 4 gateways, 2 at a time?" { send "y\r" }
expect "of 4 gateways done"
SCRIPT
    expect_exit 0
    expect_stdout "4 gateways: 4 updated"
    grep -q $'\033\\[J' stdout || fail "lines that are drawn anew"
    run_ok cert renew New
    on_terminal keystore update --all --cert New <<'SCRIPT'
expect "update 4 gateways, 4 at a time?" { send "n\r" }
SCRIPT
    expect_exit 1
    expect_stdout "not confirmed: nothing was changed"
}
