# Keys in a token: SoftHSM below OpenSSL's engine "pkcs11".
# shellcheck shell=bash disable=SC2154,SC2034
module=/usr/lib/softhsm/libsofthsm2.so

probe() {
    need openssl softhsm2-util pkcs11-tool
    [ -e "$module" ] || { echo "$module is not there"; return; }
    openssl engine pkcs11 >/dev/null 2>&1 || echo "OpenSSL's engine \"pkcs11\" is not installed"
}

# A token with the keys "root" and "leaf"; the PIN in the file "pin", a wrong one in "wrong".
with_token() {
    mkdir tokens
    printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\nlog.level = ERROR\n' "$PWD" >softhsm2.conf
    export SOFTHSM2_CONF=$PWD/softhsm2.conf
    softhsm2-util --init-token --free --label ca --so-pin 87654321 --pin 471147 >/dev/null
    key_in_token root 01
    key_in_token leaf 02
    echo 471147 >pin
    echo 000000 >wrong
    chmod 600 pin wrong
}
key_in_token() {
    pkcs11-tool --module "$module" --token-label ca --login --pin 471147 --keypairgen --key-type EC:prime256v1 \
        --label "$1" --id "$2" >/dev/null 2>&1
}
uri() { echo "pkcs11:token=ca;object=$1?module-path=$module"; }
pin_is_nowhere() {
    ! grep -rqF 471147 all_output "$UMSADM_SITE" || fail "no PIN anywhere"
}
site_with_token_root() {
    new_site
    with_token
    run_ok --json cert create-root Root --token-key "$(uri root)" --key-password file:pin
}

