# shellcheck shell=bash disable=SC2154
# A rollout over 60 gateways, four of which cannot be updated, each for a reason of its own.
# shellcheck source=tests/scenarios/fleet.bash
source "$here/fleet.bash"

# One of them gets a full disk.
probe() {
    local folder
    need_sandbox
    folder=$(mktemp -d)
    if mount -t tmpfs none "$folder" 2>/dev/null; then umount "$folder"; else echo "this machine does not allow mounting"; fi
    rmdir "$folder"
}

begin_suite() { share_fleet 60; }

# What is wrong, with whom.
reinstalled=gw007
full=gw021
stubborn=gw038
hanging=gw055
broken=("$reinstalled" "$full" "$stubborn" "$hanging")

keys_of() { echo "$fleet/gateways/$1/install/usg/keys"; }
journal_of() { echo "$UMSADM_SITE/journal/gateways/$1.jsonl"; }

journals_of() { local gateway; for gateway; do cat "$(journal_of "$gateway")"; done; }

# A site in which each gateway has a certificate of its own, as now served ("ICG NAME@1"), and its next generation.
site_with_next_generations() {
    new_site
    import_fleet "$umsadm" "$fleet"
    add_fleet "$umsadm" "$fleet"
    mapfile -t gateways < <(cut -f1 "$fleet/gateways.tsv")
    run_ok cert renew "${gateways[@]/#/ICG }"
    mapfile -t healthy < <(printf '%s\n' "${gateways[@]}" | grep -vxFf <(printf '%s\n' "${broken[@]}"))
}

break_four() {
    "$sandbox_tools/fleet.sh" change-host-key "$fleet" "$reinstalled"
    "$sandbox_tools/fleet.sh" small-disk "$fleet" "$full"
    cat /dev/zero >"$(keys_of "$full")/filler" 2>/dev/null || true
    misbehave "$stubborn" restart-fails "job for icg-server.service failed"
    misbehave "$hanging" restart-hangs
}

repair_four() {
    local public=$fleet/gateways/$reinstalled/ssh/host_ed25519.pub
    run_ok gateway trust "$reinstalled" --host-key "$(ssh-keygen -lf "$public" | cut -d' ' -f2)"
    rm "$(keys_of "$full")/filler"
    behave "$stubborn" restart-fails
    behave "$hanging" restart-hangs
}

# learn_deployments: sets deployment[NAME] to "OUTCOME VERIFIED" from the JSON of a run
learn_deployments() {
    local number count
    declare -gA deployment=()
    count=$(json /result/summary/gateways)
    for ((number = 0; number < count; number++)); do
        deployment[$(json "/result/deployments/$number/gateway")]="$(outcome_of "$number") $(json "/result/deployments/$number/verified")"
    done
}

# expect_deployment GATEWAY "OUTCOME VERIFIED"
expect_deployment() { [ "${deployment[$1]:-none}" = "$2" ] || fail "$1: $2, not ${deployment[$1]:-none}"; }

# expect_journal_ends GATEWAY TEXT
expect_journal_ends() {
    local line
    line=$(tail -n 1 "$(journal_of "$1")")
    [[ $line == *"$2"* ]] || fail "$2 at the end of the journal of $1, not $line"
}

expect_generation() { # NUMBER GATEWAY...
    local gateway
    for gateway in "${@:2}"; do expect_serves "ICG $gateway@$1" "$gateway"; done
}

expect_four_failed() {
    local gateway
    expect_deployment "$reinstalled" "failed false"
    expect_deployment "$full" "failed false"
    expect_deployment "$stubborn" "restored true"
    expect_deployment "$hanging" "restored true"
    [ ! -e "$(journal_of "$reinstalled")" ] || fail "no journal of a gateway that was never logged in to"
    expect_journal_ends "$full" '"outcome":"failed"'
    expect_journal_ends "$stubborn" '"outcome":"restored"'
    expect_journal_ends "$hanging" '"outcome":"restored"'
    expect_generation 1 "${broken[@]}"
    for gateway in "${broken[@]}"; do
        [ -z "$(find "$(keys_of "$gateway")" -type f -name '.*')" ] || fail "no temporary file on $gateway"
    done
}

expect_updated() { # GATEWAY...
    local gateway
    for gateway in "$@"; do
        expect_deployment "$gateway" "updated true"
        expect_journal_ends "$gateway" '"outcome":"updated"'
    done
    expect_generation 2 "$@"
}

scenario_four_of_sixty_fail_and_are_taken_up_again() {
    local before
    site_with_next_generations
    break_four
    run --json keystore update --all --jobs 8 --wait 2
    expect_exit 6
    expect_json /result/summary/updated 56
    learn_deployments
    expect_same 60 "${#deployment[@]}"
    expect_four_failed
    expect_updated "${healthy[@]}"

    repair_four
    before=$(journals_of "${healthy[@]}" | sha256sum)
    run_ok --json keystore update --resume --jobs 8
    expect_json /result/summary/updated 4
    learn_deployments
    expect_same 4 "${#deployment[@]}"
    expect_updated "${broken[@]}"
    expect_same "$before" "$(journals_of "${healthy[@]}" | sha256sum)"
    run_ok --machine-readable --no-header cert list
    expect_same 60 "$(grep -cE '^ICG (gw[0-9]+);2;.*;\1;' stdout)"
    run_ok --json keystore update --resume
    expect_json /result/summary/gateways 0
}
