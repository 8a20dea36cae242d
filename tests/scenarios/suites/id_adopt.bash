# shellcheck shell=bash disable=SC2154,SC2034
# The UMS ID of a server becomes the Main UMS ID of the site; and servers that keep theirs in a PKCS#12 file, alone and
# beside others. ums3 has a file.
# shellcheck source=tests/scenarios/ums_servers.bash
source "$here/ums_servers.bash"

probe() {
    need_ums_servers
    need keytool
}
begin_suite() { share_servers 2 && share_another ums3 --store file; }

site_key_fits() {
    expect_same "$(openssl x509 -in "$UMSADM_SITE/ums-id/certificate.pem" -noout -pubkey)" \
        "$(openssl pkey -in "$UMSADM_SITE/ums-id/key.pem" -pubout)"
    expect_mode 600 "$UMSADM_SITE/ums-id/key.pem"
}
expect_main() { # FINGERPRINT
    run_ok --json id show --offline
    expect_json /result/main/fingerprint_sha256 "$1"
    expect_same "$1" "$(fingerprint_of "$UMSADM_SITE/ums-id/certificate.pem")"
}

scenario_with_its_key_where_the_backup_is_pkcs12() {
    begin_with_servers
    put_control pkcs12 backup-format ums1
    run_ok --json id adopt ums1
    expect_stdout "$main"
    expect_main "$main"
    expect_json /result/main/has_private_key true
    expect_json /result/main/origin adopted
    expect_json /result/main/source ums1
    site_key_fits
    expect_nothing_left ums1
    expect_backups_on ums1 0
    expect_stored ums1 "$main"
    expect_calls ums1 "licensing restore" 0
    grep -q '"id adopt"' "$UMSADM_SITE/audit.jsonl" || fail "a line in the audit log"
    # Again: nothing to do, and the key stays.
    run_ok id adopt ums1
    site_key_fits
}

# Without the key, the site still knows the certificate: show, export and sync work, a backup does not.
scenario_without_its_key_where_the_backup_is_opaque() {
    begin_with_servers
    run id adopt ums1
    expect_error 1 "PKCS#12"
    expect_nothing_left ums1
    expect_main "$main"
    expect_json /result/main/has_private_key false
    [ ! -e "$UMSADM_SITE/ums-id/key.pem" ] || fail "no key in the site"
    run_ok id export -o ums-id.crt
    expect_same "$main" "$(fingerprint_of ums-id.crt)"
    echo secret >backup.pw
    chmod 600 backup.pw
    run id backup -o backup.p12 --password file:backup.pw
    expect_error 3 key
    [ ! -e backup.p12 ] || fail "no backup"
    # The key comes later, from a backup in a format that can be read.
    put_control pkcs12 backup-format ums1
    run_ok id adopt ums1
    site_key_fits
    # And it is not lost again.
    take_control backup-format ums1
    run id adopt ums1
    site_key_fits
}

scenario_a_file_is_adopted_with_its_key() {
    begin_with_servers
    run_ok id adopt ums3
    expect_main "$third"
    site_key_fits
    expect_stored ums3 "$third"
}

scenario_the_one_before_is_kept() {
    begin_with_servers
    put_control pkcs12 backup-format ums1 ums2
    run_ok id adopt ums1
    run_ok id adopt ums2
    expect_stderr "not the main server"
    expect_main "$second"
    site_key_fits
    [ -e "$UMSADM_SITE/ums-id/previous/$(tr -d : <<<"${main,,}")/key.pem" ] || fail "the one before is kept"
}

scenario_the_registered_one_is_not_given_up() {
    begin_with_servers
    put_control pkcs12 backup-format ums1 ums2
    run_ok id adopt ums1
    run_ok id register
    run id adopt ums2
    expect_error 4 "$main"
    expect_stderr "--force"
    expect_main "$main"
    run_ok id adopt ums2 --force
    expect_main "$second"
}

