# shellcheck shell=bash disable=SC2154,SC2034
# shellcheck source=tests/scenarios/sandbox.bash
source "$here/sandbox.bash"

probe() { need_sandbox; }

fingerprint_of() {
    run_ok --json cert show "$1"
    json /result/fingerprint_sha256
}

scenario_an_exchange_of_the_root_names_what_devices_lose() {
    new_site
    with_gateway --key ec:P-256
    add_gateway berlin
    run_ok cert import "$ROOT_PEM" "$ROOT_KEY_PEM"
    run_ok cert create-root "New Root" --key ec:p256
    run_ok cert create New --root "New Root" --host "$HOSTS" --key ec:p256
    before=$(sha256sum <"$KEYSTORE")

    run keystore update berlin --cert New
    expect_error 4 '"New@1" cannot be used for gateway "berlin"'
    expect_stderr "docs/root-exchange.md"
    root=$(fingerprint_of "New Root")
    run keystore update --all --cert New --allow-root-change "$root"
    expect_error 2 "--all"
    run keystore update berlin --cert New --allow-root-change "${root:0:23}"
    expect_error 2 "whole SHA-256 fingerprint"
    run keystore update berlin --cert New --allow-root-change "$(fingerprint_of "Sandbox Root")"
    expect_error 4 '"New@1"'

    run_ok keystore update berlin --cert New --allow-root-change "$root" --dry-run
    expect_stdout "this exchanges the root, by which devices know the gateway:"
    expect_stdout_matches "now   .*Sandbox Root"
    expect_stdout_matches "then  .*New Root"
    hex=${root//:/}
    expect_stdout "${hex:0:16} ${hex:16:16} ${hex:32:16} ${hex:48:16}"
    expect_stdout "loses contact when the gateway restarts"
    expect_stdout "0 are left without it and 0 cannot take it"
    expect_stdout "ICG from 2.02, UMS from 6.06, IGEL OS from 11.04.240"
    run_ok --json keystore update berlin --cert New --allow-root-change "$root" --dry-run
    expect_json /result/deployments/0/outcome planned
    grep -q root-differs stdout || fail "the finding in JSON"

    run keystore update berlin --cert New --allow-root-change "$root"
    expect_exit 2
    expect_stderr "does every device of gateway \"berlin\" have the new root"
    expect_same "$before" "$(sha256sum <"$KEYSTORE")"

    run_ok --yes keystore update berlin --cert New --allow-root-change "$root"
    expect_stdout "it serves \"New@1\""
    run_ok --yes keystore rollback berlin
    run keystore verify berlin
    expect_not_stdout "New@1"
}

scenario_a_root_that_was_extended_with_its_key_is_the_same_one() {
    new_site
    with_gateway --key ec:P-256
    add_gateway berlin
    # A new certificate for the same name and key, as an extension by the UMS or by openssl is.
    printf '%s\n' 'basicConstraints=critical,CA:TRUE' 'keyUsage=critical,keyCertSign,cRLSign' >ca.ext
    openssl x509 -in "$ROOT_PEM" -x509toreq -signkey "$ROOT_KEY_PEM" -out extended.csr 2>/dev/null
    openssl x509 -req -in extended.csr -signkey "$ROOT_KEY_PEM" -days 7300 -sha512 -extfile ca.ext -out extended.pem 2>/dev/null
    run_ok cert import extended.pem "$ROOT_KEY_PEM" --name "Extended Root"
    run_ok --machine-readable --no-header cert list
    name=$(cut -d';' -f1 stdout)
    run_ok cert create Longer --root "$name" --host "$HOSTS" --key ec:p256
    run_ok keystore update berlin --cert Longer --dry-run
    expect_stdout root-extended
    expect_not_stdout "this exchanges the root"
    run_ok keystore update berlin --cert Longer
    expect_stdout "it serves \"Longer@1\""
}
