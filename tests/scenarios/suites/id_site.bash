# The Main UMS ID in the site: the commands that need no server.
# shellcheck shell=bash disable=SC2154,SC2034
probe() { need openssl keytool expect; }

# A UMS ID that openssl made, as NAME.p12 with the password of the file "pass"; quicker than RSA 4096.
foreign_ums_id() {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.pem" -days 3650 -subj "/CN=$1" 2>req.log
    openssl pkcs12 -export -inkey "$1.key" -in "$1.pem" -out "$1.p12" -passout file:pass
}
fingerprint_of() { openssl x509 -in "$1" -noout -fingerprint -sha256 | cut -d= -f2; }
with_password() {
    printf 'marker-Backup-1\nsecond line\n' >pass
    printf 'marker-Wrong-1\n' >wrong
    chmod 600 pass wrong
}
site_with_ums_id() {
    new_site
    with_password
    foreign_ums_id first
    run_ok id restore first.p12 --password file:pass
}

scenario_create_makes_what_the_vendor_makes() {
    new_site
    run_ok --json id create
    expect_json /result/has_private_key true
    expect_json /result/registered null
    fingerprint=$(json /result/fingerprint_sha256)
    run_ok id export -o ums-id.crt
    expect_mode 644 ums-id.crt
    openssl x509 -in ums-id.crt -noout -text >text
    grep -q "Public-Key: (4096 bit)" text
    grep -q "Signature Algorithm: sha512WithRSAEncryption" text
    openssl verify -CAfile ums-id.crt ums-id.crt
    ! grep -q "Subject Alternative Name" text || fail "no host in it"
    ! grep -qi "$(hostname)" text || fail "no host in it"
    expect_same "$fingerprint" "$(fingerprint_of ums-id.crt)"
    # 20 years less a day are covered, 20 years and a day are not.
    openssl x509 -in ums-id.crt -noout -checkend $((7304 * 86400)) >/dev/null
    ! openssl x509 -in ums-id.crt -noout -checkend $((7307 * 86400)) >/dev/null || fail "20 years"
    expect_mode 600 "$UMSADM_SITE/ums-id/key.pem"
    run id create
    expect_error 4 "has a Main UMS ID already"
    expect_stderr "--replace"
    run id create --replace
    expect_error 2 "nobody is there to ask"
    run_ok --json --yes id create --replace
    [ "$fingerprint" != "$(json /result/fingerprint_sha256)" ] || fail "another UMS ID"
    [ -f "$UMSADM_SITE/ums-id/previous/$(tr -d : <<<"${fingerprint,,}")/key.pem" ] || fail "the one before is kept"
    grep -q '"id create"' "$UMSADM_SITE/audit.jsonl"
}

scenario_export_is_public_and_read_by_openssl() {
    site_with_ums_id
    run_ok id export -o ums-id.crt
    run_ok id export -o ums-id.der --der
    run_ok id export -o - --der
    cmp stdout ums-id.der
    run_ok --quiet id export -o -
    cmp stdout ums-id.crt
    expect_same "$(fingerprint_of first.pem)" "$(fingerprint_of ums-id.crt)"
    openssl x509 -inform der -in ums-id.der -noout
    run id export -o ums-id.crt
    expect_error 1 ums-id.crt
    expect_stderr "--force"
    run_ok --json id export -o ums-id.crt --force
    expect_json /result/format pem
    run --json id export -o -
    expect_error 2 "--json"
    run id export
    expect_error 2 "--output"
}

scenario_the_short_form_is_ten_and_ten_characters_of_the_text() {
    local text
    site_with_ums_id
    text=$(openssl x509 -in first.pem -outform der | base64 -w 0)
    run_ok --json id show --full
    expect_json /result/main/ums_id "$text"
    expect_json /result/main/ums_id_short "${text:0:10}...${text: -10}"
    run_ok id show
    expect_stdout "${text:0:10}...${text: -10}"
    expect_stdout "$(fingerprint_of first.pem)"
    run_ok id show --full
    expect_stdout "$text"
}

