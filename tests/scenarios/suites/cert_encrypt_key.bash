# shellcheck shell=bash disable=SC2154,SC2034
probe() { need openssl; }

passwords() {
    echo marker-First-Pw >first
    echo marker-Second-Pw >second
    chmod 600 first second
}
key_file() {
    run_ok --json cert show "$1"
    echo "$UMSADM_SITE/certificates/$(json /result/fingerprint_sha256 | tr -d : | tr A-F a-f)/key.pem"
}

scenario_a_key_is_encrypted_gets_another_password_and_is_decrypted() {
    site_with_certificate
    passwords
    key=$(key_file Root)
    cp "$key" before.pem
    run_ok --json cert encrypt-key Root --new-password file:first
    expect_json /result/private_key encrypted
    expect_same "$(openssl pkey -in "$key" -passin file:first -pubout)" "$(openssl pkey -in before.pem -pubout)"
    expect_mode 600 "$key"
    run cert create A --root Root --host a.example --key ec:p256
    expect_error 2 "--root-key-password"
    run_ok cert create A --root Root --host a.example --key ec:p256 --root-key-password file:first

    run cert encrypt-key Root --new-password file:second
    expect_error 2 "--key-password"
    run cert encrypt-key Root --new-password file:second --key-password file:second
    expect_exit 1
    run_ok cert encrypt-key Root --new-password file:second --key-password file:first
    openssl pkey -in "$key" -passin file:second -noout || fail "the second password"
    ! openssl pkey -in "$key" -passin file:first -noout 2>/dev/null || fail "not the first password any more"

    run cert decrypt-key Root
    expect_error 2 "--key-password"
    run_ok --json cert decrypt-key Root --key-password file:second
    expect_json /result/private_key plain
    expect_same "$(openssl pkey -in "$key" -pubout)" "$(openssl pkey -in before.pem -pubout)"
    run_ok cert decrypt-key Root
    expect_stdout "nothing to do"
    # The plain key lies nowhere else while it is encrypted.
    run_ok cert encrypt-key Root --new-password file:first
    expect_same "$(grep -rl "BEGIN PRIVATE KEY" "$UMSADM_SITE" | wc -l)" 2
    ! grep -rqE "marker-(First|Second)-Pw" all_output "$UMSADM_SITE" || fail "no password anywhere"
    grep -q '"action":"cert encrypt-key"' "$UMSADM_SITE/audit.jsonl" || fail "a line in the audit log"
}

scenario_a_key_of_another_certificate_is_noticed() {
    site_with_certificate
    passwords
    run_ok cert encrypt-key Root --new-password file:first
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out other.key 2>/dev/null
    openssl pkcs8 -topk8 -in other.key -passout file:first -out "$(key_file Root)"
    run cert decrypt-key Root --key-password file:first
    expect_error 1 "another certificate"
    run cert create A --root Root --host a.example --key ec:p256 --root-key-password file:first
    expect_error 1 "another certificate"
}

scenario_what_has_no_key_cannot_be_encrypted() {
    site_with_certificate
    passwords
    run_ok cert export Root -o root.pem
    export UMSADM_SITE=$PWD/other-site
    new_site
    run_ok cert import root.pem
    run cert encrypt-key Root --new-password file:first
    expect_error 3 "is not in the site"
}

scenario_a_new_password_is_asked_for_twice() {
    site_with_certificate
    command -v expect >/dev/null || { echo "skipped: expect is not installed"; return; }
    on_terminal cert encrypt-key Root --new-password prompt <<'TALK'
expect "new password" {send "marker-Tty-One\r"}
expect "again" {send "marker-Tty-Two\r"}
TALK
    expect_exit 2
    run_ok --json cert show Root
    expect_json /result/private_key plain
    on_terminal cert encrypt-key Root --new-password prompt <<'TALK'
expect "new password" {send "marker-Tty-One\r"}
expect "again" {send "marker-Tty-One\r"}
TALK
    expect_exit 0
    expect_not_stdout marker-Tty
    run_ok --json cert show Root
    expect_json /result/private_key encrypted
}

# Killed before and after the exchange; every other point is killed in the tests of the registry.
scenario_a_kill_leaves_the_old_or_the_new_form() {
    site_with_certificate
    passwords
    command -v strace >/dev/null || { echo "skipped: strace is not installed"; return; }
    strace -o probe true 2>/dev/null || { echo "skipped: this machine does not allow tracing"; return; }
    cp -a "$UMSADM_SITE" start
    local point killed states=""
    local -a password
    for point in mkdirat:1 renameat2:1 unlinkat:1; do
        rm -rf "$UMSADM_SITE"
        cp -a start "$UMSADM_SITE"
        killed=0
        (strace -f -o /dev/null -e "inject=${point%:*}:signal=SIGKILL:when=${point#*:}" "$umsadm" cert encrypt-key Root \
            --new-password file:first >stdout 2>stderr; exit $?) 2>/dev/null || killed=$?
        expect_same "$killed" 137
        run_ok --json cert show Root
        states+=" $(json /result/private_key)"
        password=()
        [[ $states != *encrypted ]] || password=(--root-key-password file:first)
        run_ok cert create A --root Root --host a.example --key ec:p256 "${password[@]}"
        # What was replaced is gone with the next change at the latest.
        expect_same "$(find "$UMSADM_SITE" -name '.tmp-*' | wc -l)" 0
    done
    expect_same "$states" " plain plain encrypted"
}
