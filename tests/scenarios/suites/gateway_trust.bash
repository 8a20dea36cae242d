# shellcheck shell=bash disable=SC2154,SC2034
# shellcheck source=tests/sandbox/sshd.sh
source "$here/../sandbox/sshd.sh"

probe() { need sshd ssh-keygen expect; }

with_sshd() {
    new_site
    sshd_folder=$PWD/ssh
    trap 'sshd_stop "$sshd_folder"' EXIT
    sshd_start "$sshd_folder"
    host_key=$(fingerprint_of ed25519)
    run_ok gateway add berlin --host 127.0.0.1 --ssh-port "$SSHD_PORT" --ssh-user admin
}

fingerprint_of() { ssh-keygen -lf "$sshd_folder/host_$1.pub" | cut -d' ' -f2; }
stored_key() {
    run_ok --json gateway show berlin
    json /result/login/host_keys/0
}

scenario_without_a_terminal_the_key_has_to_be_named() {
    with_sshd
    run gateway trust berlin
    expect_error 2 "nobody is there to compare it"
    expect_stderr "$host_key"
    run --yes gateway trust berlin
    expect_exit 2
    run gateway trust berlin --host-key "SHA256:$(printf 'A%.0s' {1..43})"
    expect_error 5 "shows the host key $host_key"
    run_ok --json gateway show berlin
    expect_not_stdout "$host_key"
    run_ok gateway trust berlin --host-key "$host_key"
    expect_stdout "trusted the host key $host_key"
    expect_same "$host_key" "$(stored_key)"
    grep -qF "host key $host_key, before: none" "$UMSADM_SITE/audit.jsonl" || fail "the key in the audit log"
    run_ok gateway trust berlin
    expect_stdout "is trusted already"
    run_ok --json gateway trust berlin
    expect_json /result/standing unchanged
}

scenario_on_a_terminal_it_asks_and_no_changes_nothing() {
    with_sshd
    on_terminal gateway trust berlin <<<'expect "then choose" {send "1\r"}'
    expect_exit 1
    expect_stdout "the host key is not trusted"
    on_terminal --yes gateway trust berlin <<<'expect "then choose" {send "\r"}'
    expect_exit 1
    on_terminal gateway trust berlin <<<'expect "then choose" {send "2\r"}'
    expect_exit 0
    expect_stdout "$host_key"
    expect_same "$host_key" "$(stored_key)"
}

scenario_a_changed_key_is_loud_and_takes_the_place_of_the_old_one() {
    with_sshd
    local old_key=$host_key
    run_ok gateway trust berlin --host-key "$old_key"
    sshd_stop "$sshd_folder"
    rm "$sshd_folder"/host_ed25519*
    sshd_start "$sshd_folder"
    host_key=$(fingerprint_of ed25519)
    run_ok gateway edit berlin --ssh-port "$SSHD_PORT"
    run gateway trust berlin
    expect_error 2 "has changed"
    expect_stderr "THE HOST KEY OF GATEWAY \"berlin\" HAS CHANGED"
    expect_stderr "trusted until now: $old_key"
    expect_stderr "shown now:         $host_key"
    run gateway check berlin
    expect_error 5 "HAS CHANGED"
    run_ok gateway trust berlin --host-key "$host_key"
    expect_same "$host_key" "$(stored_key)"
    run_ok --json gateway show berlin
    expect_not_stdout "$old_key"
}

scenario_a_revoked_key_is_never_trusted() {
    with_sshd
    echo "@revoked * $(cut -d' ' -f1,2 "$sshd_folder/host_ed25519.pub")" >revoked
    run gateway trust berlin --known-hosts revoked --host-key "$host_key"
    expect_error 5 "is revoked"
    run_ok --json gateway show berlin
    expect_not_stdout "$host_key"
}

scenario_an_unknown_key_ends_the_connection_before_any_login() {
    with_sshd
    run gateway check berlin
    expect_error 5 "is unknown: $host_key"
    expect_stderr 'umsadm gateway trust berlin'
    if grep -q "userauth-request\|Failed\|Accepted" "$sshd_folder/log"; then fail "no login attempt in the log of sshd"; fi
}

scenario_a_key_behind_a_jump_host_is_not_guessed() {
    with_sshd
    run gateway trust berlin --jump admin@127.0.0.1:1 --host-key "$host_key"
    expect_error 5 "connecting to the jump host admin@127.0.0.1:1"
    run_ok --json gateway show berlin
    expect_not_stdout "$host_key"
}

scenario_nobody_answers_and_local_gateways() {
    new_site
    run_ok gateway add berlin --host 127.0.0.1 --ssh-port 1 --ssh-user admin
    run gateway trust berlin
    expect_error 5 "connection refused"
    run_ok gateway add here --host 127.0.0.1 --local
    expect_stderr "next: umsadm gateway check here"
    run_ok gateway trust here
    expect_stdout "there is no host key to trust"
    run_ok --json gateway trust here
    expect_json /result/local true
    expect_json /result/host_key null
    expect_json /result/trusted_before '[]'
}
