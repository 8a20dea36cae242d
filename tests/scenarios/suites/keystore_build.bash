# shellcheck shell=bash disable=SC2154,SC2034
# shellcheck source=tests/sandbox/certificates.sh
source "$here/../sandbox/certificates.sh"

probe() { need keytool openssl; }

# A site with the root of the keystore old.jks, and the certificate "ICG" for the hosts of the one in it.
site_and_old_keystore() { # [KEY-PASSWORD]
    new_site
    new_root ec:P-256 "Test Root" root.key root.pem
    new_root ec:P-256 "UMS ID" other.key other.pem
    new_leaf ec:P-256 "Old" "icg.example.com;10.0.0.5" 10 root.key root.pem old.key old.pem
    new_keystore JKS old.jks gate store-secret "${1:-store-secret}" old.key old.pem root.pem
    add_trusted old.jks ums store-secret other.pem
    echo store-secret >pw
    echo "${1:-store-secret}" >key.pw
    chmod 600 ./*.pw pw
    run_ok cert import root.pem root.key
    run_ok cert create ICG --root "Test Root" --host "icg.example.com;10.0.0.5" --key ec:p256
    run_ok cert export ICG -o new.pem
}

sha256_of() { openssl x509 -in "$1" -noout -fingerprint -sha256 | cut -d= -f2; }
keytool_lists() { STORE=store-secret keytool "${keytool_options[@]:0:3}" -list -v -keystore "$1" -storepass:env STORE; }

scenario_from_the_present_one_nothing_trusted_is_lost() {
    site_and_old_keystore
    run_ok keystore build ICG -o new.jks --from old.jks --store-password file:pw
    expect_stdout 'wrote a keystore with "ICG@1" to "new.jks"'
    expect_mode 600 new.jks
    keytool_lists new.jks >list
    grep -q "contains 2 entries" list || fail "two entries for keytool"
    grep -q "Alias name: gate" list || fail "the alias for keytool"
    grep -q "Alias name: ums" list || fail "the trusted entry for keytool"
    grep -qF "$(sha256_of new.pem)" list || fail "the new certificate for keytool"
    grep -qF "$(sha256_of other.pem)" list || fail "the trusted certificate for keytool"
    if grep -qF "$(sha256_of old.pem)" list; then fail "no old certificate for keytool"; fi
    grep -q '"keystore build"' "$UMSADM_SITE/audit.jsonl" || fail "a line in the audit log"
    run keystore build ICG -o new.jks --from old.jks --store-password file:pw
    expect_error 1 new.jks
    expect_stderr "--force"
    run --json keystore build ICG -o new.jks --from old.jks --store-password file:pw
    expect_error 1 new.jks
    expect_json /result/file null
    expect_json /result/compatible true
    run_ok keystore build ICG -o new.jks --from old.jks --store-password file:pw --force
}

scenario_the_key_keeps_its_own_password() {
    site_and_old_keystore other-secret
    run keystore build ICG -o new.jks --from old.jks --store-password file:pw
    expect_exit 1
    [ ! -e new.jks ] || fail "no file"
    run_ok keystore build ICG -o new.jks --from old.jks --store-password file:pw --key-password file:key.pw
    STORE=store-secret KEY=other-secret keytool "${keytool_options[@]}" -certreq -alias gate -keystore new.jks \
        -storepass:env STORE -keypass:env KEY >request.pem || fail "keytool opens the key"
}

scenario_a_certificate_that_cannot_take_over_is_refused() {
    site_and_old_keystore
    run_ok cert create Less --root "Test Root" --host icg.example.com --key ec:p256
    run --json keystore build Less -o new.jks --from old.jks --store-password file:pw
    expect_exit 4
    expect_json /result/compatible false
    expect_json /result/findings/0/code host-missing
    [ ! -e new.jks ] || fail "no file"
    run_ok keystore build Less -o new.jks --from old.jks --store-password file:pw --reason "10.0.0.5 is gone"
    grep -q "10.0.0.5 is gone" "$UMSADM_SITE/audit.jsonl" || fail "the reason in the audit log"
    run_ok cert create-root Elsewhere --key ec:p256
    run_ok cert create Foreign --root Elsewhere --host "icg.example.com;10.0.0.5" --key ec:p256
    run keystore build Foreign -o foreign.jks --from old.jks --store-password file:pw
    expect_exit 4
    expect_stdout root-differs
    run_ok --json cert show Elsewhere
    run_ok keystore build Foreign -o foreign.jks --from old.jks --store-password file:pw \
        --allow-root-change "$(json /result/fingerprint_sha256)"
}

scenario_a_new_one_that_trusts_nothing() {
    site_and_old_keystore
    run_ok keystore build ICG -o new.p12 --no-trusted --format pkcs12 --alias icg --store-password file:pw
    keytool_lists new.p12 >list
    grep -q "contains 1 entry" list || fail "one entry for keytool"
    grep -q "Keystore type: PKCS12" list || fail "PKCS12 for keytool"
    run_ok keystore build ICG -o - --no-trusted --store-password file:pw
    expect_same FEEDFEED "$(head -c 4 stdout | od -An -tx1 | tr -d ' \n' | tr a-f A-F)"
}

scenario_wrong_usage_is_said() {
    site_and_old_keystore
    run keystore build ICG -o new.jks --store-password file:pw
    expect_error 2 "--from OLD, or --no-trusted"
    run keystore build ICG -o new.jks --from old.jks --no-trusted --store-password file:pw
    expect_error 2 "--from OLD, or --no-trusted"
    run keystore build ICG -o new.jks --from old.jks --format pkcs12 --store-password file:pw
    expect_error 2 "--format has no meaning"
    run keystore build ICG -o new.jks --from old.jks
    expect_error 2 "needs the option --store-password SRC"
    run keystore build Nobody -o new.jks --from old.jks --store-password file:pw
    expect_error 3 Nobody
    run --json keystore build ICG -o - --from old.jks --store-password file:pw
    expect_exit 2
    echo wrong >bad.pw
    chmod 600 bad.pw
    run keystore build ICG -o new.jks --from old.jks --store-password file:bad.pw
    expect_error 1 "password"
    run keystore build "Test Root" -o new.jks --from old.jks --store-password file:pw
    expect_exit 4
    [ ! -e new.jks ] || fail "no file"
}
