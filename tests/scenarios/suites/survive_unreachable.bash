# shellcheck shell=bash disable=SC2154,SC2034
# The TLS port of the gateway: nobody listens, only SSH can reach it, or it cannot be reached at all.
# shellcheck source=tests/scenarios/survive.bash
source "$here/survive.bash"

# A name that the gateway knows and this machine does not: the gateway in its own network.
inner_name=icg.sandbox.invalid

probe() {
    need_sandbox
    unshare --mount true 2>/dev/null || echo "this machine does not allow mounting"
}
begin_suite() { share_gateway --hosts "127.0.0.1;$inner_name"; }

scenario_a_gateway_that_is_down_gets_its_certificate() {
    begin_with_gateway
    "$RESTART_COMMAND" stop
    run_ok keystore update berlin --cert A
    expect_stdout_matches "^warning +not-served "
    expect_gateway_has A
    expect_used_is A
    run_ok keystore verify berlin
}

scenario_a_gateway_that_is_down_and_stays_down_is_left_with_the_old_keystore() {
    begin_with_gateway
    "$RESTART_COMMAND" stop
    : >"$CONTROL/refuse-start"
    run keystore update berlin --cert A --wait 2
    rm "$CONTROL/refuse-start"
    expect_error 6 "serves nothing"
    expect_stored old
    expect_not_used A
    "$RESTART_COMMAND"
    wait_until serves old
}

# The port was looked at before the login, and that is long ago when the login is done.
scenario_a_login_that_takes_longer_than_a_look() {
    begin_with_gateway
    local sshd
    sshd=$(cat "$gateway_folder/ssh/pid")
    kill -STOP "$sshd"
    { sleep 6 && kill -CONT "$sshd"; } &
    run keystore update berlin --cert A
    wait
    expect_exit 0
    expect_not_stdout "not-served"
    expect_gateway_has A
}

# sshd with a file of hosts of its own, which nobody else sees. It has this machine's names too: sudo looks its host up,
# and would wait for a name server.
sshd_in_its_own_network() {
    sshd_stop "$gateway_folder/ssh"
    { cat /etc/hosts && printf '127.0.0.1 %s %s\n' "$inner_name" "$(uname -n)"; } >hosts
    SSHD_PORT=$(cat "$gateway_folder/ssh/port")
    # shellcheck disable=SC2016
    unshare --mount sh -c 'mount --bind "$1" /etc/hosts && exec "$2" -D -f "$3" -p "$4" -E "$5"' sh \
        "$PWD/hosts" "$(sshd_program)" "$gateway_folder/ssh/sshd_config" "$SSHD_PORT" "$gateway_folder/ssh/log" \
        </dev/null >/dev/null 2>&1 &
    SSHD_PID=$!
    trap 'kill "$SSHD_PID"; sshd_start "$gateway_folder/ssh"' EXIT
    sshd_wait
}

scenario_a_port_that_only_ssh_can_reach() {
    begin_with_gateway
    sshd_in_its_own_network
    run_ok gateway edit berlin --host "$inner_name" --ssh-host 127.0.0.1
    run keystore update berlin --cert A
    expect_error 5 "$inner_name"
    expect_gateway_has old
    [ ! -e "$journal" ] || fail "no journal: no run was begun"
    run_ok keystore update berlin --cert A --probe ssh
    expect_gateway_has A
    run_ok gateway edit berlin --probe ssh
    run_ok keystore verify berlin
    expect_stdout 'serves "A@1" as installed'
    # And the way back.
    echo err >"$CONTROL/status"
    run keystore update berlin --cert B --wait 3
    rm "$CONTROL/status"
    expect_error 6 "its health page says"
    expect_gateway_has A
    run_ok --yes keystore rollback berlin
    expect_gateway_has old
}
