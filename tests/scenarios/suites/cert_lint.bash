# shellcheck shell=bash disable=SC2154,SC2034
probe() { need openssl keytool certtool; }

p256="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"

# make_ca NAME EXTENSIONS: NAME.pem and NAME.key of openssl(1).
make_ca() {
    printf '[req]\ndistinguished_name=dn\nx509_extensions=ext\n[dn]\n[ext]\n%b' "$2" >"$1.cnf"
    # shellcheck disable=SC2086
    openssl req -x509 $p256 -keyout "$1.key" -out "$1.pem" -days 3650 -subj "/O=Test/CN=$1" -config "$1.cnf" 2>/dev/null
}

# make_leaf NAME EXTENSIONS: signed by the CA "root".
make_leaf() {
    # shellcheck disable=SC2086
    openssl req $p256 -keyout "$1.key" -out "$1.csr" -subj "/O=Test/CN=$1" 2>/dev/null
    openssl x509 -req -in "$1.csr" -CA root.pem -CAkey root.key -days 365 -out "$1.pem" -extfile <(printf '%b' "$2") 2>/dev/null
}

begin_suite() {
    make_ca root 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n'
    make_ca ums 'basicConstraints=CA:TRUE\nsubjectKeyIdentifier=none\n'
    make_leaf good 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\nsubjectAltName=DNS:icg.example.com\n'
    make_leaf nameless 'basicConstraints=critical,CA:FALSE\n'
    make_leaf wrong 'basicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:icg.example.com,DNS:10.0.0.5\n'
    echo marker-Lint-1 >pass
    chmod 600 pass
}

here_are() {
    local name
    for name in "$@"; do cp "$suite_folder/$name" .; done
}

# codes FILE...: what cert lint says, each code once in a line.
codes() {
    run --machine-readable --no-header cert lint "$@"
    cut -d ';' -f 2,3 stdout | sort -u | paste -sd ' '
}

scenario_a_good_certificate_passes_without_a_site() {
    here_are good.pem root.pem
    run_ok cert lint good.pem root.pem
    expect_stdout '"good.pem": 1 certificate'
    expect_same "info;ec-key" "$(codes good.pem root.pem)"
    expect_same "info;chain-incomplete info;ec-key" "$(codes good.pem)"
    [ ! -e "$UMSADM_SITE" ] || fail "no site"
}

scenario_an_error_is_exit_4_and_points_to_explain() {
    here_are nameless.pem root.pem
    run cert lint nameless.pem root.pem
    expect_exit 4
    expect_stdout_matches '^error +no-san +certificate "CN=nameless,O=Test" has no host name'
    expect_stderr 'umsadm explain no-san'
    run --json cert lint nameless.pem root.pem
    expect_exit 4
    expect_json /result/items/0/file nameless.pem
    expect_json /result/items/0/certificates 1
    expect_json /result/items/1/file root.pem
    grep -q '"code": "no-san"' stdout || fail "no-san"
    grep -q '"source": "IGEL Cloud Gateway manual' stdout || fail "the source"
    grep -q '"fingerprint_sha256": "[0-9A-F:]\{95\}"' stdout || fail "the certificate"
}

scenario_warnings_are_no_errors() {
    here_are wrong.pem root.pem ums.pem
    run_ok cert lint wrong.pem root.pem
    expect_stdout_matches '^warning +san-wrong-type +.*"10.0.0.5"'
    expect_same "info;ec-key info;extension-criticality info;no-key-identifier info;no-key-usage" "$(codes ums.pem)"
}

scenario_the_form_of_a_file_counts() {
    here_are good.pem root.pem good.key
    openssl x509 -in good.pem -outform der -out good.der
    openssl crl2pkcs7 -nocrl -certfile good.pem -certfile root.pem -outform der -out both.p7b
    expect_same "info;chain-incomplete info;ec-key warning;not-pem" "$(codes good.der)"
    expect_same "info;ec-key info;several-certificates warning;not-pem" "$(codes both.p7b)"
    cat good.pem root.pem good.pem >bundle.pem
    expect_same "info;chain-order info;ec-key info;several-certificates warning;duplicate-certificate" "$(codes bundle.pem)"
    openssl pkey -in good.key -aes256 -passout file:"$suite_folder/pass" -out locked.key
    cat good.pem locked.key >with_key.pem
    expect_same "info;chain-incomplete info;ec-key info;key-encrypted" \
        "$(codes with_key.pem --key-password "file:$suite_folder/pass")"
    run cert lint with_key.pem
    expect_error 2 "encrypted"
    cat good.pem "$suite_folder/root.key" >foreign.pem
    run cert lint foreign.pem
    expect_exit 4
    expect_stdout key-mismatch
}

scenario_keystores_of_openssl_and_keytool() {
    local store
    here_are good.pem good.key root.pem root.key pass
    openssl pkcs12 -export -in good.pem -inkey good.key -certfile root.pem -name icg -out good.p12 -passout file:pass
    keytool -importkeystore -srckeystore good.p12 -srcstorepass marker-Lint-1 -destkeystore good.jks -deststoretype JKS \
        -deststorepass marker-Lint-1 2>/dev/null
    keytool -importcert -noprompt -alias root -file root.pem -keystore good.jks -storepass marker-Lint-1 2>/dev/null
    for store in good.p12 good.jks; do
        expect_same "info;ec-key" "$(codes "$store" --password file:pass)"
    done
    openssl pkcs12 -export -in root.pem -inkey root.key -name root -out root.p12 -passout file:pass
    expect_same "info;ec-key warning;ca-key-in-keystore" "$(codes root.p12 --password file:pass)"
    openssl pkcs12 -export -in good.pem -inkey good.key -certfile root.pem -nomac -out nomac.p12 -passout file:pass
    run --machine-readable cert lint nomac.p12 --password file:pass
    expect_stdout ";keystore-no-mac;"
}

scenario_requests_and_certificates_of_certtool() {
    here_are good.csr nameless.csr
    run_ok cert lint good.csr
    expect_stdout "1 certification request"
    expect_same "info;ec-key warning;no-san" "$(codes nameless.csr)"
    certtool --generate-privkey --key-type rsa --bits 2048 --outfile tool.key 2>/dev/null
    printf 'cn = "Tool"\ndns_name = "*.example.com"\ntls_www_server\nexpiration_days = 90\nserial = 7\n' >tool.cfg
    certtool --generate-self-signed --load-privkey tool.key --template tool.cfg --outfile tool.pem 2>/dev/null
    run --machine-readable cert lint tool.pem
    expect_exit 4
    expect_stdout ";wildcard;"
    expect_stdout ";key-not-offered;"
}

scenario_what_cannot_be_read_is_named() {
    echo nonsense >bad.pem
    run cert lint bad.pem
    expect_exit 1
    expect_stderr 'while reading "bad.pem"'
    run cert lint missing.pem
    expect_exit 3
    run cert lint
    expect_error 2 FILE
}
