# shellcheck shell=bash disable=SC2154,SC2034
# shellcheck source=tests/sandbox/certificates.sh
source "$here/../sandbox/certificates.sh"

probe() { need keytool openssl; }

# keytool_store TYPE FILE: the entry "ICG" and the trusted one "root"
keytool_store() {
    new_root ec:P-256 "Test Root" root.key root.pem
    new_leaf ec:P-256 "Test Leaf" "icg.example.com;10.0.0.5" 100 root.key root.pem leaf.key leaf.pem
    new_keystore "$1" "$2" ICG store-secret store-secret leaf.key leaf.pem root.pem
    add_trusted "$2" root store-secret root.pem
    echo store-secret >pw
    chmod 600 pw
}

scenario_a_jks_file_of_keytool() {
    keytool_store JKS store.jks
    run_ok keystore show ./store.jks --store-password file:pw
    expect_stdout '"./store.jks": JKS, 2 entries, integrity verified'
    expect_stdout_matches '^icg +key, chain of 2 +.*CN=Test Leaf'
    expect_stdout_matches '^root +trusted +.*CN=Test Root.* +\(itself\)'
    run_ok keystore show ./store.jks
    expect_stdout "integrity NOT verified"
    run_ok --json keystore show ./store.jks
    expect_json /result/format JKS
    expect_json /result/integrity_verified false
    expect_json /result/gateway null
    run_ok --machine-readable keystore show ./store.jks
    expect_lines 3
    expect_stdout "ALIAS;TYPE;SUBJECT;ISSUER;EXPIRES;FINGERPRINT"
    run_ok --json keystore show ./store.jks --store-password file:pw
    expect_json /result/integrity_verified true
    expect_stdout "$(openssl x509 -in leaf.pem -noout -fingerprint -sha256 | cut -d= -f2)"
}

scenario_pkcs12_and_jceks_files() {
    keytool_store PKCS12 store.p12
    run_ok keystore show ./store.p12 --store-password file:pw
    expect_stdout "PKCS12, 2 entries, integrity verified"
    run keystore show ./store.p12
    expect_exit 1
    expect_stderr "--store-password"
    keytool_store JCEKS store.jceks
    run_ok keystore show ./store.jceks --store-password file:pw
    expect_stdout "JCEKS, 2 entries"
}

scenario_wrong_files_and_passwords() {
    keytool_store JKS store.jks
    echo wrong >bad.pw
    chmod 600 bad.pw
    run keystore show ./store.jks --store-password file:bad.pw
    expect_error 1 "password"
    run keystore show ./missing.jks
    expect_error 3 missing.jks
    run keystore show ./root.pem
    expect_exit 1
    expect_stderr 'while reading "./root.pem"'
    head -c 300 store.jks >cut.jks
    run keystore show ./cut.jks
    expect_exit 1
    run keystore show store.jks
    expect_exit 3
    expect_stderr 'write "./store.jks"'
}
