# shellcheck shell=bash disable=SC2154,SC2034,SC2016
# "renew" with a real gateway: due and not due, failures that are tried again without another certificate, and what it
# leaves alone.
# shellcheck source=tests/scenarios/renewing.bash
source "$here/renewing.bash"

probe() { need_sandbox; }
begin_suite() { share_gateway; }

scenario_what_is_due_is_renewed_and_deployed_once() {
    begin_with_deployed 20
    expect_silent renew --within 19d
    expect_silent renew --within 19
    run_ok renew
    expect_stdout 'renewed "ICG@1": created "ICG@2"'
    expect_stdout 'gateway "berlin" updated: it serves "ICG@2"'
    expect_stderr 'gateway "berlin": "ICG@1" ends on '
    know_generation 2
    expect_gateway_has ICG@2
    expect_used_is ICG@2
    run_ok --json audit --last 2
    expect_json /result/items/0/action "cert renew"
    expect_json /result/items/1/action "keystore update"
    # It ends within 30 days, too, but lives no longer.
    expect_silent renew
    run_ok --verbose renew
    expect_no_stdout
    expect_stderr 'gateway "berlin": nothing to do: "ICG@2" ends on '
    expect_generations 2
}

scenario_json_is_always_a_document() {
    begin_with_deployed 20
    run_ok --json renew --within 5d
    expect_json /result/deployments '[]'
    expect_json /result/summary/gateways 0
    expect_json /result/issued/items '[]'
    expect_json /result/untouched/items/0/gateway berlin
    expect_json /result/untouched/items/0/certificate ICG@1
    expect_no_stderr
    run_ok --json renew
    expect_json /result/deployments/0/outcome updated
    expect_json /result/deployments/0/certificate ICG@2
    expect_json /result/deployments/0/verified true
    expect_json /result/due/items/0/generation 1
    expect_json /result/issued/items/0/generation 2
    expect_json /result/issued/items/0/used_by '["berlin"]'
    expect_json /result/untouched/items '[]'
    expect_json /result/hooks/items '[]'
}

scenario_quiet_is_silent_when_all_went_well() {
    begin_with_deployed 20
    expect_silent --quiet renew
    expect_generations 2
}

scenario_a_failed_deployment_is_tried_again_without_another_certificate() {
    begin_with_deployed 20
    echo err >"$CONTROL/status"
    run renew --wait 1
    expect_exit 6
    expect_gateway_has ICG@1
    expect_generations 2
    run --json renew --wait 1
    expect_exit 6
    expect_json /result/deployments/0/outcome restored
    expect_json /result/issued/items '[]'
    rm "$CONTROL/status"
    run_ok renew
    expect_not_stdout renewed
    expect_stderr 'the deployment of "ICG@2" on '
    know_generation 2
    expect_gateway_has ICG@2
    expect_generations 2
    expect_silent renew
}

scenario_one_that_was_made_and_never_deployed() {
    begin_with_deployed 300
    run_ok cert renew ICG
    # Nobody reaches the gateway.
    run renew --ssh-port 1
    expect_exit 5
    run_ok renew
    expect_stderr '"ICG@2" was not deployed there yet'
    know_generation 2
    expect_gateway_has ICG@2
    expect_generations 2
}

scenario_one_that_was_cut_off_is_settled_and_finished() {
    local reason
    reason=$(need_tracing)
    [ -z "$reason" ] || return 0
    begin_with_deployed 20
    run_killed_at fsync "restart started" renew
    expect_generations 2
    run_ok renew
    expect_stderr "was cut off; it is settled first"
    know_generation 2
    expect_gateway_has ICG@2
    expect_generations 2
    expect_silent renew
}

scenario_two_gateways_share_one_certificate() {
    begin_with_deployed 20
    add_gateway munich
    run_ok keystore update munich
    run_ok --json renew --jobs 1
    expect_json /result/issued/items/0/generation 2
    expect_json /result/summary/gateways 2
    expect_json /result/deployments/0/certificate ICG@2
    expect_json /result/deployments/1/certificate ICG@2
    expect_generations 2
    expect_silent renew
}