scenario_a_backup_is_read_by_openssl_and_keytool_and_restored() {
    site_with_ums_id
    run_ok id backup -o backup.p12 --password file:pass
    expect_mode 600 backup.p12
    openssl pkcs12 -in backup.p12 -passin file:pass -noenc -out out.pem 2>/dev/null
    expect_same "$(fingerprint_of first.pem)" "$(fingerprint_of out.pem)"
    expect_same "$(openssl pkey -in first.key -pubout)" "$(openssl pkey -in out.pem -pubout)"
    keytool -list -keystore backup.p12 -storepass marker-Backup-1 2>/dev/null | grep -q PrivateKeyEntry
    run id backup -o backup.p12 --password file:pass
    expect_error 1 backup.p12
    expect_stderr "--force"
    run_ok id backup -o backup.p12 --password file:pass --force
    run id backup -o - --password file:pass
    expect_error 2 "read back"
    run_ok --json id verify-backup backup.p12 --password file:pass
    expect_json /result/is_main true
    expect_json /result/compatible true
    UMSADM_SITE=$PWD/other
    new_site
    run_ok --json id verify-backup backup.p12 --password file:pass
    expect_json /result/is_main null
    run_ok --json id restore backup.p12 --password file:pass
    expect_json /result/fingerprint_sha256 "$(fingerprint_of first.pem)"
    expect_json /result/has_private_key true
    run_ok id restore backup.p12 --password file:pass
    expect_stdout "has this Main UMS ID already"
    ! grep -r marker- all_output site other/audit.jsonl || fail "no password anywhere"
}

scenario_a_backup_that_keytool_wrote_is_restored() {
    new_site
    with_password
    keytool -genkeypair -alias ums -keyalg RSA -keysize 2048 -dname "CN=UMS" -validity 7300 -storetype PKCS12 \
        -keystore java.p12 -storepass marker-Backup-1 2>/dev/null
    run_ok --json id restore java.p12 --password file:pass
    keytool -exportcert -rfc -alias ums -keystore java.p12 -storepass marker-Backup-1 >java.pem 2>/dev/null
    expect_json /result/fingerprint_sha256 "$(fingerprint_of java.pem)"
    expect_json /result/origin restored
}

scenario_what_is_no_backup_is_refused_with_the_reason() {
    site_with_ums_id
    run_ok id backup -o backup.p12 --password file:pass
    run id verify-backup backup.p12 --password file:wrong
    expect_error 1 password
    run id restore backup.p12 --password file:wrong
    expect_error 1 password
    head -c 1000 backup.p12 >short.p12
    run id verify-backup short.p12 --password file:pass
    expect_exit 1
    { head -c 1200 backup.p12 && printf x && tail -c +1202 backup.p12; } >flipped.p12
    run id verify-backup flipped.p12 --password file:pass
    expect_exit 1
    echo "an opaque backup of somebody else" >opaque.bin
    run id verify-backup opaque.bin --password file:pass
    expect_error 1 "PKCS#12"
    run id verify-backup missing.p12 --password file:pass
    expect_error 3 missing.p12
    run_ok id export -o ums-id.crt
    run id restore ums-id.crt --password file:pass
    expect_error 1 "PKCS#12"
    run_ok cert create-root Root --key ec:p256
    run_ok cert create ICG --root Root --host icg.example.com --key ec:p256
    run_ok cert export ICG -o gateway.p12 --format pkcs12 --password file:pass
    run id verify-backup gateway.p12 --password file:pass
    expect_exit 4
    run --yes id restore gateway.p12 --password file:pass
    expect_exit 4
    run_ok --json id show --offline
    expect_json /result/main/fingerprint_sha256 "$(fingerprint_of first.pem)"
}

scenario_another_backup_is_told_from_the_sites_own() {
    site_with_ums_id
    foreign_ums_id second
    run --json id verify-backup second.p12 --password file:pass
    expect_exit 4
    expect_json /result/is_main false
    expect_json /result/compatible false
    expect_json /result/findings/0/code not-main-ums-id
    run id restore second.p12 --password file:pass
    expect_error 2 "nobody is there to ask"
    run_ok --yes id restore second.p12 --password file:pass
    run_ok id verify-backup second.p12 --password file:pass
    [ -d "$UMSADM_SITE/ums-id/previous/$(fingerprint_of first.pem | tr -d : | tr A-F a-f)" ] || fail "kept"
}

