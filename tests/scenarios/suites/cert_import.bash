# shellcheck shell=bash disable=SC2154,SC2034
probe() { need openssl keytool; }

# A root, an intermediate and a certificate made by openssl: root.pem ca.pem leaf.pem and their keys.
make_chain() {
    local p256="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    # shellcheck disable=SC2086
    openssl req -x509 $p256 -keyout root.key -out root.pem -days 900 -subj "/O=Test/CN=UMS Root" 2>/dev/null
    # shellcheck disable=SC2086
    openssl req $p256 -keyout ca.key -out ca.csr -subj "/O=Test/CN=UMS CA" 2>/dev/null
    openssl x509 -req -in ca.csr -CA root.pem -CAkey root.key -days 800 -out ca.pem \
        -extfile <(printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign') 2>/dev/null
    make_leaf leaf
}

make_leaf() {
    # shellcheck disable=SC2086
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" \
        -subj "/O=Test/CN=icg.example.com" 2>/dev/null
    openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -days 300 -out "$1.pem" \
        -extfile <(printf 'basicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:icg.example.com,IP:10.0.0.5') 2>/dev/null
}

with_password() {
    echo marker-Import-1 >pass
    chmod 600 pass
}

expect_whole_chain() {
    run_ok --json cert show icg.example.com
    expect_json /result/has_private_key true
    run_ok --json cert show "UMS CA"
    expect_json /result/type intermediate
    run_ok --json cert show "UMS Root"
    expect_json /result/type root
}

scenario_pem_files_in_any_order() {
    new_site
    make_chain
    run_ok --json cert import leaf.key ca.pem leaf.pem root.key root.pem
    expect_json /result/items/0/name "UMS Root"
    expect_json /result/items/0/state imported
    expect_json /result/items/0/has_private_key true
    expect_json /result/items/1/has_private_key false
    expect_json /result/items/2/name icg.example.com
    expect_whole_chain
    run_ok --json cert import leaf.pem root.pem ca.pem
    expect_json /result/items/0/state already-there
    run_ok --json cert import ca.key
    expect_json /result/items/0/state key-added
    run_ok cert renew icg.example.com
    expect_stdout "icg.example.com@2"
}

scenario_one_bundle_with_text_between_the_blocks() {
    new_site
    make_chain
    (echo "subject=something" && cat leaf.pem && echo && cat leaf.key && echo "issuer:" && cat ca.pem root.pem) >bundle.pem
    run_ok cert import bundle.pem
    expect_whole_chain
}

scenario_der_and_pkcs7() {
    new_site
    make_chain
    openssl x509 -in leaf.pem -outform der -out leaf.der
    openssl crl2pkcs7 -nocrl -certfile ca.pem -certfile root.pem -outform der -out issuers.p7b
    openssl pkey -in leaf.key -outform der -out leaf.key.der
    run_ok cert import leaf.der issuers.p7b leaf.key.der
    expect_whole_chain
}

scenario_pkcs12_and_jks_of_other_tools() {
    make_chain
    with_password
    openssl pkcs12 -export -in leaf.pem -inkey leaf.key -certfile <(cat ca.pem root.pem) -out leaf.p12 -passout file:pass
    keytool -importkeystore -srckeystore leaf.p12 -srcstorepass marker-Import-1 -destkeystore leaf.jks \
        -deststoretype JKS -deststorepass marker-Import-1 2>/dev/null
    keytool -importcert -noprompt -alias root -file root.pem -keystore leaf.jks -storepass marker-Import-1 2>/dev/null
    for store in leaf.p12 leaf.jks; do
        export UMSADM_SITE=$PWD/site-$store
        new_site
        run cert import "$store"
        expect_error 2 "--password"
        run_ok cert import "$store" --password file:pass
        expect_whole_chain
    done
    echo wrong >wrong
    chmod 600 wrong
    run cert import leaf.p12 --password file:wrong
    expect_exit 1
    expect_stderr leaf.p12
}

scenario_encrypted_keys() {
    new_site
    make_chain
    with_password
    openssl pkey -in root.key -aes256 -passout file:pass -out root.enc.key
    run cert import root.pem root.enc.key
    expect_error 2 "--key-password"
    run_ok cert import root.pem root.enc.key --key-password file:pass
    # A CA's key that came encrypted stays so.
    grep -q "ENCRYPTED PRIVATE KEY" "$UMSADM_SITE"/certificates/*/key.pem
    run_ok cert create ICG --root "UMS Root" --host a.example --key ec:p256 --root-key-password file:pass
}

scenario_a_missing_issuer_is_named() {
    new_site
    make_chain
    run cert import leaf.pem leaf.key root.pem
    expect_error 1 "UMS CA"
    run_ok cert list --machine-readable --no-header
    expect_lines 0
    run_ok cert import leaf.pem leaf.key --partial
    expect_stderr "UMS CA"
    run_ok cert import ca.pem root.pem
    run_ok --json cert show icg.example.com
    expect_json /result/has_private_key true
}

scenario_a_key_without_its_certificate_is_refused_and_nothing_is_stored() {
    new_site
    make_chain
    run cert import root.pem leaf.key
    expect_error 1 leaf.key
    run_ok cert list --machine-readable --no-header
    expect_lines 0
}

scenario_the_same_subject_and_hosts_continue_the_line() {
    new_site
    make_chain
    make_leaf next
    run_ok cert import root.pem ca.pem leaf.pem
    run_ok --json cert import next.pem next.key
    expect_json /result/items/0/name icg.example.com
    expect_json /result/items/0/generation 2
    run_ok cert check icg.example.com@2 --current icg.example.com@1
}

scenario_a_name_of_ones_own() {
    new_site
    make_chain
    run_ok --json cert import root.pem ca.pem leaf.pem --name "ICG Berlin"
    expect_json /result/items/2/name "ICG Berlin"
    make_leaf other
    run cert import other.pem leaf.pem root.pem --name "UMS Root"
    expect_exit 2
}

scenario_what_is_no_certificate_gets_one_clear_error() {
    new_site
    make_chain
    : >empty
    head -c 3000 /dev/zero >zeros
    head -c 200 leaf.pem >cut.pem
    openssl x509 -in leaf.pem -outform der | head -c 100 >cut.der
    printf '\xfe\xed\xfe\xed\x00\x00\x00\x02\xff\xff\xff\xff' >huge.jks
    printf '\x30\x84\xff\xff\xff\xff\x02\x01\x03' >huge.p12
    for file in empty zeros cut.pem cut.der huge.jks huge.p12; do
        run cert import "$file"
        [ "$exit_code" -eq 1 ] || [ "$exit_code" -eq 2 ] || fail "exit code 1 or 2 for $file"
        [ "$(grep -c '^umsadm: error: ' stderr)" -eq 1 ] || fail "exactly one error for $file"
        expect_stderr "$file"
    done
    run cert import missing.pem
    expect_error 3 missing.pem
    run cert import .
    expect_exit 1
}