scenario_only_those_that_were_named() {
    begin_with_deployed 20 --label site=berlin
    expect_silent renew --label site=berlin --within 5d
    run renew --label site=munich
    expect_error 3 'no gateway has the label "site=munich"'
    run_ok gateway add fresh --host fresh.example.com --local
    expect_silent renew --within 5d
    run renew fresh --within 5d
    expect_error 3 'gateway "fresh" cannot be renewed: nothing was deployed to it yet'
    # One that there is not stops nobody.
    run --json renew nowhere berlin
    expect_exit 3
    expect_json /result/deployments/0/error/code not-found
    expect_json /result/deployments/1/outcome updated
}

scenario_a_dry_run_changes_nothing() {
    begin_with_deployed 20
    local before
    before=$(digest_of "$KEYSTORE"; find "$UMSADM_SITE" -type f | sort)
    run_ok renew --dry-run --pre-hook "touch pre-ran" --post-hook "touch post-ran"
    expect_stdout 'would make "ICG@2" and put it onto gateway "berlin"'
    run_ok --json renew --dry-run
    expect_json /result/deployments/0/outcome planned
    expect_json /result/deployments/0/certificate ICG@2
    expect_json /result/due/items/0/generation 1
    expect_json /result/issued/items '[]'
    expect_same "$before" "$(digest_of "$KEYSTORE"; find "$UMSADM_SITE" -type f | sort)"
    if [ -e pre-ran ] || [ -e post-ran ]; then fail "no hook"; fi
    # What is there already is proved against the gateway.
    run_ok cert renew ICG
    run_ok renew --dry-run
    expect_stdout 'plan for gateway "berlin" with "ICG@2"'
    expect_gateway_has ICG@1
}

scenario_an_encrypted_root_key() {
    begin_with_deployed 20
    echo marker-Root-Pw >root.pw
    echo marker-Wrong-Pw >wrong.pw
    chmod 600 root.pw wrong.pw
    run_ok cert encrypt-key "Sandbox Root" --new-password file:root.pw
    run renew
    expect_error 2 'the private key of "Sandbox Root@1" is encrypted'
    expect_stderr "--root-key-password"
    run renew --root-key-password file:wrong.pw
    expect_exit 1
    run --json renew --dry-run
    expect_exit 2
    expect_json /result/deployments/0/outcome failed
    expect_generations 1
    run_ok renew --root-key-password file:root.pw
    expect_generations 2
    if grep -q marker- all_output; then fail "no password in the output"; fi
}

scenario_one_that_cannot_be_made_stops_no_other() {
    begin_with_deployed 20
    run_ok cert create-root Other --key ec:p256
    run_ok cert create "By Other" --root Other --host icg.example.com --key ec:p256 --days 10
    make_used augsburg "By Other"
    run_ok --json cert show Other
    rm "$UMSADM_SITE/certificates/$(json /result/fingerprint_sha256 | tr -d : | tr A-F a-f)/key.pem"
    sed -i '/"key"/s/plain/none/' "$UMSADM_SITE/certificates/$(json /result/fingerprint_sha256 | tr -d : | tr A-F a-f)/record.json"
    run --json renew
    expect_exit 3
    expect_json /result/deployments/0/gateway augsburg
    expect_json /result/deployments/0/error/code not-found
    expect_json /result/deployments/1/outcome updated
    expect_generations 2
}

# A certificate of a CA that is not ours: its root without a key, and leaf and key from elsewhere.
begin_with_foreign() { # DAYS
    reset_gateway
    new_site
    new_leaf ec:P-256 "Public" "$HOSTS" "$1" "$ROOT_KEY_PEM" "$ROOT_PEM" public.key public.pem
    run_ok cert import "$ROOT_PEM"
    run_ok cert import --name Public public.pem public.key
    add_gateway berlin
    run_ok keystore update berlin --cert Public
}

