# shellcheck shell=bash disable=SC2154,SC2034
# The configuration of OpenSSH, read by the real ssh: a ~/.ssh of root that only the program sees, in a mount namespace.
# shellcheck source=tests/scenarios/bastion.bash
source "$here/bastion.bash"

probe() {
    if ((EUID != 0)); then
        echo "only root can make a user for the login"
    elif ! unshare --mount true 2>/dev/null; then
        echo "this machine does not allow a mount namespace"
    fi
    need ssh sshd ssh-keygen ssh-agent sudo unshare
}

begin_suite() {
    root_ssh=$(getent passwd 0 | cut -d: -f6)/.ssh
    made=no
    [ -d "$root_ssh" ] || { mkdir -m 700 "$root_ssh" && made=yes; }
    trap '[ "$made" = no ] || rmdir "$root_ssh"; [ "$failed" -ne 0 ] || rm -rf "$suite_folder"' EXIT
}

# An sshd, the user "$login" who has the key ./.ssh/special, and the gateway "berlin", of which only a name is known.
with_config() { # <<CONFIG
    chmod 755 .
    mkdir -m 700 .ssh
    sshd_folder=$PWD/ssh
    login=umsadm-t-config-$RANDOM
    trap 'sshd_cleanup; [ -z "${SSH_AGENT_PID:-}" ] || kill "$SSH_AGENT_PID"' EXIT
    sshd_user_add "$login" login-secret nopasswd
    sshd_start "$sshd_folder"
    port=$SSHD_PORT
    ssh-keygen -q -t ed25519 -N "" -f .ssh/special
    cat .ssh/special.pub >>"$sshd_folder/authorized_keys"
    host_line=$(cut -d' ' -f1,2 "$sshd_folder/host_ed25519.pub")
    echo "[127.0.0.1]:$port $host_line" >.ssh/known_hosts
    new_site
    run_ok gateway add berlin --host icg-berlin
    # shellcheck disable=SC2016
    wrapper=(unshare --mount sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh "$PWD/.ssh" "$root_ssh")
    write_config
}

write_config() { # <<CONFIG
    sed "s|LOGIN|$login|; s|PORT|$port|" >.ssh/config
}

expect_login() {
    expect_exit 4
    expect_stdout_matches "^ok +root +a shell of root on $login@127.0.0.1:$port"
}

whole_config() {
    with_config <<'CONFIG'
Host icg-*
  HostName 127.0.0.1
  Port PORT
  User LOGIN
  IdentityFile ~/.ssh/special
CONFIG
}

scenario_it_says_where_and_who() {
    whole_config
    run gateway check berlin
    expect_login
    run --quiet gateway trust berlin --host-key "$(ssh-keygen -lf "$sshd_folder/host_ed25519.pub" | cut -d' ' -f2)"
    expect_exit 0
}

scenario_a_failure_names_the_login_that_was_tried() {
    whole_config
    run gateway check berlin --ssh-password prompt
    expect_stderr "password of $login@127.0.0.1:$port"
    : >"$sshd_folder/authorized_keys"
    run gateway check berlin
    expect_error 5 "was refused"
    expect_stderr "while connecting to gateway \"berlin\" ($login@127.0.0.1:$port)"
    expect_not_stderr "icg-berlin"
    printf 'Host icg-*\n  HostName 127.0.0.1\n  Port 1\n  User somebody\n  ProxyJump nobody@127.0.0.1:1\n' >.ssh/config
    run gateway check berlin
    expect_stderr 'while connecting to gateway "berlin" (somebody@127.0.0.1:1 through nobody@127.0.0.1:1)'
}

