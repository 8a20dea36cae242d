# shellcheck shell=bash disable=SC2154,SC2034
# No secret of a gateway is ever seen: not in what is printed, not in the site, not in a list of processes here or there, not
# in the logs of the gateway.
# shellcheck source=tests/scenarios/survive.bash
source "$here/survive.bash"

probe() { need_sandbox; }
begin_suite() { share_gateway --separate-key-password; }

# The passwords of the sandbox are random, so they are found by themselves.
collect_secrets() {
    local key
    key=$UMSADM_SITE/certificates/$(tr -d : <<<"${leaf[A]}" | tr A-F a-f)/key.pem
    cp "$SSH_KEY" locked_ssh_key
    ssh-keygen -q -p -N marker-Ssh-Passphrase -f locked_ssh_key
    openssl pkcs8 -topk8 -in "$key" -out locked.pem -passout pass:marker-Key-Passphrase
    openssl pkey -in "$key" | sed -n 2p >private.txt
    cp locked.pem "$key"
    (
        umask 077
        echo marker-Key-Passphrase >key.pw
        echo marker-Ssh-Passphrase >ssh-key.pw
        echo "$STORE_PASSWORD" >store.pw
        cat "$SSH_PASSWORD_FILE" store.pw key.pw ssh-key.pw private.txt >secrets.txt
        echo "$KEY_PASSWORD" >>secrets.txt
    )
    [ "$(sort -u secrets.txt | wc -l)" -eq 6 ] || fail "six secrets"
}

# Looks at the arguments of all processes, again and again, until the file "enough" is there. SSH and sudo are on this
# machine, so this is the list of the gateway's processes as well.
watch_processes() {
    local rounds=0
    while [ ! -e enough ]; do
        grep -lzF -f secrets.txt /proc/[0-9]*/cmdline >>seen.txt 2>/dev/null || true
        if grep -qzF keystore /proc/[0-9]*/cmdline 2>/dev/null; then rounds=$((rounds + 1)); fi
    done
    echo "$rounds" >rounds.txt
}

expect_nothing_seen_in() { # FILE...
    local found
    found=$(grep -rlaF -f secrets.txt "$@" || true)
    [ -z "$found" ] || fail "no secret in $found"
}

scenario_no_secret_is_seen_anywhere() {
    begin_with_gateway
    collect_secrets
    local sudo_log=$gateway_folder/sudo.log options
    echo "Defaults:$SSH_USER logfile=$sudo_log" >"/etc/sudoers.d/$SSH_USER-log"
    watch_processes &
    watcher=$!
    trap 'rm -f "/etc/sudoers.d/$SSH_USER-log"; touch enough' EXIT
    options=(--ssh-password "file:$SSH_PASSWORD_FILE" --sudo-password "file:$SSH_PASSWORD_FILE")
    run_ok gateway edit berlin --ssh-key ""

    run_ok --verbose gateway check berlin "${options[@]}"
    run_ok --verbose keystore update berlin --cert A --key-password file:key.pw "${options[@]}"
    run_ok --json --verbose keystore show berlin "${options[@]}"
    echo err >"$CONTROL/status"
    run --json --verbose keystore update berlin --cert B --wait 1 "${options[@]}"
    expect_exit 6
    rm "$CONTROL/status"
    run_ok --verbose --yes keystore rollback berlin --sudo-password "file:$SSH_PASSWORD_FILE" \
        --ssh-key locked_ssh_key --ssh-key-password file:ssh-key.pw
    # Where something is wrong, more is said.
    run --verbose keystore update berlin --cert A --key-password file:store.pw "${options[@]}"
    expect_exit 1
    run --verbose keystore update berlin --cert B --store-password file:key.pw "${options[@]}"
    expect_exit 1
    run --verbose keystore update berlin --cert B --sudo-password file:key.pw "${options[@]:0:2}"
    expect_exit 5

    touch enough
    wait "$watcher"
    [ "$(cat rounds.txt)" -gt 3 ] || fail "umsadm among the processes that were looked at"
    [ ! -s seen.txt ] || fail "no secret in the arguments of $(cat seen.txt)"
    expect_nothing_seen_in all_output "$UMSADM_SITE"
    expect_nothing_seen_in "$sudo_log" "$gateway_folder/ssh/log" "$gateway_folder/service/log" "$(dirname "$KEYSTORE")"
    grep -q "COMMAND=" "$sudo_log" || fail "a line in the log of sudo"
}
