# shellcheck shell=bash disable=SC2154,SC2034
# shellcheck source=tests/scenarios/sandbox.bash
source "$here/sandbox.bash"

probe() { need_sandbox; }

scenario_every_certificate_is_judged_with_its_reasons() {
    new_site
    with_gateway --key ec:P-256
    add_gateway berlin
    run_ok keystore candidates berlin
    expect_no_stdout
    expect_stderr "the site has no certificate of a gateway yet"

    run_ok cert import "$ROOT_PEM" "$ROOT_KEY_PEM"
    run_ok cert create Good --root "Sandbox Root" --host "$HOSTS" --key ec:p256
    run_ok cert create Less --root "Sandbox Root" --host localhost --key ec:p256
    run_ok cert create-root "Other Root" --key ec:p256
    run_ok cert create Foreign --root "Other Root" --host "$HOSTS" --key ec:p256
    run_ok keystore candidates berlin
    expect_stdout_matches '^CERTIFICATE +USABLE +EXPIRES +DAYS +REASONS$'
    expect_stdout_matches '^Good@1 +yes +'
    expect_stdout_matches '^Less@1 +no +.*host-missing'
    expect_stdout_matches '^Foreign@1 +no +.*root-differs'
    expect_stdout_matches '^Less@1:$'
    run_ok --json keystore candidates berlin
    expect_json /result/items/0/certificate/name Good
    expect_json /result/items/0/usable true
    expect_json /result/items/1/usable false
    run_ok --machine-readable keystore candidates berlin
    expect_lines 4

    run_ok keystore show berlin
    expect_stdout "of gateway \"berlin\": JKS, 3 entries, integrity verified"
    run_ok --json keystore show berlin
    expect_json /result/gateway berlin
    run keystore candidates nowhere
    expect_error 3 nowhere
}
