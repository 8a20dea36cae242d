# shellcheck shell=bash disable=SC2154,SC2034
# shellcheck source=tests/scenarios/sandbox.bash
source "$here/sandbox.bash"

probe() { need_sandbox; }

# One gateway for all of these: it takes seconds to make one.
scenario_check_tells_what_would_stop_an_update() {
    new_site
    with_gateway
    add_gateway berlin
    digest=$(sha256sum <"$KEYSTORE")

    run_ok gateway check berlin
    for code in host-key login root files space keystore restart served health lock; do
        expect_stdout_matches "^ok +$code "
    done
    expect_stdout_matches '^warning +expires-soon '
    expect_stdout 'gateway "berlin" is ready for an update'
    run_ok --json gateway check berlin
    expect_json /result/compatible true
    expect_json /result/keystore/path "$KEYSTORE"
    expect_json /result/keystore/format JKS
    expect_json /result/keystore/entries 3
    expect_json /result/health ok
    expect_same "$(json /result/keystore/fingerprint_sha256)" "$(json /result/served_fingerprint_sha256)"
    run_ok gateway check berlin --probe ssh
    expect_stdout_matches '^ok +served '

    wrong_logins
    wrong_keystores
    unreachable_ports
    held_lock
    expect_same "$digest" "$(sha256sum <"$KEYSTORE")"
}

wrong_logins() {
    echo wrong >wrong.pw
    chmod 600 wrong.pw
    run gateway check berlin --sudo-password file:wrong.pw
    expect_error 5 "wrong sudo password"
    run gateway check berlin --ssh-user nobody-of-this-name
    expect_error 5 "was refused"
    run --json gateway check berlin --ssh-user nobody-of-this-name
    expect_error 5 "was refused"
    expect_json /result/compatible false
    expect_json /result/findings/0/code login-refused
    expect_json /result/keystore null
    run gateway check berlin --ssh-user icg
    expect_error 2 'the user "icg"'
    run gateway check berlin --ssh-key missing
    expect_error 3 missing
    ssh-keygen -q -t ed25519 -N passphrase -f locked
    run gateway check berlin --ssh-key locked
    expect_error 2 "needs its passphrase"
    chmod 644 locked
    run gateway check berlin --ssh-key locked
    expect_error 1 "is open to others"
}

wrong_keystores() {
    echo wrong >wrong.pw
    run gateway check berlin --store-password file:wrong.pw
    expect_exit 4
    expect_stdout_matches '^error +keystore-unreadable '
    run gateway check berlin --alias nobody
    expect_exit 4
    expect_stdout_matches '^error +keystore-alias '
    run_ok gateway edit berlin --keystore /nowhere/keystore.jks
    run --json gateway check berlin
    expect_exit 4
    expect_json /result/compatible false
    expect_json /result/findings/0/code files-missing
    run_ok gateway edit berlin --keystore ""
}

unreachable_ports() {
    "$RESTART_COMMAND" stop
    run_ok gateway check berlin
    expect_stdout_matches '^warning +not-served '
    "$RESTART_COMMAND"
    run_ok gateway edit berlin --restart-command ""
    run gateway check berlin
    expect_exit 4
    expect_stdout_matches '^error +no-restart-command '
    run_ok gateway edit berlin --restart-command "$RESTART_COMMAND"
}

held_lock() {
    exec {lock}<"$(dirname "$KEYSTORE")"
    flock "$lock"
    run gateway check berlin
    expect_exit 4
    expect_stdout_matches '^error +locked '
    exec {lock}<&-
}

scenario_without_sudo_there_is_no_way_in() {
    new_site
    with_gateway --sudo nopasswd
    add_gateway berlin
    run_ok gateway edit berlin --sudo-password ""
    run_ok gateway check berlin
    rm "/etc/sudoers.d/$SSH_USER"
    run gateway check berlin
    expect_exit 5
    run_ok gateway edit berlin --sudo-password "file:$SSH_PASSWORD_FILE"
    run gateway check berlin
    expect_error 5 "is not allowed to become root with sudo"
}

scenario_on_the_machine_itself_no_ssh_is_needed() {
    new_site
    with_gateway --no-sshd
    run_ok gateway add here --host "$TLS_HOST" --port "$TLS_PORT" --install-path "$INSTALL_PATH" \
        --restart-command "$RESTART_COMMAND" --local
    run_ok gateway check here
    expect_stdout_matches '^ok +root +a shell of root on this machine'
    expect_not_stdout host-key
    echo err >"$CONTROL/status"
    sleep 1
    run_ok gateway check here
    expect_stdout_matches '^warning +health '
}
