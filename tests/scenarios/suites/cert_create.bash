# shellcheck shell=bash disable=SC2154,SC2034
probe() { need openssl; }

scenario_a_root_and_a_certificate_that_openssl_verifies() {
    new_site
    run_ok cert create-root "Example Root" --organization "Example Ltd" --locality Bremen --country DE --key ec:p384 \
        --path-length 1
    expect_stdout 'created the root certificate "Example Root@1"'
    run_ok cert create "ICG Berlin" --root "Example Root" --host "icg.example.com;10.0.0.5" --host "*.example.net;::1" \
        --holder "Erika Mustermann" --organization "Example Ltd" --country DE --key ec:p256
    run_ok cert export "Example Root" -o root.pem
    run_ok cert export "ICG Berlin" -o icg.pem
    openssl verify -CAfile root.pem -purpose sslserver icg.pem
    openssl x509 -in icg.pem -noout -text >text
    grep -q "DNS:icg.example.com, IP Address:10.0.0.5, DNS:\*.example.net, IP Address:0:0:0:0:0:0:0:1" text
    grep -q "Signature Algorithm: ecdsa-with-SHA512" text
    grep -q "Erika Mustermann" text
    openssl x509 -in root.pem -noout -text | grep -q "CA:TRUE, pathlen:1"
}

scenario_the_defaults_are_rsa_4096_ten_years_and_one_year() {
    new_site
    run_ok --json cert create-root Root
    expect_json /result/key rsa:4096
    expect_json /result/type root
    expect_json /result/has_private_key true
    expect_json /result/used false
    expect_json /result/root_fingerprint_sha256 "$(json /result/fingerprint_sha256)"
    [ "$(json /result/days_left)" -ge 3651 ] || fail "ten years"
    run_ok --json cert create ICG --root Root --host a.example --key ec:p256
    [ "$(json /result/days_left)" -ge 364 ] || fail "one year"
    expect_json /result/hosts '["dns:a.example"]'
    expect_json /result/generation 1
    expect_json /result/used_by '[]'
}

scenario_valid_until_is_the_end_of_that_day_here() {
    new_site
    export TZ=Europe/Berlin
    run_ok --json cert create-root Root --key ec:p256 --valid-until 2040-07-01
    expect_json /result/not_after 2040-07-01T21:59:59Z
    run_ok cert list
    expect_stdout 2040-07-01
    run cert create-root Other --valid-until 2020-01-01
    expect_error 2 "in the past"
    run cert create-root Other --valid-until 2040-01-01 --days 3
    expect_error 2 "cannot be used together"
}

scenario_an_intermediate_signs_for_a_gateway() {
    new_site
    run_ok cert create-root Root --key ec:p256
    run_ok cert create "Issuing CA" --root Root --type ca --path-length 0 --key ec:p256
    run_ok --json cert create ICG --root "Issuing CA" --host a.example --key ec:p256
    expect_json /result/type end-entity
    run_ok cert export ICG -o chain.pem --format chain
    run_ok cert export ICG -o leaf.pem
    openssl verify -CAfile chain.pem leaf.pem
    run cert create "Too Deep" --root "Issuing CA" --type ca --key ec:p256
    expect_exit 4
}

scenario_wrong_requests_store_nothing() {
    new_site
    run_ok cert create-root Root --key ec:p256
    run cert create ICG --root Nobody --host a.example
    expect_error 3 '"Nobody"'
    run cert create ICG --root Root
    expect_error 2 "needs its names"
    run cert create ICG --root Root --host "a b"
    expect_error 2 '"a b"'
    run cert create ICG --root Root --host a.example --country Germany --key ec:p256
    expect_exit 2
    run cert create Root --root Root --host a.example --key ec:p256
    expect_error 1 "there already"
    run cert create "a/b" --root Root --host a.example
    expect_error 2 "a/b"
    run cert create ICG@3 --root Root --host a.example
    expect_error 2 "ICG@3"
    run cert create ICG --root ./root.pem --host a.example
    expect_error 2 "is a file"
    run cert create ICG --root Root --host a.example --type server
    expect_exit 2
    run_ok cert list --machine-readable --no-header
    expect_lines 1
}

scenario_an_end_entity_cannot_sign() {
    site_with_certificate
    run cert create Other --root ICG --host b.example --key ec:p256
    expect_exit 4
}

scenario_an_encrypted_root_key_needs_its_password() {
    new_site
    echo "marker-root-password" >pass
    chmod 600 pass
    run_ok cert create-root Root --key ec:p256 --key-password file:pass
    grep -q "BEGIN ENCRYPTED PRIVATE KEY" "$UMSADM_SITE"/certificates/*/key.pem
    openssl pkey -in "$UMSADM_SITE"/certificates/*/key.pem -passin file:pass -noout
    run cert create ICG --root Root --host a.example --key ec:p256
    expect_error 2 "is encrypted"
    expect_stderr "--root-key-password"
    run_ok cert create ICG --root Root --host a.example --key ec:p256 --root-key-password file:pass
    echo wrong >wrong
    chmod 600 wrong
    run cert create ICG2 --root Root --host a.example --key ec:p256 --root-key-password file:wrong
    expect_exit 1
}

scenario_ed25519_comes_with_a_warning() {
    new_site
    run_ok cert create-root Root --key ed25519
    expect_stderr "Java before version 15"
}

scenario_a_certificate_that_outlives_its_root_is_warned_about() {
    new_site
    run_ok cert create-root Root --key ec:p256 --days 10
    run cert create ICG --root Root --host a.example --key ec:p256 --days 20
    expect_exit 0
    expect_stderr "umsadm: warning:"
}

scenario_every_change_is_in_the_audit_log() {
    site_with_certificate
    grep -q '"cert create-root"' "$UMSADM_SITE/audit.jsonl"
    grep -q '"ICG@1"' "$UMSADM_SITE/audit.jsonl"
}
