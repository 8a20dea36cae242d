# shellcheck shell=bash disable=SC2154,SC2034
# No secret is ever seen: not in what is printed, not in files but where it belongs, not in a list of processes.
probe() { need openssl; }

expect_never_seen() {
    ! grep -qF -- "$1" all_output || fail "no $1 in the output"
    ! grep -rqF -- "$1" "$UMSADM_SITE" || fail "no $1 in the site"
}

scenario_passwords_are_never_seen() {
    new_site
    printf 'marker-Root-Pw\n' >root.pass
    printf 'marker-Out-Pw\n' >out.pass
    chmod 600 ./*.pass
    run_ok --verbose cert create-root Root --key ec:p256 --key-password file:root.pass
    run_ok --verbose --json cert create ICG --root Root --host a.example --key ec:p256 --root-key-password file:root.pass
    run_ok --verbose cert export ICG -o icg.p12 --format pkcs12 --password file:out.pass
    run_ok --verbose cert export Root -o root.key --format key --key-password file:root.pass --password file:out.pass
    run cert create ICG2 --root Root --host b.example --root-key-password file:out.pass
    expect_exit 1
    expect_never_seen marker-Root-Pw
    expect_never_seen marker-Out-Pw
    ! grep -qF "PRIVATE KEY" all_output || fail "no private key in the output"
}

scenario_a_password_in_the_wrong_place_is_not_repeated() {
    new_site
    run cert create-root Root --key-password marker-Typed-Pw
    expect_exit 2
    run cert create-root Root --key-passwort=marker-Typed-Pw
    expect_exit 2
    expect_never_seen marker-Typed-Pw
}

scenario_every_source_of_a_password() {
    new_site
    printf 'marker-Source-Pw\nrest\n' >pass
    chmod 600 pass
    run_ok cert create-root A --key ec:p256 --key-password file:pass
    MARKER=marker-Source-Pw run_ok cert create X --root A --host a.example --key ec:p256 --root-key-password env:MARKER
    setsid --wait "$umsadm" cert create Y --root A --host a.example --key ec:p256 --root-key-password fd:7 7<pass >stdout 2>stderr
    setsid --wait "$umsadm" cert create Z --root A --host a.example --key ec:p256 --root-key-password fd:0 <pass >stdout 2>stderr
    setsid --wait "$umsadm" cert create V --root A --host a.example --key ec:p256 \
        --root-key-password "file:/dev/stdin" <pass >stdout 2>stderr
    run cert create W --root A --host a.example --root-key-password env:NOT_THERE
    expect_error 3 NOT_THERE
    run cert create W --root A --host a.example --root-key-password fd:9
    expect_error 2 "descriptor 9 is not open"
    run cert create W --root A --host a.example --root-key-password prompt
    expect_error 2 "no terminal"
    : >empty
    run cert create W --root A --host a.example --root-key-password file:empty
    expect_error 1 "is empty"
}

scenario_a_password_file_that_others_can_read_is_warned_about() {
    new_site
    echo marker-Open-Pw >pass
    chmod 644 pass
    run_ok cert create-root Root --key ec:p256 --key-password file:pass
    expect_stderr "can be read by others"
    expect_never_seen marker-Open-Pw
}

scenario_no_password_stands_in_the_list_of_processes() {
    new_site
    echo marker-Process-Pw >pass
    chmod 600 pass
    "$umsadm" cert create-root Root --key rsa:4096 --key-password file:pass >stdout 2>stderr &
    local pid=$! seen=0
    while kill -0 "$pid" 2>/dev/null; do
        if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "create-root"; then seen=1; fi
        ! grep -qaF marker-Process-Pw "/proc/$pid/cmdline" "/proc/$pid/environ" 2>/dev/null || fail "no password there"
        sleep 0.02
    done
    wait "$pid"
    expect_same 1 "$seen"
}

scenario_no_core_file_and_no_tracing() {
    new_site
    mkfifo pipe
    "$umsadm" cert create-root Root --key-password file:pipe >stdout 2>stderr &
    local pid=$!
    sleep 0.5
    grep -q "Max core file size *0 *0" "/proc/$pid/limits" || fail "no core files"
    kill -TERM "$pid"
    exit_code=0
    wait "$pid" || exit_code=$?
    expect_exit 130
}
