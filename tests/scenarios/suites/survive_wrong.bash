# shellcheck shell=bash disable=SC2154,SC2034
# What was given is wrong: nothing is changed, the message names it, and a wrong password is tried once only.
# shellcheck source=tests/scenarios/survive.bash
source "$here/survive.bash"

probe() { need_sandbox; }
begin_suite() { share_gateway; }

begin_with_wrong_password() {
    begin_with_gateway
    echo marker-Wrong-Pw >wrong.pw
    chmod 600 wrong.pw
    untouched=$(state_of_gateway)
}

state_of_gateway() { find "$(dirname "$KEYSTORE")" -printf '%p %i %m %U %T@ %s\n' | sort; }

expect_untouched() {
    expect_same "$untouched" "$(state_of_gateway)"
    expect_gateway_has old
    [ ! -e "$journal" ] || fail "no journal: no run was begun"
    if grep -q marker-Wrong-Pw all_output; then fail "no password in the output"; fi
}

count_in_log() { grep -c -- "$1" "$gateway_folder/ssh/log" || true; }

scenario_a_wrong_ssh_password_is_tried_once() {
    begin_with_wrong_password
    local before
    run_ok gateway edit berlin --ssh-key ""
    before=$(count_in_log "Failed password")
    run keystore update berlin --cert A --ssh-password file:wrong.pw --sudo-password "file:$SSH_PASSWORD_FILE"
    expect_error 5 "refused"
    expect_untouched
    expect_same $((before + 1)) "$(count_in_log "Failed password")"
    run_ok keystore update berlin --cert A --ssh-password "file:$SSH_PASSWORD_FILE" --dry-run
}

scenario_a_wrong_sudo_password_is_tried_once() {
    begin_with_wrong_password
    local log=$gateway_folder/sudo.log
    echo "Defaults:$SSH_USER logfile=$log" >"/etc/sudoers.d/$SSH_USER-log"
    trap 'rm -f "/etc/sudoers.d/$SSH_USER-log"' EXIT
    run keystore update berlin --cert A --sudo-password file:wrong.pw
    expect_error 5 "wrong sudo password"
    expect_untouched
    grep -q "1 incorrect password attempt ;" "$log" || fail "one attempt in the log of sudo: $(cat "$log")"
    expect_same 1 "$(grep -c "USER=root" "$log")"
}

scenario_a_wrong_store_password_ends_it() {
    begin_with_wrong_password
    run keystore update berlin --cert A --store-password file:wrong.pw
    expect_error 1 "password"
    expect_untouched
    # The gateway's own configuration can be wrong as well.
    cp -p "$INSTALL_PATH/usg/conf/application-prod.yml" right.yml
    sed -i 's/key-store-password: .*/key-store-password: marker-Wrong-Pw/' "$INSTALL_PATH/usg/conf/application-prod.yml"
    run keystore update berlin --cert A
    cp -p right.yml "$INSTALL_PATH/usg/conf/application-prod.yml"
    expect_error 1 "password"
    expect_untouched
}

scenario_a_changed_host_key_ends_it_before_any_login() {
    begin_with_wrong_password
    sshd_stop "$gateway_folder/ssh"
    rm "$gateway_folder"/ssh/host_ed25519*
    sshd_start "$gateway_folder/ssh"
    run keystore update berlin --cert A --ssh-port "$SSHD_PORT"
    expect_error 5 "HAS CHANGED"
    run --yes keystore update berlin --cert A --ssh-port "$SSHD_PORT"
    expect_error 5 "HAS CHANGED"
    expect_same 0 "$(count_in_log "Accepted\|Failed")"
    expect_untouched
}

scenario_a_wrong_passphrase_of_the_new_key() {
    begin_with_wrong_password
    local key
    run_ok --json cert show A
    key=$UMSADM_SITE/certificates/$(json /result/fingerprint_sha256 | tr -d : | tr A-F a-f)/key.pem
    openssl pkcs8 -topk8 -in "$key" -out locked.pem -passout pass:marker-Right-Pw
    cp locked.pem "$key"
    run keystore update berlin --cert A --key-password file:wrong.pw
    expect_error 1 "passphrase"
    expect_untouched
    run keystore update berlin --cert A
    expect_exit 2
    expect_untouched
    echo marker-Right-Pw >right.pw
    chmod 600 right.pw
    run_ok keystore update berlin --cert A --key-password file:right.pw
    expect_gateway_has A
}
