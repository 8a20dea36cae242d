# What "server trust" shares with "gateway trust" is tested there.
# shellcheck shell=bash disable=SC2154,SC2034
# shellcheck source=tests/sandbox/sshd.sh
source "$here/../sandbox/sshd.sh"

probe() { need sshd ssh-keygen expect; }

with_sshd() {
    new_site
    sshd_folder=$PWD/ssh
    trap 'sshd_stop "$sshd_folder"' EXIT
    sshd_start "$sshd_folder"
    host_key=$(ssh-keygen -lf "$sshd_folder/host_ed25519.pub" | cut -d' ' -f2)
    run_ok server add ums1 --host 127.0.0.1 --ssh-port "$SSHD_PORT" --ssh-user admin
}
stored_key() {
    run_ok --json server show ums1
    json /result/login/host_keys/0
}

scenario_without_a_terminal_the_key_has_to_be_named() {
    with_sshd
    run --yes server trust ums1
    expect_error 2 "nobody is there to compare it"
    expect_stderr "server \"ums1\" at 127.0.0.1:$SSHD_PORT shows the host key"
    run server trust ums1 --host-key "SHA256:$(printf 'A%.0s' {1..43})"
    expect_error 5 "server \"ums1\" shows the host key $host_key"
    run_ok --json server show ums1
    expect_not_stdout "$host_key"
    run_ok --json server trust ums1 --host-key "$host_key"
    expect_json /result/server ums1
    expect_json /result/standing first
    expect_stderr "next: umsadm server check ums1"
    expect_same "$host_key" "$(stored_key)"
    grep -qF '"server trust"' "$UMSADM_SITE/audit.jsonl" || fail "the trust in the audit log"
    run_ok server trust ums1
    expect_stdout 'the host key of server "ums1" is trusted already'
}

scenario_on_a_terminal_it_asks() {
    with_sshd
    on_terminal server trust ums1 <<<'expect "then choose" {send "1\r"}'
    expect_exit 1
    on_terminal server trust ums1 <<<'expect "then choose" {send "2\r"}'
    expect_exit 0
    expect_same "$host_key" "$(stored_key)"
}

scenario_a_changed_key_is_loud() {
    with_sshd
    run_ok server edit ums1 --host-key "SHA256:$(printf 'A%.0s' {1..43})"
    run server trust ums1
    expect_error 2 "has changed"
    expect_stderr 'THE HOST KEY OF SERVER "ums1" HAS CHANGED'
    run server check ums1
    expect_error 5 "HAS CHANGED"
    expect_stderr "umsadm server trust ums1"
}

scenario_an_unknown_key_names_the_command_that_trusts_it() {
    with_sshd
    run --json server check ums1
    expect_error 5 "is unknown: $host_key"
    expect_stderr "umsadm server trust ums1"
    expect_json /result/server ums1
    expect_json /result/compatible false
    expect_json /result/findings/0/code host-key
    expect_json /result/ums_id null
    expect_json /result/server_status null
    run_ok server edit ums1 --local
    run_ok server trust ums1
    expect_stdout 'server "ums1" is this machine'
}
