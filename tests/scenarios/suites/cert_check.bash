# shellcheck shell=bash disable=SC2154,SC2034
probe() { need openssl ss; }

scenario_the_next_generation_is_compatible() {
    site_with_certificate
    run_ok cert renew ICG
    run_ok cert check ICG --current ICG@1
    expect_stdout "is compatible"
    run_ok --json cert check ICG --current ICG@1
    expect_json /result/compatible true
}

scenario_another_root_and_a_lost_host_are_refused() {
    site_with_certificate
    run_ok cert create-root "Other Root" --key ec:p256
    run_ok cert create New --root "Other Root" --host icg.example.com --key ec:p256
    run cert check New --current ICG
    expect_exit 4
    expect_stdout_matches '^error +root-differs +'
    expect_stdout_matches '^error +host-missing +'
    expect_stdout "NOT compatible"
    run --json cert check New --current ICG
    expect_exit 4
    expect_json /result/compatible false
    expect_json /result/findings/0/severity error
    run --machine-readable cert check New --current ICG
    expect_stdout "SEVERITY;CODE;TEXT"
    expect_stdout "error;root-differs;"
}

scenario_files_are_compared_without_a_site_entry() {
    site_with_certificate
    run_ok cert renew ICG
    run_ok cert export ICG@1 -o old.pem --format fullchain
    run_ok cert export ICG@2 -o new.pem --format fullchain
    run_ok cert export ICG@2 -o key.pem --format key
    cat key.pem >>new.pem
    export UMSADM_SITE=$PWD/other
    new_site
    run_ok cert check ./new.pem --current ./old.pem
}

scenario_a_missing_key_is_an_error_finding() {
    site_with_certificate
    run_ok cert renew ICG
    run_ok cert export ICG@2 -o new.pem
    run cert check ./new.pem --current ICG@1
    expect_exit 4
    expect_stdout key-missing
}

scenario_something_to_compare_with_is_needed() {
    site_with_certificate
    run cert check ICG
    expect_error 2 "say what to compare with"
    run cert check ICG --current ICG --gateway berlin
    expect_error 2 "say what to compare with"
    run cert check ICG --gateway nowhere
    expect_error 3 nowhere
    run cert check ICG --current ./missing.pem
    expect_error 3 missing.pem
    echo nonsense >bad.pem
    run cert check ICG --current ./bad.pem
    expect_exit 1
}

scenario_a_gateway_that_cannot_be_reached_is_exit_5() {
    site_with_certificate
    run_ok gateway add berlin --host icg.invalid --ssh-user root
    run cert check ICG --gateway berlin
    expect_exit 5
}

scenario_the_live_gateway_is_what_counts() {
    site_with_certificate
    run_ok cert export ICG -o served.pem --format fullchain
    run_ok cert export ICG -o served.key --format key
    run_ok cert create New --root Root --host "127.0.0.1;icg.example.com;10.0.0.5" --key ec:p256
    openssl s_server -accept 127.0.0.1:0 -cert served.pem -cert_chain served.pem -key served.key -quiet -naccept 9 \
        >server 2>&1 &
    local server=$! port=""
    # shellcheck disable=SC2064
    trap "kill $server" EXIT
    for _ in $(seq 100); do
        port=$(ss -Hltnp | sed -n "s/.*127\.0\.0\.1:\([0-9]*\) .*pid=$server,.*/\1/p")
        [ -z "$port" ] || break
        sleep 0.1
    done
    [ -n "$port" ] || fail "openssl s_server to listen"
    run_ok gateway add berlin --host 127.0.0.1 --port "$port" --ssh-user root
    run_ok cert check New --gateway berlin
    run_ok cert create Lacking --root Root --host "127.0.0.1" --key ec:p256
    run --json cert check Lacking --gateway berlin
    expect_exit 4
    expect_json /result/compatible false
    grep -q '"host-missing"' stdout || fail "host-missing"
}
