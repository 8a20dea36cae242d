# shellcheck shell=bash disable=SC2154,SC2034
# A gateway behind a jump host: everything that connects goes through one connection to a real bastion.
# shellcheck source=tests/scenarios/survive.bash
source "$here/survive.bash"
# shellcheck source=tests/scenarios/bastion.bash
source "$here/bastion.bash"

probe() {
    need_sandbox
    need_tracing
}

begin_suite() {
    share_gateway
    trap 'stop_gateway; sshd_cleanup; [ "$failed" -ne 0 ] || rm -rf "$suite_folder"' EXIT
    begin_bastion "$PWD/bastion"
    shared_bastion=$bastion_folder
    allow_at_bastion "$SSH_KEY"
}

# The gateway "berlin", which is reached through the bastion; the scenario's HOME knows the key of the bastion.
begin_behind_bastion() { # [CONFIG LINE OF THE BASTION...]
    begin_bastion "$shared_bastion" "$@"
    begin_with_gateway
    mkdir -m 700 .ssh
    bastion_line >.ssh/known_hosts
    jump=$bastion@127.0.0.1:$bastion_port
    run_ok gateway edit berlin --jump "$jump"
}

scenario_check_and_trust_go_through_it() {
    begin_behind_bastion
    run_ok gateway edit berlin --host-key ""
    run gateway trust berlin --host-key "SHA256:$(printf 'A%.0s' {1..43})"
    expect_error 5 "shows the host key $HOST_KEY"
    run_ok gateway trust berlin --host-key "$HOST_KEY"
    expect_stderr "through $jump"
    run_ok gateway check berlin
    expect_stdout "$SSH_USER@127.0.0.1:$SSH_PORT through $jump"
    run_ok gateway check berlin --probe ssh
    expect_same 4 "$(bastion_logins)"
    run_ok gateway show berlin
    expect_stdout_matches "Jump host +$jump"
}

scenario_an_unknown_bastion_is_not_logged_in_to() {
    begin_behind_bastion
    : >.ssh/known_hosts
    local command
    for command in "check berlin" "trust berlin --host-key $HOST_KEY"; do
        # shellcheck disable=SC2086
        run gateway $command
        expect_error 5 "the host key of 127.0.0.1:$bastion_port is unknown"
        expect_stderr "connecting to the jump host $jump"
        expect_stderr "ssh-keyscan -t ed25519 -p $bastion_port 127.0.0.1"
        expect_not_stderr "gateway trust berlin"
    done
    expect_same 0 "$(bastion_logins)"
    # What the hint says helps.
    ssh-keyscan -t ed25519 -p "$bastion_port" 127.0.0.1 >.ssh/known_hosts 2>scan.log
    run_ok gateway check berlin
    # Its key is not the gateway's, and a file of known keys that is named counts for both.
    : >empty
    run gateway check berlin --known-hosts empty
    expect_error 5 "the host key of 127.0.0.1:$bastion_port is unknown"
    expect_stderr "add it to empty"
    ssh-keygen -q -t ed25519 -N "" -f other
    echo "[127.0.0.1]:$bastion_port $(cut -d' ' -f1,2 other.pub)" >.ssh/known_hosts
    run gateway check berlin
    expect_error 5 "HAS CHANGED"
}

scenario_a_whole_update_with_one_login() {
    begin_behind_bastion
    run_ok keystore update berlin --cert A
    expect_gateway_has A
    expect_no_leftovers
    expect_same 1 "$(bastion_logins)"
    run_ok keystore update berlin --cert B --probe ssh
    expect_gateway_has B
    expect_same 2 "$(bastion_logins)"
    run_ok keystore verify berlin --probe ssh
    run_ok --yes keystore rollback berlin
    expect_gateway_has A
}

