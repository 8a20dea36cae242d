# shellcheck shell=bash disable=SC2154,SC2034,SC2016
# The hooks of "renew": when each runs, what it is told, what it does not get, and what its failure means.
# shellcheck source=tests/scenarios/renewing.bash
source "$here/renewing.bash"

probe() { need_sandbox; }
begin_suite() { share_gateway; }

# Each of them writes a line into "ran".
hooks() {
    local hook
    for hook in pre deploy failure post; do
        printf '%s\0' "--$hook-hook" "echo \"\$UMSADM_HOOK \$UMSADM_OUTCOME \${UMSADM_GATEWAY-} \${UMSADM_CERTIFICATE-}\" >>$PWD/ran"
    done
}
run_with_hooks() {
    local -a options
    mapfile -d '' options < <(hooks)
    : >ran
    run "$@" "${options[@]}"
}
expect_ran() { expect_same "$(printf '%s\n' "$@")" "$(sed 's/ *$//' ran)"; }

scenario_each_at_its_time() {
    begin_with_deployed 20
    run_with_hooks renew --within 5d
    expect_exit 0
    expect_no_stdout
    expect_no_stderr
    expect_same "" "$(cat ran)"

    echo err >"$CONTROL/status"
    run_with_hooks --json renew --wait 1
    expect_exit 6
    expect_ran "pre planned" "failure restored berlin ICG@2" "post failed"
    expect_json /result/hooks/items/0/hook pre
    expect_json /result/hooks/items/1/gateway berlin
    expect_json /result/hooks/items/2/ok true
    rm "$CONTROL/status"

    run_with_hooks renew
    expect_exit 0
    expect_ran "pre planned" "deploy updated berlin ICG@2" "post done"
}

scenario_what_a_hook_is_told_and_what_not() {
    begin_with_deployed 20
    cat >look <<'LOOK'
env | sort >"$1.env"
readlink /proc/$$/fd/* | grep -v "^/proc/\|/look$" >"$1.fds"
cat >"$1.input"
LOOK
    # A password of the run is in the environment; a descriptor is open.
    exec 7<"$SSH_PASSWORD_FILE"
    MARKER_PASSWORD=$(cat "$SSH_PASSWORD_FILE") run_ok --ticket CHG-1 renew --sudo-password env:MARKER_PASSWORD \
        --pre-hook "sh look pre" --deploy-hook "sh look deploy" --post-hook "sh look post"
    exec 7<&-
    know_generation 2
    ! grep -qF -f "$SSH_PASSWORD_FILE" ./*.env || fail "no password in the environment of a hook"
    ! grep -q MARKER ./*.env || fail "no variable of a password"
    for line in "UMSADM_HOOK=deploy" "UMSADM_SITE=$UMSADM_SITE" "UMSADM_GATEWAYS=berlin" "UMSADM_TICKET=CHG-1" "UMSADM_OUTCOME=updated" \
        "UMSADM_GATEWAY=berlin" "UMSADM_CERTIFICATE=ICG@2" "UMSADM_FINGERPRINT_SHA256=${leaf[ICG@2]}" \
        "UMSADM_OLD_FINGERPRINT_SHA256=${leaf[ICG@1]}" "HOME=$HOME"; do
        grep -qxF "$line" deploy.env || fail "$line: $(cat deploy.env)"
    done
    grep -qxF UMSADM_EXIT_CODE=0 post.env || fail "the exit code: $(cat post.env)"
    local hook
    for hook in pre deploy post; do
        [ ! -s "$hook.input" ] || fail "nothing to read"
        ! grep -q "password\|socket\|\.lock\|site" "$hook.fds" || fail "no descriptor of umsadm: $(cat "$hook.fds")"
    done
}

scenario_what_a_hook_says_is_no_result() {
    begin_with_deployed 20
    run_ok --json renew --pre-hook "echo said; echo wrong >&2"
    expect_json /result/deployments/0/outcome updated
    expect_not_stdout said
    expect_stderr said
    expect_stderr wrong
    run_ok cert renew ICG
    run_ok --quiet renew --pre-hook "echo said"
    expect_no_stdout
    expect_no_stderr
}

scenario_a_pre_hook_that_fails_stops_everything() {
    begin_with_deployed 20
    run --json renew --pre-hook "exit 3" --post-hook 'echo "$UMSADM_OUTCOME $UMSADM_EXIT_CODE" >post'
    expect_exit 1
    expect_stderr "umsadm: error: the pre-hook failed: it ended with exit code 3"
    expect_json /result/deployments/0/outcome not-started
    expect_json /result/issued/items '[]'
    expect_json /result/hooks/items/0/ok false
    expect_same "failed 1" "$(cat post)"
    expect_generations 1
    expect_gateway_has ICG@1
}

scenario_another_hook_that_fails_is_a_failure_of_the_run() {
    begin_with_deployed 20
    run renew --deploy-hook "kill -9 \$\$" --post-hook 'echo "$UMSADM_EXIT_CODE" >post'
    expect_exit 1
    expect_stderr 'the deploy-hook for gateway "berlin" failed: it was ended by signal 9'
    expect_stdout 'gateway "berlin" updated'
    expect_same 1 "$(cat post)"
    expect_used_is ICG@2
    run_ok cert renew ICG
    run renew --post-hook false
    expect_exit 1
    expect_stderr "the post-hook failed: it ended with exit code 1"
    run_ok cert renew ICG
    run renew --deploy-hook /does/not/exist
    expect_exit 1
    expect_stderr "exit code 127"
}

# One that nobody has asked for its end yet is gone as well.
is_gone() { ! grep -q '^State:[^Z]*$' "/proc/$1/status" 2>/dev/null; }

scenario_a_hook_that_does_not_end_is_ended() {
    begin_with_deployed 20
    run renew --pre-hook 'echo $$ >pid; sleep 1000 & echo $! >child; wait' --hook-timeout 1
    expect_error 1 "the pre-hook failed: it did not end within 1 s and was ended"
    wait_until is_gone "$(cat pid)"
    wait_until is_gone "$(cat child)"
    # One that does not listen.
    run renew --pre-hook 'trap "" TERM; sleep 1000' --hook-timeout 1
    expect_error 1 "did not end within 1 s"
    expect_generations 1
}

scenario_an_interruption_ends_the_pre_hook_and_closes_what_it_opened() {
    begin_with_deployed 20
    run renew --pre-hook 'kill -INT $PPID; sleep 1000' --post-hook "touch closed"
    expect_exit 130
    [ -e closed ] || fail "the post-hook"
    expect_generations 1
}

scenario_what_cannot_be_renewed_calls_the_failure_hook() {
    reset_gateway
    new_site
    run_ok cert create-root Root --key ec:p256
    run_ok cert create ICG --root Root --host icg.example.com --key ec:p256 --days 10
    make_used berlin ICG
    run_ok --json cert show Root
    folder=$UMSADM_SITE/certificates/$(json /result/fingerprint_sha256 | tr -d : | tr A-F a-f)
    rm "$folder/key.pem"
    sed -i '/"key"/s/plain/none/' "$folder/record.json"
    run renew --failure-hook 'echo "$UMSADM_OUTCOME $UMSADM_GATEWAY: $UMSADM_ERROR" >told'
    expect_exit 3
    grep -q 'failed berlin: the private key of the issuer' told || fail "why: $(cat told)"
}