scenario_what_cannot_be_adopted() {
    begin_with_servers
    run id adopt nobody
    expect_error 3 nobody
    rm "$(folder_of ums2)/data/ums-id.pem"
    run id adopt ums2
    expect_error 3 "no UMS ID"
    sshd_stop "$(folder_of ums1)/ssh"
    run id adopt ums1
    expect_exit 5
    echo wrong >wrong.pw
    chmod 600 wrong.pw
    run_ok server edit ums3 --ums-id-password file:wrong.pw
    run id adopt ums3
    expect_error 1 password
    run_ok --json id show --offline
    expect_json /result/main null
}

# The main server has umsadmin-cli, another one a file.
scenario_a_file_beside_umsadmin_cli() {
    local before
    begin_with_adopted
    openssl x509 -in "$(folder_of ums1)/data/web.pem" -out portal.pem
    STORE=$(cat "$(of ums3 UMS_ID_PASSWORD_FILE)") keytool -importcert -noprompt -alias portal -storepass:env STORE \
        -keystore "$(of ums3 UMS_ID_PATH)" -file portal.pem 2>/dev/null
    before=$(stat -c '%U:%G %a' "$(of ums3 UMS_ID_PATH)")
    run_ok --json --yes id sync
    expect_of ums2 outcome restart-needed
    expect_of ums3 outcome restart-needed
    expect_stored ums3 "$main"
    expect_loaded ums3 "$third"
    expect_same "$before" "$(stat -c '%U:%G %a' "$(of ums3 UMS_ID_PATH)")"
    expect_status ums3 "$needs_restart"
    run_ok --json --yes id sync --restart
    expect_of ums3 outcome restarted
    expect_in_sync "$main" ums2 ums3
    expect_status ums2 "In sync" ums3 "In sync"
    expect_nothing_left ums1 ums2 ums3
    # Alias and trusted entries are as before, for the Java program that reads it.
    keytool -list -keystore "$(of ums3 UMS_ID_PATH)" -storetype PKCS12 -storepass:file "$(of ums3 UMS_ID_PASSWORD_FILE)" >list 2>&1
    grep -q "^ums-id,.*PrivateKeyEntry" list || fail "the alias of before: $(cat list)"
    grep -q "^portal,.*trustedCertEntry" list || fail "the trusted entry of before: $(cat list)"
    # The replaced file, which has the same password.
    openssl pkcs12 -in "$(backups_on ums3 | tail -n 1)/backup" -passin "file:$(of ums3 UMS_ID_PASSWORD_FILE)" -clcerts \
        -nokeys -out kept.pem 2>/dev/null
    expect_same "$third" "$(fingerprint_of kept.pem)"
}

scenario_a_restart_by_hand_is_noticed() {
    begin_with_adopted
    run_ok --yes id sync ums3
    expect_status ums3 "$needs_restart"
    "$(folder_of ums3)/restart-server"
    expect_loaded ums3 "$main"
    expect_status ums3 "In sync"
}

scenario_a_file_is_the_main_server() {
    begin_with_servers
    put_control pkcs12 backup-format ums1 ums2
    run_ok server edit ums3 --main
    run_ok id adopt ums3
    run_ok --yes id sync --restart
    expect_in_sync "$third" ums1 ums2 ums3
    expect_status ums3 "Main UMS ID" ums1 "In sync" ums2 "In sync"
}

scenario_a_file_that_is_missing_is_made() {
    begin_with_adopted
    rm "$(of ums3 UMS_ID_PATH)"
    run_ok --json --yes id sync ums3 --restart
    expect_of ums3 outcome updated
    expect_in_sync "$main" ums3
    run id create --server ums3
    [ "$exit_code" -ne 0 ] || fail "a failure"
}

# There is no key that could go into the file, and no way to get one.
scenario_a_file_gets_nothing_without_a_key() {
    begin_with_opaque
    run --yes id sync --restart
    [ "$exit_code" -eq 1 ] || fail "exit code 1"
    expect_in_sync "$third" ums3
    expect_nothing_left ums1 ums3
}

scenario_a_damaged_file_is_not_replaced_blindly() {
    begin_with_adopted
    truncate -s 900 "$(of ums3 UMS_ID_PATH)"
    run --yes id sync
    expect_exit 1
    expect_same 900 "$(stat -c %s "$(of ums3 UMS_ID_PATH)")"
    expect_stored ums2 "$main"
}