scenario_what_is_given_counts_first() {
    whole_config
    run gateway check berlin --ssh-user nobody-of-this-name
    expect_error 5 '"nobody-of-this-name"'
    run gateway check berlin --ssh-port 1
    expect_error 5 "cannot connect to 127.0.0.1:1: connection refused"
    run_ok gateway edit berlin --ssh-port 1
    run gateway check berlin
    expect_error 5 "cannot connect to 127.0.0.1:1: connection refused"
    run gateway check berlin --ssh-port "$port"
    expect_login
    run_ok gateway edit berlin --ssh-port ""
    sed -i 's|"defaults": {}|"defaults": {"ssh_port": 1}|' "$UMSADM_SITE/site.json"
    run gateway check berlin
    expect_error 5 "cannot connect to 127.0.0.1:1: connection refused"
}

scenario_it_can_be_left_alone() {
    whole_config
    run gateway check berlin --no-ssh-config
    expect_error 5 "cannot connect to icg-berlin:22"
    run_ok gateway edit berlin --no-ssh-config
    run gateway check berlin
    expect_error 5 "cannot connect to icg-berlin:22"
    run_ok gateway show berlin
    expect_stdout_matches "OpenSSH config +left alone"
    run gateway check berlin --ssh-config
    expect_login
    run_ok gateway edit berlin --ssh-config
    run gateway check berlin
    expect_login
    run_ok gateway remove berlin --yes
    run_ok gateway add berlin --host icg-berlin
    sed -i 's|"defaults": {}|"defaults": {"ssh_config": false}|' "$UMSADM_SITE/site.json"
    run gateway check berlin
    expect_error 5 "cannot connect to icg-berlin:22"
}

# A program "ssh" that counts how often it is called.
counting_ssh() {
    mkdir bin
    printf '#!/bin/sh\necho "$@" >>%s/calls\nexec %s "$@"\n' "$PWD" "$(command -v ssh)" >bin/ssh
    chmod 755 bin/ssh
    export PATH=$PWD/bin:$PATH
}

scenario_ssh_is_asked_once_for_a_host_and_not_for_nothing() {
    whole_config
    counting_ssh
    local i
    for i in 1 2 3 4 5; do
        run_ok server add "ums$i" --host icg-ums --ums-id-store file --ums-id-path /nowhere.p12 \
            --ums-id-password file:nowhere --restart-command true
    done
    [ ! -e calls ] || fail "no call of ssh by commands that do not connect"
    run id show
    expect_same 2 "$(wc -l <calls)" # the host, and the defaults
    rm calls
    printf 'Host *\n  SendEnv LANG LC_*\n  HashKnownHosts yes\n' | write_config
    run gateway check berlin
    expect_error 5 "cannot connect to icg-berlin:22"
    rm .ssh/config
    run gateway check berlin
    [ ! -e calls ] || fail "no call of ssh without a configuration that matters"
    printf 'Include %s/more/*\n' "$PWD" | write_config
    mkdir more
    run gateway check berlin
    [ ! -e calls ] || fail "no call of ssh for an empty folder of configurations"
    printf 'Host icg-*\n  HostName=127.0.0.1\n  Port %s\n  User %s\n  IdentityFile ~/.ssh/special\n' "$port" "$login" >more/icg
    run gateway check berlin
    expect_login
}

scenario_its_jump_host_is_passed() {
    with_config <<'CONFIG'
Host icg-*
  HostName 127.0.0.1
  Port PORT
  User LOGIN
  ProxyJump gate
CONFIG
    begin_bastion "$PWD/bastion"
    allow_at_bastion .ssh/special
    bastion_line >>.ssh/known_hosts
    cat >>.ssh/config <<CONFIG
Host gate
  HostName 127.0.0.1
  Port $bastion_port
  User $bastion
Host *
  IdentityFile ~/.ssh/special
  ProxyJump gate
CONFIG
    run gateway check berlin
    expect_login
    expect_stdout "through $bastion@127.0.0.1:$bastion_port"
    expect_same 1 "$(bastion_logins)"
    run gateway check berlin --jump none
    expect_login
    expect_same 1 "$(bastion_logins)"
    # A name of the configuration is one for --jump as well.
    sed -i 's/ProxyJump.*//' .ssh/config
    run gateway check berlin --jump gate
    expect_login
    expect_same 2 "$(bastion_logins)"
}

