# The ceremony: a request here, the root's key elsewhere.
# shellcheck shell=bash disable=SC2154,SC2034
probe() { need openssl; }

# A root that is only in files: root.pem, root.key.
make_offline_root() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.pem -days 3650 \
        -subj "/CN=Offline Root" -addext "keyUsage=critical,keyCertSign,cRLSign" 2>/dev/null
}
no_site() { export UMSADM_SITE=$PWD/no-site; }
with_site() { export UMSADM_SITE=$PWD/site; }

scenario_the_whole_ceremony_of_an_offline_root() {
    new_site
    make_offline_root
    run_ok cert import root.pem
    # Without the key nothing is signed, and the way is told.
    run cert create "ICG Berlin" --root "Offline Root" --host icg.example.com --key ec:p256
    expect_error 3 "is not in the site"
    expect_stderr "umsadm cert request"
    expect_stderr "umsadm cert sign"
    run_ok cert request "ICG Berlin" --host "icg.example.com;10.0.0.5" --key ec:p256 -o icg.csr

    no_site
    run cert sign icg.csr --root ./root.pem --root-key root.key -o icg.pem
    expect_error 2 "sign this certificate?"
    expect_stderr "icg.example.com;10.0.0.5"
    expect_stderr "Offline Root"
    [ ! -e icg.pem ] || fail "nothing signed without an answer"
    run_ok --yes --json cert sign icg.csr --root ./root.pem --root-key root.key -o icg.pem --days 100
    expect_json /result/format pem
    expect_json /result/certificate/hosts '["dns:icg.example.com","ip:10.0.0.5"]'
    expect_json /result/certificate/type end-entity
    [ ! -e "$UMSADM_SITE" ] || fail "no site"
    openssl verify -x509_strict -CAfile root.pem icg.pem >/dev/null || fail "openssl verifies it"

    with_site
    run_ok cert import icg.pem
    run_ok --json cert show "ICG Berlin"
    expect_json /result/private_key plain
    # The next generation goes the same way.
    run cert renew "ICG Berlin"
    expect_error 3 "umsadm cert request"
    run_ok cert request --for "ICG Berlin" -o next.csr
    run_ok --yes cert sign next.csr --root ./root.pem --root-key ./root.key -o next.pem
    run_ok cert import next.pem
    run_ok cert check "ICG Berlin@2" --current "ICG Berlin@1"
}

scenario_a_root_of_the_site_signs_what_others_ask() {
    site_with_certificate
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -outform DER -out other.csr \
        -subj "/O=Other/CN=Other Gateway" -addext "subjectAltName=DNS:other.example,IP:10.1.1.1" 2>/dev/null
    run_ok --yes cert sign other.csr --root Root -o - --format fullchain
    cp stdout full.pem
    run_ok cert export Root -o root.pem
    expect_same "$(grep -c BEGIN full.pem)" 2
    openssl verify -x509_strict -CAfile root.pem full.pem >/dev/null || fail "openssl verifies it"
    expect_same "$(openssl x509 -in full.pem -noout -subject)" "$(openssl req -inform DER -in other.csr -noout -subject)"
    openssl x509 -in full.pem -noout -ext subjectAltName | grep -q "DNS:other.example, IP Address:10.1.1.1" ||
        fail "the hosts of the request"
    expect_same "$(openssl x509 -in full.pem -noout -pubkey)" "$(openssl pkey -in other.key -pubout)"
    grep -q '"action":"cert sign"' "$UMSADM_SITE/audit.jsonl" || fail "a line in the audit log"
    # Other names than those that were asked for.
    run_ok --yes --json cert sign other.csr --root Root -o mine.pem --host mine.example
    expect_json /result/certificate/hosts '["dns:mine.example"]'
    run --yes cert sign other.csr --root Root -o mine.pem
    expect_error 1 "mine.pem"
    run_ok --yes cert sign other.csr --root Root -o mine.pem --force
}

