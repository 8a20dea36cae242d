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