scenario_the_bastion_is_cut_in_the_middle_and_comes_back() {
    begin_behind_bastion
    local line present=old
    for line in begin "upload started" "swap started" "restart started" "clean started"; do
        if [ "$present" = A ]; then present=B; else present=A; fi
        run_stopped "$line" keystore update berlin --cert "$present"
        cut_bastion
        go_on
        expect_exit 0
        expect_gateway_has "$present"
        expect_no_leftovers
    done
    expect_used_is "$present"
}

scenario_the_bastion_is_gone_for_good_before_the_swap() {
    begin_behind_bastion
    run_ok gateway edit berlin --wait 6
    run_stopped "upload started" keystore update berlin --cert A
    cut_bastion
    sshd_stop "$bastion_folder"
    go_on
    expect_error 5 "the connection was lost and cannot be made again"
    expect_gateway_has old
}

scenario_the_bastion_is_gone_for_good_after_the_swap() {
    begin_behind_bastion
    run_ok gateway edit berlin --wait 6
    run_stopped "swap done" keystore update berlin --cert A
    cut_bastion
    sshd_stop "$bastion_folder"
    go_on
    expect_exit 7
    expect_stored A
    expect_served old

    begin_bastion "$bastion_folder"
    bastion_line >.ssh/known_hosts
    run_ok keystore update berlin --cert A --jump "$bastion@127.0.0.1:$bastion_port"
    expect_stderr "was cut off; it is settled first"
    expect_gateway_has A
    expect_no_leftovers
}

scenario_a_bastion_that_forbids_it_says_so() {
    local line
    for line in "AllowTcpForwarding no" "PermitOpen 127.0.0.1:1"; do
        rm -rf .ssh site
        begin_behind_bastion "$line"
        run gateway check berlin
        expect_error 5 "the jump host $jump does not connect to 127.0.0.1:$SSH_PORT: administratively prohibited"
        expect_stderr "AllowTcpForwarding"
    done
    rm -rf .ssh site
    begin_behind_bastion "PermitOpen 127.0.0.1:$SSH_PORT" "MaxSessions 0"
    run_ok gateway check berlin
    run gateway check berlin --ssh-port 1
    expect_error 5 "administratively prohibited"
    rm -rf .ssh site
    begin_behind_bastion
    run gateway check berlin --ssh-port 1
    expect_error 5 "does not connect to 127.0.0.1:1: connect failed"
}

scenario_many_at_once_make_one_login() {
    begin_behind_bastion
    local i before
    for i in 1 2 3 4 5 6 7 8 9 10; do
        run_ok server add "ums$i" --host 127.0.0.1 --ssh-port "$SSH_PORT" --ssh-user "$SSH_USER" --ssh-key "$SSH_KEY" \
            --sudo-password "file:$SSH_PASSWORD_FILE" --host-key "$HOST_KEY" --jump "$jump" --ums-id-store file \
            --ums-id-path /nowhere.p12 --ums-id-password "file:$SSH_PASSWORD_FILE" --restart-command true
    done
    before=$(grep -c "^Accepted publickey" "$gateway_folder/ssh/log" || true)
    run id show
    expect_exit 0
    expect_same 1 "$(bastion_logins)"
    expect_same $((before + 10)) "$(grep -c "^Accepted publickey" "$gateway_folder/ssh/log")"
}

scenario_several_one_after_the_other() {
    begin_behind_bastion
    chmod 755 .
    local first=$jump
    begin_bastion "$PWD/second"
    trap 'sshd_stop "$PWD/second"' EXIT
    allow_at_bastion "$SSH_KEY"
    bastion_line >>.ssh/known_hosts
    run_ok gateway edit berlin --jump "$first,$bastion@127.0.0.1:$bastion_port"
    run_ok gateway check berlin
    expect_same 1 "$(bastion_logins)"
    # The second is reached through the first: a first one that may not connect to it ends the way.
    sshd_stop "$shared_bastion"
    run gateway check berlin
    expect_error 5 "$first"
    expect_same 1 "$(bastion_logins)"
    run_ok gateway check berlin --jump none
}

