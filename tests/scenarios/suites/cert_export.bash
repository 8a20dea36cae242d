# shellcheck shell=bash disable=SC2154,SC2034
probe() { need openssl keytool; }

with_password() {
    printf 'marker-Export-1\nsecond line\n' >pass
    chmod 600 pass
}

scenario_public_formats_are_read_by_openssl() {
    site_with_certificate
    run_ok cert export ICG -o icg.pem
    run_ok cert export ICG -o icg.der --format der
    run_ok cert export ICG -o chain.pem --format chain
    run_ok cert export ICG -o full.pem --format fullchain
    expect_mode 644 icg.pem
    openssl verify -CAfile chain.pem icg.pem
    openssl x509 -inform der -in icg.der -noout
    expect_same 2 "$(grep -c BEGIN full.pem)"
    run_ok cert export ICG -o - --format der
    cmp stdout icg.der
    run cert export Root -o x.pem --format chain
    expect_error 2 "is a root"
}

scenario_the_key_is_private_and_fits() {
    site_with_certificate
    run_ok cert export ICG -o icg.key --format key
    expect_mode 600 icg.key
    run_ok cert export ICG -o icg.pem
    expect_same "$(openssl x509 -in icg.pem -noout -pubkey)" "$(openssl pkey -in icg.key -pubout)"
    with_password
    run_ok cert export ICG -o enc.key --format key --password file:pass
    grep -q "BEGIN ENCRYPTED PRIVATE KEY" enc.key
    expect_same "$(openssl x509 -in icg.pem -noout -pubkey)" "$(openssl pkey -in enc.key -passin pass:marker-Export-1 -pubout)"
}

scenario_keystores_are_read_by_keytool_and_openssl() {
    site_with_certificate
    with_password
    run_ok cert export ICG -o icg.p12 --format pkcs12 --password file:pass
    run_ok cert export ICG -o icg.jks --format jks --password file:pass --alias Tomcat
    expect_mode 600 icg.p12
    expect_mode 600 icg.jks
    openssl pkcs12 -in icg.p12 -passin pass:marker-Export-1 -noenc 2>/dev/null | grep -c "BEGIN CERTIFICATE" >count
    expect_same 2 "$(cat count)"
    keytool -list -v -keystore icg.p12 -storepass marker-Export-1 >list 2>/dev/null
    grep -q "Certificate chain length: 2" list
    keytool -list -keystore icg.jks -storepass marker-Export-1 2>/dev/null | grep -qi "tomcat.*PrivateKeyEntry"
    keytool -certreq -alias tomcat -keystore icg.jks -storepass marker-Export-1 2>/dev/null | openssl req -verify -noout
    run cert export ICG -o x.p12 --format pkcs12
    expect_error 2 "needs a password"
}

scenario_the_root_of_a_certificate_comes_with_its_fingerprint_in_four_parts() {
    site_with_certificate
    run_ok cert export ICG -o root.crt --format root
    run_ok cert export Root -o same.crt
    cmp root.crt same.crt
    hex=$(openssl x509 -in root.crt -noout -fingerprint -sha256 | cut -d= -f2 | tr -d :)
    expect_stdout "as the set-up of a device asks for it: ${hex:0:16} ${hex:16:16} ${hex:32:16} ${hex:48:16}"
    run_ok cert show Root
    expect_stdout_matches "^ *For devices +${hex:0:16} ${hex:16:16} ${hex:32:16} ${hex:48:16}$"
    run_ok --json cert show Root
    expect_json /result/root_fingerprint_parts/0 "${hex:0:16}"
    expect_json /result/root_fingerprint_parts/3 "${hex:48:16}"
    run_ok --json cert export ICG -o root.crt --format root --force
    expect_json /result/root_fingerprint_parts/1 "${hex:16:16}"
    run_ok cert export ICG -o icg.pem
    expect_not_stdout "set-up of a device"
    run_ok cert export Root -o - --format root
    cmp stdout root.crt
}

scenario_a_pkcs12_has_the_algorithms_that_its_java_reads() {
    site_with_certificate
    with_password
    for java in 8u292 11 1.8.0_292; do
        run_ok cert export ICG -o old.p12 --format pkcs12 --java "$java" --password file:pass --force
        openssl pkcs12 -in old.p12 -info -noout -passin pass:marker-Export-1 2>info
        grep -q "MAC: sha1" info || fail "HMAC-SHA1 for $java"
        grep -q "pbeWithSHA1And3-KeyTripleDES-CBC" info || fail "3DES for $java"
        ! grep -q "PBES2" info || fail "nothing newer for $java"
    done
    keytool -list -v -keystore old.p12 -storepass marker-Export-1 2>/dev/null | grep -q "Certificate chain length: 2"
    run_ok cert export ICG -o legacy.p12 --format pkcs12 --legacy --password file:pass
    openssl pkcs12 -in legacy.p12 -info -noout -passin pass:marker-Export-1 2>info
    grep -q "MAC: sha1" info || fail "HMAC-SHA1 with --legacy"
    openssl pkcs12 -in legacy.p12 -passin pass:marker-Export-1 -nocerts -noenc 2>/dev/null | openssl pkey -pubout >old.pub
    run_ok cert export ICG -o icg.pem
    expect_same "$(openssl x509 -in icg.pem -noout -pubkey)" "$(cat old.pub)"
    for java in 8u301 11.0.12 17; do
        run_ok cert export ICG -o new.p12 --format pkcs12 --java "$java" --password file:pass --force
        openssl pkcs12 -in new.p12 -info -noout -passin pass:marker-Export-1 2>info
        grep -q "MAC: sha256" info || fail "HMAC-SHA256 for $java"
        grep -q "AES-256-CBC" info || fail "AES for $java"
    done
    run cert export ICG -o x --format pkcs12 --java eight --password file:pass
    expect_error 2 '"eight" is no version of Java'
    run cert export ICG -o x --format jks --java 8 --password file:pass
    expect_error 2 "--java has no meaning"
    run cert export ICG -o x --format pkcs12 --java 8 --legacy --password file:pass
    expect_error 2 "exclude each other"
    [ ! -e x ] || fail "no file"
}

