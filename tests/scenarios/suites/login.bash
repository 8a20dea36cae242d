# shellcheck shell=bash disable=SC2154,SC2034
# The ways to log in, with a real sshd and a real user. "gateway check" tells: with a login it finds no gateway (exit 4),
# without one it ends with 5.
# shellcheck source=tests/sandbox/sshd.sh
source "$here/../sandbox/sshd.sh"

probe() {
    if ((EUID != 0)); then
        echo "only root can make a user for the login"
        return
    fi
    need sshd ssh-keygen ssh-agent sudo
}

# An sshd, the user "$login" with the password in ./pw and the key ./id, and the gateway "berlin" without any of them.
with_login() { # SUDO
    new_site
    chmod 755 .
    sshd_folder=$PWD/ssh
    login=umsadm-t-login-$RANDOM
    trap 'sshd_stop "$sshd_folder"; sshd_user_remove "$login"; [ -z "${SSH_AGENT_PID:-}" ] || kill "$SSH_AGENT_PID"' EXIT
    sshd_user_add "$login" login-secret "$1"
    echo login-secret >pw
    chmod 600 pw
    ssh-keygen -q -t ed25519 -N "" -f id
    sshd_start "$sshd_folder"
    cat id.pub >>"$sshd_folder/authorized_keys"
    host_key=$(ssh-keygen -lf "$sshd_folder/host_ed25519.pub" | cut -d' ' -f2)
    run_ok gateway add berlin --host 127.0.0.1 --ssh-port "$SSHD_PORT" --ssh-user "$login" --host-key "$host_key"
}

expect_login() {
    expect_exit 4
    expect_stdout_matches "^ok +root +a shell of root on $login@127.0.0.1"
    expect_stdout "files-missing"
}

scenario_a_password_opens_ssh_and_sudo() {
    with_login password
    run gateway check berlin --ssh-password file:pw
    expect_login
    LOGIN_PW=login-secret run gateway check berlin --ssh-password env:LOGIN_PW
    expect_login
    exec 7<pw
    run gateway check berlin --ssh-password fd:7
    exec 7<&-
    expect_login
    echo other >wrong
    chmod 600 wrong
    run gateway check berlin --ssh-password file:wrong
    expect_error 5 "was refused"
    run gateway check berlin --ssh-key id
    expect_error 5 "asks for the password"
    run gateway check berlin --ssh-key id --sudo-password file:pw
    expect_login
}

scenario_a_key_with_a_passphrase() {
    with_login nopasswd
    ssh-keygen -q -p -P "" -N passphrase -f id
    echo passphrase >phrase
    echo other >wrong
    chmod 600 phrase wrong
    run gateway check berlin --ssh-key id --ssh-key-password file:phrase
    expect_login
    run gateway check berlin --ssh-key id
    expect_error 2 "needs its passphrase"
    expect_stderr "--ssh-key-password"
    run gateway check berlin --ssh-key id --ssh-key-password file:wrong
    expect_error 1 "wrong passphrase"
    run gateway check berlin --ssh-key id.pub
    expect_error 1 "is a public key"
}

scenario_without_options_the_usual_keys_are_tried() {
    with_login nopasswd
    run gateway check berlin
    expect_error 5 "nothing to try"
    mkdir -m 700 .ssh
    cp id .ssh/id_ed25519
    run gateway check berlin
    expect_login
    ssh-keygen -q -p -P "" -N passphrase -f .ssh/id_ed25519
    run --verbose gateway check berlin
    expect_exit 5
    expect_stderr "passing over a key"
}

scenario_the_agent_holds_the_key() {
    with_login nopasswd
    run gateway check berlin --ssh-agent
    expect_error 2 "SSH_AUTH_SOCK"
    eval "$(ssh-agent -a "$PWD/agent")" >/dev/null
    ssh-add -q id
    run gateway check berlin --ssh-agent
    expect_login
    run gateway check berlin
    expect_login
    run gateway check berlin --no-ssh-agent
    expect_error 5 "nothing to try"
}

scenario_known_hosts_of_the_user_count_without_a_trusted_key() {
    with_login nopasswd
    run_ok gateway edit berlin --host-key ""
    run gateway check berlin --ssh-key id
    expect_error 5 "is unknown"
    mkdir -m 700 .ssh
    echo "[127.0.0.1]:$SSHD_PORT $(cut -d' ' -f1,2 "$sshd_folder/host_ed25519.pub")" >.ssh/known_hosts
    ssh-keygen -q -H -f .ssh/known_hosts 2>hash.log
    run gateway check berlin --ssh-key id
    expect_login
    expect_stdout "is in known_hosts"
    : >empty
    run gateway check berlin --ssh-key id --known-hosts empty
    expect_error 5 "is unknown"
}

scenario_the_command_line_counts_before_the_record_and_that_before_the_site() {
    with_login nopasswd
    run_ok gateway edit berlin --ssh-user ""
    sed -i "s|\"defaults\": {}|\"defaults\": {\"ssh_user\": \"$login\", \"ssh_keys\": [\"$PWD/id\"]}|" "$UMSADM_SITE/site.json"
    run gateway check berlin
    expect_login
    run_ok gateway list
    expect_stdout "$login@127.0.0.1:$SSHD_PORT"
    run_ok gateway edit berlin --ssh-user nobody-of-this-name
    run gateway check berlin
    expect_error 5 '"nobody-of-this-name"'
    run gateway check berlin --ssh-user "$login"
    expect_login
}