scenario_no_password_of_the_gateway_gets_there() {
    begin_behind_bastion
    run_ok gateway edit berlin --ssh-key ""
    run gateway check berlin --ssh-password "file:$SSH_PASSWORD_FILE"
    expect_error 5 "the login as \"$bastion\" to 127.0.0.1:$bastion_port was refused (nothing to try"
    expect_stderr "never with a password"
    ! bastion_log | grep -qi "password" || fail "no password tried at the bastion"
    # The same login, with a key for the bastion: the gateway gets its password.
    cp "$SSH_KEY" .ssh/id_ed25519
    run_ok gateway check berlin --ssh-password "file:$SSH_PASSWORD_FILE"
    run_ok keystore update berlin --cert A --ssh-password "file:$SSH_PASSWORD_FILE"
    ! bastion_log | grep -qi "password" || fail "no password tried at the bastion"
    ! bastion_log | grep -qF -f "$SSH_PASSWORD_FILE" || fail "no secret in the log of the bastion"
    grep -q "Accepted password\|Accepted publickey" "$gateway_folder/ssh/log" || fail "a login at the gateway"
}

scenario_a_rollout_says_whose_login_was_refused() {
    begin_behind_bastion
    run_ok gateway edit berlin --ssh-key ""
    run_ok gateway add hamburg --host 127.0.0.1 --ssh-port "$SSH_PORT" --ssh-user "$SSH_USER" \
        --sudo-password "file:$SSH_PASSWORD_FILE" --jump "$jump"
    local refused="the login as \"$bastion\" to 127.0.0.1:$bastion_port was refused (nothing to try"
    run --json keystore update --all --cert A --jobs 1 --ssh-password "file:$SSH_PASSWORD_FILE"
    expect_exit 5
    expect_stderr "nothing new is started: gateway \"berlin\": $refused"
    expect_json /result/deployments/1/outcome not-started
    expect_stdout "not started: gateway \\\"berlin\\\": ${refused//\"/\\\"}"
    # One that waited for the answer is told the same: the jump host is asked once.
    local attempts
    attempts=$(grep -c "Connection from" "$bastion_folder/log")
    run --json keystore update --all --cert A --jobs 2 --ssh-password "file:$SSH_PASSWORD_FILE"
    expect_exit 5
    expect_json /result/summary/failed 2
    expect_json /result/deployments/0/error/message "$refused; the server takes: publickey,password)"
    expect_json /result/deployments/1/error/message "$refused; the server takes: publickey,password)"
    expect_same $((attempts + 1)) "$(grep -c "Connection from" "$bastion_folder/log")"
    expect_not_stderr "password was refused"
}

scenario_a_busy_bastion_is_tried_again() {
    begin_behind_bastion "MaxStartups 1"
    sleep 0.3
    exec 5<>"/dev/tcp/127.0.0.1/$bastion_port"
    sleep 0.3
    (
        sleep 1
        true
    ) &
    local waiting=$!
    "$umsadm" gateway check berlin >stdout 2>stderr </dev/null 5>&- &
    local checking=$!
    wait "$waiting"
    exec 5>&-
    exit_code=0
    wait "$checking" || exit_code=$?
    last_command="gateway check berlin"
    expect_exit 0
    expect_same 1 "$(bastion_logins)"
}

scenario_what_is_no_jump_host_is_refused() {
    new_site
    run_ok gateway add berlin --host 127.0.0.1 --ssh-user admin
    local wrong
    for wrong in '' '@host' 'user@host:0' '-oX' 'a,,b' 'a b'; do
        run gateway check berlin --jump "$wrong"
        expect_error 2 "jump"
    done
    run gateway edit berlin --jump 'a,,b'
    expect_error 2 'field "jump" must be USER@HOST:PORT'
    run gateway check berlin --jump nobody@127.0.0.1:1
    expect_error 5 "127.0.0.1:1: connection refused"
    expect_stderr "connecting to the jump host nobody@127.0.0.1:1"
}