scenario_a_proxy_gets_a_folder_with_all_it_needs() {
    site_with_certificate
    run_ok cert export ICG -o proxy --format proxy
    expect_same "chain.pem fullchain.pem haproxy.pem privkey.pem" "$(find proxy -type f -printf '%f\n' | sort | paste -sd' ')"
    expect_mode 600 proxy/privkey.pem
    expect_mode 600 proxy/haproxy.pem
    expect_mode 644 proxy/fullchain.pem
    expect_mode 644 proxy/chain.pem
    openssl verify -CAfile proxy/chain.pem proxy/fullchain.pem
    expect_same 2 "$(grep -c "BEGIN CERTIFICATE" proxy/fullchain.pem)"
    expect_same "$(openssl x509 -in proxy/fullchain.pem -noout -pubkey)" "$(openssl pkey -in proxy/privkey.pem -pubout)"
    expect_same "$(cat proxy/fullchain.pem proxy/privkey.pem)" "$(cat proxy/haproxy.pem)"
    # Each of them starts a TLS server, as the proxy would.
    for key in privkey.pem haproxy.pem; do
        openssl s_server -accept 0 -cert proxy/fullchain.pem -cert_chain proxy/chain.pem -key "proxy/$key" -naccept 1 \
            </dev/null >server.out 2>&1 &
        server=$!
        for _ in $(seq 500); do
            grep -q "^ACCEPT" server.out && break
            sleep 0.02
        done
        kill "$server"
        wait "$server" || true
        grep -q "^ACCEPT" server.out || fail "a TLS server starts with $key"
    done
}

scenario_the_folder_of_a_proxy_is_exchanged_as_a_whole_by_force_only() {
    site_with_certificate
    run_ok cert export ICG -o proxy --format proxy
    run_ok cert renew ICG
    run cert export ICG -o proxy --format proxy
    expect_error 1 '"proxy" is there already'
    expect_stderr "--force"
    run_ok --json cert export ICG -o proxy/ --format proxy --force
    expect_json /result/folder proxy/
    expect_json /result/files/0 fullchain.pem
    run_ok cert export ICG -o new.pem
    openssl x509 -in proxy/fullchain.pem | cmp - new.pem
    expect_same 1 "$(find . -maxdepth 1 -name '*proxy*' | wc -l)"
    touch proxy/nginx.conf
    run cert export ICG -o proxy --format proxy --force
    expect_error 1 '"nginx.conf"'
    openssl x509 -in proxy/fullchain.pem | cmp - new.pem
    echo precious >file
    run cert export ICG -o file --format proxy --force
    expect_error 1 "is no folder"
    expect_same precious "$(cat file)"
    run cert export ICG -o - --format proxy
    expect_error 2 "standard output"
    run cert export Root -o root --format proxy
    expect_error 2 "is a root"
    with_password
    run cert export ICG -o other --format proxy --password file:pass
    expect_error 2 "--password has no meaning"
}

scenario_a_file_is_replaced_only_by_force() {
    site_with_certificate
    echo precious >icg.pem
    run cert export ICG -o icg.pem
    expect_error 1 icg.pem
    expect_stderr "--force"
    expect_same precious "$(cat icg.pem)"
    run_ok cert export ICG -o icg.pem --force
    grep -q BEGIN icg.pem
}

scenario_contradictions_are_refused() {
    site_with_certificate
    with_password
    run --json cert export ICG -o -
    expect_error 2 "--json"
    run cert export ICG -o x --password file:pass
    expect_error 2 "--password has no meaning"
    run cert export ICG -o x --format pfx
    expect_error 2 '"pfx"'
    run cert export ICG -o /nowhere/x
    expect_exit 1
    run cert export ICG -o x.p12 --format pkcs12 --password file:missing
    expect_error 3 missing
}

scenario_export_in_json_names_the_file() {
    site_with_certificate
    run_ok --json cert export ICG -o icg.pem
    expect_json /result/file icg.pem
    expect_json /result/format pem
    expect_json /result/certificate/name ICG
}