scenario_a_proxy_command_is_refused_where_it_would_matter() {
    with_config <<'CONFIG'
Host icg-*
  HostName 127.0.0.1
  Port PORT
  User LOGIN
  IdentityFile ~/.ssh/special
  ProxyCommand touch owned
CONFIG
    run gateway check berlin
    expect_error 2 'reaches "icg-berlin" with a ProxyCommand, and umsadm runs none'
    expect_stderr "--jump"
    run gateway check berlin --jump none
    expect_login
    [ ! -e owned ] || fail "no ProxyCommand run"
    run gateway check berlin --no-ssh-config
    expect_error 5 "cannot connect to icg-berlin:22"
}

scenario_a_certificate_is_named_when_the_login_is_refused() {
    whole_config
    echo "  CertificateFile ~/.ssh/special-cert.pub" >>.ssh/config
    run gateway check berlin
    expect_login
    expect_not_stderr "certificate"
    : >"$sshd_folder/authorized_keys"
    run gateway check berlin
    expect_error 5 "was refused"
    expect_stderr 'names the certificate "~/.ssh/special-cert.pub", and umsadm uses none'
}

scenario_names_of_host_keys() {
    whole_config
    echo "  HostKeyAlias the-berlin-one" >>.ssh/config
    run gateway check berlin
    expect_error 5 "is unknown"
    echo "the-berlin-one $host_line" >>.ssh/known_hosts
    run gateway check berlin
    expect_login
    mv .ssh/known_hosts .ssh/elsewhere
    run gateway check berlin
    expect_error 5 "is unknown"
    echo "  UserKnownHostsFile ~/.ssh/nowhere ~/.ssh/elsewhere" >>.ssh/config
    run gateway check berlin
    expect_login
}

scenario_only_the_named_key_of_an_agent() {
    whole_config
    eval "$(ssh-agent -a "$PWD/agent")" >/dev/null
    local i
    for i in 1 2 3 4 5; do
        ssh-keygen -q -t ed25519 -N "" -f "other$i"
        ssh-add -q "other$i"
    done
    ssh-add -q .ssh/special
    rm .ssh/special # its public half is there
    run gateway check berlin
    expect_error 5 "only the first 4 of 6 keys are tried"
    echo "  IdentitiesOnly yes" >>.ssh/config
    run gateway check berlin
    expect_login
    echo "  IdentityAgent none" >>.ssh/config
    run gateway check berlin
    expect_error 5 "nothing to try"
    sed -i "s|IdentityAgent none|IdentityAgent $PWD/agent|" .ssh/config
    unset SSH_AUTH_SOCK
    run gateway check berlin
    expect_login
}

# The same account, named in the site and by the configuration: a directory counts what is wrong of both.
scenario_a_wrong_password_of_one_user_is_tried_once_only() {
    whole_config
    echo '  IdentitiesOnly yes' >>.ssh/config
    rm .ssh/special
    echo wrong >wrong.pw
    chmod 600 wrong.pw
    run_ok gateway add hamburg --host icg-hamburg --ssh-user "$login"
    local i
    for i in 1 2 3; do
        : >"$sshd_folder/log"
        run --json keystore update --all --jobs 2 --ssh-password file:wrong.pw --no-ssh-agent
        expect_exit 5
        expect_json /result/summary/failed 1
        expect_json /result/summary/not-started 1
        expect_same 1 "$(grep -c "^Failed password for $login " "$sshd_folder/log")"
    done
}

scenario_a_configuration_that_cannot_be_read() {
    whole_config
    echo "Porrt 22" >>.ssh/config
    run gateway check berlin
    expect_error 1 '"ssh -G" cannot say how to reach "icg-berlin"'
    expect_stderr "porrt"
    expect_stderr "--no-ssh-config"
    run_ok gateway list
}
