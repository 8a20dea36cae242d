# Words for scenarios of "renew": the shared gateway of survive.bash, whose certificate ends soon.
# shellcheck shell=bash disable=SC2154,SC2034
# shellcheck source=tests/scenarios/survive.bash
source "$here/survive.bash"

# begin_with_deployed DAYS [OPTION...]: the gateway "berlin" serves "ICG@1", which lives for so many days, of a root whose
# key the site has.
begin_with_deployed() {
    reset_gateway
    new_site
    run_ok cert import "$ROOT_PEM" "$ROOT_KEY_PEM"
    create_icg "$1"
    add_gateway berlin "${@:2}"
    journal=$UMSADM_SITE/journal/gateways/berlin.jsonl
    run_ok keystore update berlin --cert ICG
}

# create_icg DAYS
create_icg() {
    run_ok --json cert create ICG --root "Sandbox Root" --host "$HOSTS" --key ec:p256 --days "$1"
    know_generation 1
}

# know_generation N: so that expect_gateway_has ICG@N can be said
know_generation() {
    run_ok --json cert show "ICG@$1"
    leaf[ICG@$1]=$(json /result/fingerprint_sha256)
}

expect_generations() { # N: the newest generation of ICG
    run_ok --json cert show ICG
    expect_json /result/generation "$1"
}

expect_silent() { # ARGS...
    run_ok "$@"
    expect_no_stdout
    expect_no_stderr
}
