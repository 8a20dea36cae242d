# shellcheck shell=bash disable=SC2154,SC2034
probe() { need openssl; }

# Another CA, made and run by openssl alone: ca.pem, ca.key.
make_company_ca() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 3650 \
        -subj "/CN=Company CA" -addext "keyUsage=critical,keyCertSign,cRLSign" 2>/dev/null
}
# company_signs REQUEST CERTIFICATE
company_signs() {
    openssl x509 -req -in "$1" -CA ca.pem -CAkey ca.key -days 365 -copy_extensions copyall -out "$2" 2>/dev/null
}
names_of() { openssl req -in "$1" -noout -text | sed -n '/Subject Alternative Name/{n;s/^ *//p}'; }

scenario_a_request_says_what_was_asked_and_its_key_stays_in_the_site() {
    new_site
    run_ok --json cert request "ICG Berlin" --host "icg.example.com;10.0.0.5" --organization Example --country de \
        --key ec:p256 -o icg.csr
    expect_json /result/name "ICG Berlin"
    expect_json /result/type end-entity
    expect_json /result/hosts '["dns:icg.example.com","ip:10.0.0.5"]'
    expect_json /result/private_key plain
    expect_json /result/file icg.csr
    openssl req -in icg.csr -verify -noout 2>&1 | grep -q "verify OK" || fail "a request that openssl verifies"
    expect_same "$(names_of icg.csr)" "DNS:icg.example.com, IP Address:10.0.0.5"
    expect_same "$(openssl req -in icg.csr -noout -subject -nameopt RFC2253)" "subject=CN=ICG Berlin,O=Example,C=DE"
    folder=$(json /result/stored_in)
    expect_mode 600 "$folder/key.pem"
    expect_same "$(openssl pkey -in "$folder/key.pem" -pubout)" "$(openssl req -in icg.csr -noout -pubkey)"
    expect_same "$(json /result/id)" \
        "$(openssl req -in icg.csr -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum | cut -d' ' -f1)"
}

scenario_the_answer_of_a_company_ca_is_matched_with_the_key() {
    new_site
    make_company_ca
    run_ok cert request "ICG Berlin" --host icg.example.com --key ec:p256 -o icg.csr
    expect_stderr "umsadm cert import"
    company_signs icg.csr icg.pem
    run_ok --json cert import icg.pem ca.pem
    run_ok --json cert show "ICG Berlin"
    expect_json /result/generation 1
    expect_json /result/private_key plain
    run_ok cert export "ICG Berlin" -o icg.key --format key
    expect_same "$(openssl pkey -in icg.key -pubout)" "$(openssl x509 -in icg.pem -noout -pubkey)"
    run_ok --json cert list --requests
    expect_json /result/items '[]'
}

scenario_an_encrypted_key_of_a_request_stays_encrypted() {
    new_site
    make_company_ca
    echo marker-Request-Pw >pass
    chmod 600 pass
    run_ok --json cert request ICG --host icg.example.com --key ec:p256 --key-password file:pass -o icg.csr
    expect_json /result/private_key encrypted
    grep -q "ENCRYPTED PRIVATE KEY" "$(json /result/stored_in)/key.pem" || fail "an encrypted key"
    company_signs icg.csr icg.pem
    run_ok cert import icg.pem ca.pem
    run_ok --json cert show ICG
    expect_json /result/private_key encrypted
    run_ok cert export ICG -o icg.key --format key --key-password file:pass
    expect_same "$(openssl pkey -in icg.key -pubout)" "$(openssl x509 -in icg.pem -noout -pubkey)"
    ! grep -rq marker-Request-Pw all_output "$UMSADM_SITE" || fail "no password anywhere"
}

scenario_a_request_for_a_certificate_has_all_its_fields_and_another_key() {
    site_with_certificate
    run_ok cert create Rich --root Root --host "a.example;*.b.example;10.0.0.9" --organization Org --locality Town \
        --country DE --holder "Ann Admin" --key ec:p384
    run_ok cert export Rich -o rich.pem
    run_ok --json cert request --for Rich -o rich.csr
    expect_json /result/name Rich
    expect_json /result/key ec:p384
    expect_same "$(openssl x509 -in rich.pem -noout -subject)" "$(openssl req -in rich.csr -noout -subject)"
    expect_same "$(names_of rich.csr)" "DNS:a.example, DNS:*.b.example, IP Address:10.0.0.9"
    [ "$(openssl x509 -in rich.pem -noout -pubkey)" != "$(openssl req -in rich.csr -noout -pubkey)" ] || fail "a new key"
    make_company_ca
    company_signs rich.csr next.pem
    run_ok cert import next.pem ca.pem
    run_ok --json cert show Rich
    expect_json /result/generation 2

    run cert request --for Root -o root.csr
    expect_error 4 "it signs itself"
    run cert request --for Rich --host other.example -o other.csr
    expect_error 2 "--for takes every field"
}

scenario_several_requests_wait_and_one_can_be_dropped() {
    new_site
    run_ok cert list --requests
    expect_stderr "no request waits"
    run_ok --json cert request ICG --host a.example --key ec:p256 -o 1.csr
    first=$(json /result/id)
    run_ok cert request ICG --host b.example --key ec:p256 -o 2.csr
    run_ok cert request Other --host c.example --key ec:p256 -o 3.csr
    run_ok cert list --requests
    expect_stdout "${first:0:16}"
    expect_stdout c.example
    run_ok --json cert list --requests
    expect_json /result/items/2/name Other
    run --yes cert delete --request ICG
    expect_error 2 "fits several requests"
    run --yes cert delete --request 00000000
    expect_error 3 "no request"
    run cert delete --request "${first:0:12}"
    expect_error 2 "delete the request"
    run_ok --yes --json cert delete --request "${first:0:12}"
    expect_json /result/id "$first"
    [ -e "$(json /result/moved_to)/key.pem" ] || fail "the key in the trash"
    run_ok --yes cert delete --request Other
    run_ok --json cert list --requests
    expect_json /result/items/0/hosts '["dns:b.example"]'
    # What is in the trash hinders nobody.
    run_ok cert create-root Root --key ec:p256
    run cert list --requests --used
    expect_error 2 "none of the other options"
    run cert delete
    expect_error 2 "name one certificate"
}

scenario_a_request_is_refused_before_a_key_is_made() {
    new_site
    run cert request ICG -o icg.csr
    expect_error 2 "needs its names"
    run cert request --host a.example -o icg.csr
    expect_error 2 "name the certificate"
    run cert request ICG --host a.example --path-length 1 -o icg.csr
    expect_error 2 "--path-length belongs to --type ca"
    run cert request CA --type ca --host a.example -o ca.csr
    expect_error 2 "has no --host"
    run cert request ICG --host a.example --country Germany -o icg.csr
    expect_error 2 country
    touch icg.csr
    run cert request ICG --host a.example -o icg.csr
    expect_error 1 "exists"
    [ -z "$(ls "$UMSADM_SITE/requests")" ] || fail "no request in the site"
    run_ok cert request ICG --host a.example --key ec:p256 -o icg.csr --force
}

scenario_a_request_for_a_ca_and_one_on_standard_output() {
    new_site
    run_ok cert request "Issuing CA" --type ca --path-length 0 --key ec:p256 -o -
    cp stdout ca.csr
    openssl req -in ca.csr -noout -text >text
    grep -q "CA:TRUE, pathlen:0" text || fail "a CA with path length 0"
    run_ok --json cert list --requests
    expect_json /result/items/0/type intermediate
    expect_json /result/items/0/path_length 0
    run --json cert request X --host a.example -o -
    expect_exit 2
}