scenario_what_another_ca_signed_is_renewed_there() {
    begin_with_foreign 20
    expect_silent renew --within 19d
    run_ok renew
    expect_stderr 'umsadm: warning: gateway "berlin": "Public@1" ends on '
    expect_stderr "umsadm explain renewed-elsewhere"
    expect_no_stdout
    run_ok --json renew
    expect_json /result/deployments/0/outcome skipped
    expect_json /result/deployments/0/findings/0/code renewed-elsewhere
    expect_json /result/deployments/0/findings/0/severity warning
    expect_silent --quiet renew
    # The last third.
    run renew --within 60d
    expect_error 4 '"Public@1" ends on '
    run --quiet renew --within 60d
    expect_error 4 '"Public@1" ends on '
    # The next one was brought, and the hook of certbot could not deploy it.
    new_leaf ec:P-256 "Public" "$HOSTS" 90 "$ROOT_KEY_PEM" "$ROOT_PEM" next.key next.pem
    run_ok cert import --name Public next.pem next.key
    run_ok renew
    expect_stdout 'gateway "berlin" updated: it serves "Public@2"'
    expect_silent renew
}

scenario_a_rollback_is_not_undone() {
    begin_with_deployed 20
    run_ok cert renew ICG --days 300
    run_ok renew
    know_generation 2
    expect_gateway_has ICG@2
    run_ok --yes keystore rollback berlin
    expect_gateway_has ICG@1
    expect_silent renew --within 5d
    run renew
    expect_error 4 'it was rolled back from "ICG@2" to "ICG@1"'
    expect_gateway_has ICG@1
    run_ok cert renew ICG
    run_ok renew
    expect_stdout 'it serves "ICG@3"'
}

scenario_a_root_that_ends_is_told() {
    reset_gateway
    new_site
    run_ok cert create-root Short --days 25 --key ec:p256
    run_ok cert create ICG --root Short --host icg.example.com --key ec:p256 --days 25
    make_used berlin ICG
    run --json renew --dry-run
    expect_exit 0
    expect_json /result/findings/0/code expires-soon
    run_ok --verbose renew --dry-run
    expect_stderr 'umsadm: warning: the root "Short@1" ends on '
}

scenario_it_never_asks() {
    begin_with_deployed 20
    local source
    for source in --root-key-password --key-password --store-password --ssh-password --sudo-password --ssh-key-password; do
        run renew "$source" prompt
        expect_error 2 "asks nothing"
    done
    command -v expect >/dev/null || return 0
    # A question would have no answer until the time is up.
    on_terminal renew <<<'set timeout 60; expect "it serves" {}'
    expect_exit 0
    expect_stdout 'gateway "berlin" updated'
    expect_generations 2
}

scenario_one_at_a_time() {
    begin_with_deployed 20
    setsid --wait "$umsadm" renew --pre-hook "touch begun; sleep 12" >first.out 2>&1 </dev/null &
    local first=$!
    wait_until test -e begun
    run renew
    expect_error 1 "another umsadm is working on the renewals of this site"
    wait "$first" || fail "the first one: $(cat first.out)"
    expect_generations 2
}

scenario_an_interrupted_run_has_its_report() {
    begin_with_deployed 20
    echo 4 >"$CONTROL/restart-delay"
    run --json renew --post-hook 'echo "$UMSADM_OUTCOME $UMSADM_EXIT_CODE" >post' \
        --pre-hook 'me=$PPID; (sleep 2; kill -INT "$me") >/dev/null 2>&1 &'
    rm "$CONTROL/restart-delay"
    expect_exit 130
    expect_json /result/issued/items/0/generation 2
    expect_json /result/deployments/0/outcome restored
    expect_same "failed 130" "$(cat post)"
    expect_gateway_has ICG@1
    run_ok renew
    expect_generations 2
}

scenario_wrong_options() {
    run renew
    expect_error 3 "no site"
    new_site
    expect_silent renew
    run renew --within soon
    expect_error 2 "number of days"
    run renew --within 30days
    expect_error 2 "number of days"
    run renew --within -1
    expect_exit 2
    run renew --hook-timeout 0
    expect_exit 2
    run renew --label x
    expect_error 2 "KEY=VALUE"
    run renew nowhere
    expect_error 3 "nowhere"
}