scenario_the_registered_one_is_a_pin() {
    local first second
    site_with_ums_id
    foreign_ums_id second
    first=$(fingerprint_of first.pem)
    second=$(fingerprint_of second.pem)
    run_ok --json id register
    expect_json /result/registered_fingerprint_sha256 "$first"
    expect_json /result/is_main true
    run_ok --json id show --offline
    expect_json /result/main/registered true
    run --yes id restore second.p12 --password file:pass
    expect_error 4 "registered in the license portal, $first"
    expect_stderr "--force"
    run --yes id create --replace
    expect_error 4 "registered in the license portal"
    run_ok --yes id restore second.p12 --password file:pass --force
    expect_stderr "gives no licenses"
    run_ok --json id show --offline
    expect_json /result/main/registered false
    expect_json /result/main/registered_fingerprint_sha256 "$first"
    # The way back to the registered one needs no force.
    run_ok --yes id restore first.p12 --password file:pass
    # The start of one that the site knows, in any notation.
    run_ok --json id register "$(tr -d : <<<"${second:0:14}" | tr A-F a-f)"
    expect_json /result/registered_fingerprint_sha256 "$second"
    expect_stderr "not the Main UMS ID"
    run id register 00:11:22:33
    expect_error 3 "00:11:22:33"
    run id register nonsense
    expect_error 2 nonsense
    run id register "$second" --clear
    expect_error 2 "--clear"
    run_ok id register --clear
    run_ok --json id show --offline
    expect_json /result/main/registered null
    # A whole fingerprint need not be known to the site.
    run_ok id register "$(printf 'AB%.0s' $(seq 32))"
    grep -q '"id register"' "$UMSADM_SITE/audit.jsonl"
}

scenario_without_a_main_ums_id_the_way_to_one_is_named() {
    local command
    new_site
    with_password
    for command in "export -o x" "backup -o x --password file:pass" register; do
        # shellcheck disable=SC2086
        run id $command
        expect_error 3 "no Main UMS ID"
        expect_stderr "umsadm id adopt"
    done
    run_ok --json id show
    expect_json /result/main null
    expect_stderr "umsadm id adopt"
    run id show --check
    expect_error 3 "no server"
}

scenario_replacing_is_asked_on_a_terminal() {
    site_with_ums_id
    foreign_ums_id second
    on_terminal id restore second.p12 --password file:pass <<<'expect "replace the Main UMS ID" {send "n\r"}'
    expect_exit 1
    expect_stdout "nothing was changed"
    run_ok --json id show --offline
    expect_json /result/main/fingerprint_sha256 "$(fingerprint_of first.pem)"
    on_terminal id restore second.p12 --password prompt <<<'
        expect "password of the backup" {send "marker-Backup-1\r"}
        expect "\[y/N\]" {send "y\r"}'
    expect_exit 0
    expect_not_stdout marker-Backup-1
    on_terminal id create --replace <<<'expect "\[y/N\]" {send "\003"}'
    expect_exit 130
    run_ok --json id show --offline
    expect_json /result/main/fingerprint_sha256 "$(fingerprint_of second.pem)"
}

scenario_a_typed_password_of_a_backup_is_asked_for_twice() {
    site_with_ums_id
    on_terminal id backup -o typed.p12 --password prompt <<<'
        expect "password of the backup" {send "marker-Typed-1\r"}
        expect "once more" {send "marker-Typed-2\r"}'
    expect_exit 2
    expect_stdout "the passwords differ"
    [ ! -e typed.p12 ] || fail "no file"
    on_terminal id backup -o typed.p12 --password prompt <<<'
        expect "password of the backup" {send "marker-Typed-1\r"}
        expect "once more" {send "marker-Typed-1\r"}'
    expect_exit 0
    openssl pkcs12 -in typed.p12 -passin pass:marker-Typed-1 -noout
}
