# shellcheck shell=bash disable=SC2154,SC2034
# Two at once: in one site the second one waits and gives up, with two sites the second one is refused before its rename.
# shellcheck source=tests/scenarios/survive.bash
source "$here/survive.bash"

probe() {
    need_sandbox
    need_tracing
}
begin_suite() { share_gateway; }

scenario_in_one_site_the_second_one_is_busy() {
    begin_with_gateway
    run_stopped "upload started" keystore update berlin --cert A
    run keystore update berlin --cert B
    expect_error 1 "berlin"
    run --yes keystore rollback berlin
    expect_error 1 "berlin"
    expect_gateway_has old
    # Reading commands need not wait.
    run_ok keystore history berlin
    run_ok keystore update berlin --cert B --dry-run
    expect_stderr "is under way"
    expect_not_stderr "was cut off"
    go_on
    expect_exit 0
    expect_gateway_has A
    expect_no_leftovers
    run_ok keystore update berlin --cert B
    expect_not_stderr "was cut off"
    expect_gateway_has B
}

# The second site has a folder, certificates and a journal of its own.
in_another_site() (
    UMSADM_SITE=$PWD/site2
    "$@"
)

scenario_of_two_sites_the_second_one_is_refused() {
    begin_with_gateway
    run_stopped "swap started" keystore update berlin --cert A
    in_another_site second_admin_is_refused
    go_on
    expect_exit 0
    expect_gateway_has A
    expect_no_leftovers
}

second_admin_is_refused() {
    site_for_gateway
    run keystore update berlin --cert A
    expect_error 1 "another umsadm is changing the keystore"
    expect_gateway_has old
    [ ! -e "$journal" ] || fail "no journal: no run was begun"
}

# The first one is cut off, and the second one does not know: what the second one did stays.
scenario_settling_leaves_the_work_of_another_site_alone() {
    begin_with_gateway
    run_killed_at write "restart done" keystore update berlin --cert A
    in_another_site second_admin_updates
    run keystore update berlin --cert B
    expect_exit 0
    expect_stderr "somebody else changed"
    expect_gateway_has B
}

second_admin_updates() {
    site_for_gateway
    run_ok keystore update berlin --cert A
    expect_gateway_has A
}

# Not umsadm, but an administrator with keytool.
scenario_a_keystore_that_somebody_changes_meanwhile() {
    begin_with_gateway
    local changed
    run_stopped "swap started" keystore update berlin --cert A
    new_root ec:P-256 "Another UMS" other.key other.pem
    add_trusted "$KEYSTORE" another-ums "$STORE_PASSWORD" other.pem
    changed=$(digest_of "$KEYSTORE")
    go_on
    expect_error 1 "was changed by somebody else meanwhile"
    expect_stderr "nothing was changed"
    expect_same "$changed" "$(digest_of "$KEYSTORE")"
    expect_served old
    expect_no_leftovers
    # The next one takes up what was added.
    run_ok keystore update berlin --cert A
    expect_served A
    run_ok keystore show berlin
    expect_stdout another-ums
}