scenario_a_root_with_its_key_in_a_token_signs_and_renews() {
    site_with_token_root
    expect_json /result/private_key token
    expect_json /result/has_private_key true
    [ -z "$(find "$UMSADM_SITE/certificates" -name key.pem)" ] || fail "no key file"
    grep -q '"key_uri"' "$UMSADM_SITE"/certificates/*/record.json || fail "the URI in the record"
    run cert create ICG --root Root --host a.example --key ec:p256
    expect_stderr "--root-key-password"
    run_ok cert create ICG --root Root --host a.example --key ec:p256 --root-key-password file:pin
    run_ok cert export Root -o root.pem
    run_ok cert export ICG -o icg.pem
    openssl verify -x509_strict -CAfile root.pem icg.pem >/dev/null || fail "openssl verifies it"
    run_ok cert renew ICG --root-key-password file:pin
    make_used berlin ICG
    run_ok cert renew --all --root-key-password file:pin
    run_ok --json cert show ICG
    expect_json /result/generation 3
    run_ok cert show Root
    expect_stdout "in a token"
    run_ok --json cert renew Root --reuse-key --root-key-password file:pin
    expect_json /result/private_key token
    pin_is_nowhere
}

scenario_a_wrong_pin_is_given_to_the_token_once() {
    site_with_token_root
    for name in A B C D E; do
        run_ok cert create "$name" --root Root --host a.example --key ec:p256 --root-key-password file:pin
        make_used "gw-${name,}" "$name"
    done
    run cert renew --all --root-key-password file:wrong
    [ "$exit_code" -ne 0 ] || fail "a wrong PIN is refused"
    # Five wrong ones would have locked it.
    run_ok cert renew --all --root-key-password file:pin
    pin_is_nowhere
}

scenario_a_token_key_signs_a_request_without_a_site() {
    site_with_token_root
    run_ok cert export Root -o root.pem
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout a.key -out a.csr -subj "/CN=A" \
        -addext "subjectAltName=DNS:a.example" 2>/dev/null
    run_ok --yes cert sign a.csr --root Root --root-key-password file:pin -o site.pem
    run --yes cert sign a.csr --root ./root.pem --root-key "$(uri leaf)" --root-key-password file:pin -o a.pem
    expect_error 4 "is not the private key"
    run_ok --yes --site "$PWD/none" cert sign a.csr --root ./root.pem --root-key "$(uri root)" \
        --root-key-password file:pin -o a.pem
    openssl verify -x509_strict -CAfile root.pem a.pem >/dev/null || fail "openssl verifies it"
    pin_is_nowhere
}

scenario_an_imported_root_gets_its_key_in_a_token() {
    site_with_token_root
    run_ok cert export Root -o root.pem
    export UMSADM_SITE=$PWD/other-site
    new_site
    run_ok cert import root.pem
    run cert set-key Root --token-key "$(uri leaf)" --key-password file:pin
    expect_error 4 "is not the private key"
    run cert set-key Root --token-key "$(uri nothing)" --key-password file:pin
    expect_exit 3
    run_ok --json cert set-key Root --token-key "$(uri root)" --key-password file:pin
    expect_json /result/private_key token
    expect_json /result/moved_to null
    run_ok cert create ICG --root Root --host a.example --key ec:p256 --root-key-password file:pin
    pin_is_nowhere
}

scenario_a_key_of_the_site_moves_to_a_token() {
    new_site
    with_token
    run_ok cert create-root Root --key ec:p256
    run_ok cert export Root -o root.key --format key
    openssl pkcs8 -topk8 -nocrypt -in root.key -outform DER -out root.der
    openssl pkey -in root.key -pubout -outform DER -out root.pub
    pkcs11-tool --module "$module" --token-label ca --login --pin 471147 --write-object root.der --type privkey \
        --label moved --id 07 --usage-sign >/dev/null 2>&1
    pkcs11-tool --module "$module" --token-label ca --login --pin 471147 --write-object root.pub --type pubkey \
        --label moved --id 07 >/dev/null 2>&1
    run_ok --json cert set-key Root --token-key "$(uri moved)" --key-password file:pin
    [ -e "$(json /result/moved_to)/key.pem" ] || fail "the key in the trash"
    [ -z "$(find "$UMSADM_SITE/certificates" -name key.pem)" ] || fail "no key in the site"
    run_ok cert create ICG --root Root --host a.example --key ec:p256 --root-key-password file:pin
    run_ok cert export Root -o root.pem
    run_ok cert export ICG -o icg.pem
    openssl verify -CAfile root.pem icg.pem >/dev/null || fail "openssl verifies it"
}

scenario_a_key_in_a_token_leaves_it_never() {
    site_with_token_root
    echo secret >pass
    chmod 600 pass
    run cert export Root -o x --format key --key-password file:pin
    expect_error 4 "cannot leave it"
    run cert export Root -o x --format pkcs12 --password file:pass
    expect_error 4 "cannot leave it"
    run cert encrypt-key Root --new-password file:pass --key-password file:pin
    expect_error 4 "cannot leave it"
    # Also that of a gateway's certificate.
    pkcs11-tool --module "$module" --token-label ca --login --pin 471147 --read-object --type pubkey --label leaf \
        --output-file leaf.der >/dev/null 2>&1
    run_ok cert create ICG --root Root --host a.example --key ec:p256 --root-key-password file:pin
    run_ok cert export ICG -o icg.pem
    run_ok cert export Root -o root.pem
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out tmp.key 2>/dev/null
    openssl req -new -key tmp.key -subj "/CN=Token ICG" -addext "subjectAltName=DNS:t.example" -out tmp.csr
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 900 \
        -subj "/CN=File CA" -addext "keyUsage=critical,keyCertSign" 2>/dev/null
    openssl x509 -req -in tmp.csr -CA ca.pem -CAkey ca.key -force_pubkey <(openssl pkey -pubin -inform DER -in leaf.der) \
        -copy_extensions copyall -days 300 -out leaf.pem 2>/dev/null
    run_ok cert import leaf.pem ca.pem
    run_ok cert set-key "Token ICG" --token-key "$(uri leaf)" --key-password file:pin
    run keystore build "Token ICG" -o x.jks --no-trusted --store-password file:pass
    expect_error 4 "cannot leave it"
    [ -z "$(find . -maxdepth 1 -name "x*")" ] || fail "nothing written"
    run cert check "Token ICG" --current "Token ICG"
    expect_exit 4
    expect_stdout key-missing
}

scenario_a_pin_in_the_uri_is_refused_and_not_repeated() {
    new_site
    with_token
    run cert create-root Root --token-key "$(uri root)&pin-value=471147"
    expect_error 2 "must not hold a PIN"
    pin_is_nowhere
    run cert create-root Root --token-key "$(uri root)" --key ec:p256 --key-password file:pin
    expect_error 2 "cannot be used together"
    run cert create-root Root --token-key root.key
    expect_error 2 "pkcs11:"
}
