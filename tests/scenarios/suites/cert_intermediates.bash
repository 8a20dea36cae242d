# The CA counter, with openssl as referee, and an intermediate below a gateway.
# shellcheck shell=bash disable=SC2154,SC2034
# shellcheck source=tests/scenarios/sandbox.bash
source "$here/sandbox.bash"

probe() { need openssl; }

export_all() {
    local name
    for name in "$@"; do run_ok cert export "$name" -o "$name.pem"; done
}

scenario_a_chain_of_two_intermediates_is_what_openssl_accepts() {
    new_site
    run_ok cert create-root Root --key ec:p256 --path-length 2
    run_ok cert create Middle --root Root --type ca --path-length 1 --key ec:p256 --days 3000
    run_ok cert create Issuing --root Middle --type ca --path-length 0 --key ec:p256 --days 2000
    run_ok cert create ICG --root Issuing --host "icg.example.com;10.0.0.5" --key ec:p256
    expect_no_stderr
    export_all Root Middle Issuing ICG
    cat Middle.pem Issuing.pem >between.pem
    openssl verify -x509_strict -purpose sslserver -CAfile Root.pem -untrusted between.pem ICG.pem >/dev/null ||
        fail "openssl verifies the chain"
    run_ok --json cert show Middle
    expect_json /result/type intermediate
    expect_json /result/path_length 1
    run_ok cert show Issuing
    expect_stdout "CA counter"
    run_ok --machine-readable cert list
    expect_stdout "PATH_LENGTH"
    run_ok cert export ICG -o full.pem --format fullchain
    expect_same "$(grep -c BEGIN full.pem)" 4
    run_ok cert check ICG --current ICG
}

scenario_an_exhausted_counter_signs_no_ca() {
    new_site
    run_ok cert create-root Root --key ec:p256 --path-length 1
    run_ok cert create Middle --root Root --type ca --key ec:p256 --days 300
    run cert create Deep --root Middle --type ca --key ec:p256 --days 200
    expect_error 4 "path length"
    run_ok cert create Last --root Root --type ca --path-length 0 --key ec:p256 --days 300
    run cert create Below --root Last --type ca --key ec:p256 --days 200
    expect_error 4 "allows 0 CAs below it"
    run_ok cert create ICG --root Last --host a.example --key ec:p256 --days 100
    # openssl says the same of a chain that we refuse to make.
    export_all Root Last ICG
    openssl verify -x509_strict -CAfile Root.pem -untrusted Last.pem ICG.pem >/dev/null || fail "the chain that is allowed"
}

scenario_a_ca_that_ends_too_early_is_told() {
    new_site
    run_ok cert create-root Root --key ec:p256
    run_ok cert create Short --root Root --type ca --key ec:p256
    expect_stderr "too early to sign certificates of 365 days"
    run_ok cert create Long --root Root --type ca --key ec:p256 --days 800
    expect_no_stderr
}

scenario_what_is_no_ca_signs_nothing() {
    site_with_certificate
    run cert create Below --root ICG --host b.example --key ec:p256
    expect_error 4 "not marked as CA"
    run cert create Below --root ICG --type ca --key ec:p256
    expect_error 4 "not marked as CA"
    run_ok --json cert list
    expect_json /result/items/1/name Root
}

scenario_an_intermediate_is_extended_with_its_key() {
    new_site
    run_ok cert create-root Root --key ec:p256
    run_ok cert create Issuing --root Root --type ca --path-length 0 --key ec:p256 --days 400
    run_ok cert create ICG --root Issuing --host a.example --key ec:p256 --days 300
    run cert renew Issuing
    expect_error 4 "is a CA"
    expect_stderr "--reuse-key"
    run_ok --json cert renew Issuing --reuse-key --days 2000
    expect_json /result/generation 2
    expect_json /result/path_length 0
    export_all Root Issuing ICG
    openssl verify -x509_strict -CAfile Root.pem -untrusted Issuing.pem ICG.pem >/dev/null ||
        fail "openssl verifies with the extended intermediate"
    run_ok cert renew ICG
}

scenario_until_when_a_root_signs_is_shown_and_a_root_can_be_extended() {
    new_site
    run_ok cert create-root Root --key ec:p256 --days 400
    run_ok --json cert show Root
    expect_same "$(date -ud "$(json /result/not_after) -365 days" +%FT%TZ)" "$(json /result/signs_full_length_until)"
    run_ok cert show Root
    expect_stdout "certificates of 365 days until"
    run_ok cert list
    expect_stdout SIGNS_UNTIL
    run_ok cert create ICG --root Root --host a.example --key ec:p256
    run_ok cert create-root Short --key ec:p256 --days 30
    run_ok cert show Short
    expect_stdout "never a certificate of 365 days"
    run_ok --json cert show ICG
    expect_json /result/signs_full_length_until null

    run_ok --json cert renew Root --reuse-key --days 4000
    expect_json /result/generation 2
    expect_json /result/type root
    export_all Root ICG
    openssl verify -x509_strict -CAfile Root.pem ICG.pem >/dev/null || fail "the extended root verifies what was signed"
    run_ok cert renew ICG
    run_ok cert check ICG@2 --current ICG@1
    run cert renew Root --reuse-key --key ec:p256
    expect_error 2 "cannot be used together"
}

scenario_a_gateway_gets_a_chain_with_an_intermediate() {
    local reason
    reason=$(need_sandbox)
    [ -z "$reason" ] || { echo "skipped: $reason"; return; }
    with_gateway --key ec:P-256 --hosts "icg.example.com;127.0.0.1"
    new_site
    add_gateway berlin
    run_ok cert import "$ROOT_PEM" "$ROOT_KEY_PEM"
    run_ok cert create Issuing --root "Sandbox Root" --type ca --path-length 0 --key ec:p256
    run_ok cert create ICG --root Issuing --host "icg.example.com;$TLS_HOST" --key ec:p256 --days 300
    run_ok keystore update berlin --cert ICG --yes
    openssl s_client -connect "$TLS_HOST:$TLS_PORT" -showcerts -verify_return_error -CAfile "$ROOT_PEM" </dev/null \
        >served 2>&1 || fail "openssl trusts what is served: $(cat served)"
    expect_same "$(grep -c "BEGIN CERTIFICATE" served)" 3
}