scenario_a_ca_is_signed_only_when_that_is_said() {
    site_with_certificate
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout sub.key -out sub.csr -subj "/CN=Sub CA" \
        -addext "basicConstraints=critical,CA:TRUE,pathlen:3" 2>/dev/null
    run --yes cert sign sub.csr --root Root -o sub.pem
    expect_error 4 "asks for a CA"
    expect_stderr "--type ca"
    [ ! -e sub.pem ] || fail "nothing signed"
    run_ok --yes --json cert sign sub.csr --root Root -o leaf.pem --type end-entity --host a.example
    expect_json /result/certificate/type end-entity
    run_ok --yes --json cert sign sub.csr --root Root -o sub.pem --type ca --path-length 0
    expect_json /result/certificate/type intermediate
    expect_json /result/certificate/path_length 0
    openssl x509 -in sub.pem -noout -text | grep -q "CA:TRUE, pathlen:0" || fail "path length 0"
    run --yes cert sign sub.csr --root Root -o x.pem --type ca --host a.example
    expect_error 2 "has no --host"
    run --yes cert sign sub.csr --root ICG -o x.pem --type ca
    expect_error 4 "not marked as CA"
}

scenario_the_wrong_key_a_damaged_request_and_no_host_are_refused() {
    new_site
    make_offline_root
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out wrong.key 2>/dev/null
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout a.key -out a.csr -subj "/CN=No Hosts" 2>/dev/null
    run --yes cert sign a.csr --root ./root.pem --root-key wrong.key -o a.pem --host a.example
    expect_error 4 "is not the private key"
    run --yes cert sign a.csr --root ./root.pem --root-key root.key -o a.pem
    expect_error 2 "names no host"
    run --yes cert sign a.csr --root ./root.pem -o a.pem --host a.example
    expect_error 2 "--root-key"
    run --yes cert sign root.pem --root ./root.pem --root-key root.key -o a.pem --host a.example
    expect_error 1 "root.pem"
    run --yes cert sign none.csr --root ./root.pem --root-key root.key -o a.pem
    expect_error 3 "none.csr"
    # A signature that was tampered with.
    openssl req -in a.csr -outform DER -out a.der
    printf '\377' | dd of=a.der bs=1 seek=$(($(stat -c %s a.der) - 1)) conv=notrunc status=none
    run --yes cert sign a.der --root ./root.pem --root-key root.key -o a.pem --host a.example
    expect_error 1 "a.der"
    [ ! -e a.pem ] || fail "nothing signed"
}

scenario_an_encrypted_key_file_and_one_beside_the_certificate() {
    no_site
    make_offline_root
    echo marker-Ceremony-Pw >pass
    chmod 600 pass
    openssl pkcs8 -topk8 -in root.key -out enc.key -passout file:pass
    cat root.pem root.key >both.pem
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout a.key -out a.csr -subj "/CN=A" \
        -addext "subjectAltName=DNS:a.example" 2>/dev/null
    run --yes cert sign a.csr --root ./root.pem --root-key enc.key -o a.pem
    expect_error 2 "--root-key-password"
    run_ok --yes cert sign a.csr --root ./root.pem --root-key enc.key --root-key-password file:pass -o a.pem
    openssl verify -CAfile root.pem a.pem >/dev/null || fail "openssl verifies it"
    run_ok --yes cert sign a.csr --root ./both.pem -o b.pem
    openssl verify -CAfile root.pem b.pem >/dev/null || fail "openssl verifies it"
    ! grep -q marker-Ceremony-Pw all_output || fail "no password in the output"
}

scenario_what_outlives_its_root_is_said() {
    site_with_certificate
    run_ok cert create-root Short --key ec:p256 --days 30
    run_ok cert request ICG2 --host a.example --key ec:p256 -o a.csr
    run_ok --yes cert sign a.csr --root Short -o a.pem
    expect_stderr "warning"
    run_ok cert create ICG3 --root Short --host a.example --key ec:p256
    expect_stderr "ends on"
    run_ok cert create Sub --root Short --type ca --key ec:p256
    expect_stderr "after its issuer"
}
