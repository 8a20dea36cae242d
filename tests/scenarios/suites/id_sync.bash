# shellcheck shell=bash disable=SC2154,SC2034
# Three servers with different local UMS IDs get the Main UMS ID over real SSH. What they store and what they loaded at
# their start is judged by openssl.
# shellcheck source=tests/scenarios/ums_servers.bash
source "$here/ums_servers.bash"

probe() { need_ums_servers; }
begin_suite() { share_servers 3; }

# Everything that a sync could change, on the servers and in the site.
state_of_all() {
    local name
    for name in "${servers[@]}"; do
        find "$(folder_of "$name")"/{data,state} -type f ! -name lock -printf '%p %i %m %T@ %s\n' 2>/dev/null
    done
    find "$UMSADM_SITE" -type f ! -path '*/seen/*' ! -name '*lock*' -exec sha256sum {} +
}

expect_nothing_changed() { # STATE
    local now
    now=$(state_of_all | sort)
    [ "$1" = "$now" ] || fail "nothing changed: $(diff <(echo "$1") <(echo "$now"))"
}

previous_of() { echo "$UMSADM_SITE/ums-id/previous/$(tr -d : <<<"$1" | tr A-F a-f)"; }

# Backups in a format of its own are the vendor's: all of this works with them.
scenario_from_drift_to_sync() {
    begin_with_opaque
    expect_status ums1 "Main UMS ID" ums2 "$needs_restart" ums3 "$needs_restart"

    run_ok --json --yes id sync
    expect_of ums1 outcome already-current
    expect_of ums2 outcome restart-needed
    expect_of ums2 old_fingerprint_sha256 "$second"
    expect_of ums2 new_fingerprint_sha256 "$main"
    expect_of ums3 outcome restart-needed
    expect_stored ums1 "$main"
    expect_stored ums2 "$main"
    expect_stored ums3 "$main"
    expect_loaded ums2 "$second"
    expect_status ums1 "Main UMS ID" ums2 "$needs_restart" ums3 "$needs_restart"
    expect_of ums2 fingerprint_sha256 "$main"
    run id show --check
    expect_exit 4

    # One is restarted by hand, the other by the next sync.
    "$(folder_of ums2)/restart-server"
    expect_loaded ums2 "$main"
    expect_status ums2 "In sync" ums3 "$needs_restart"
    run_ok --json --yes id sync --restart
    expect_of ums2 outcome already-current
    expect_of ums3 outcome restarted
    expect_in_sync "$main" ums1 ums2 ums3
    expect_status ums1 "Main UMS ID" ums2 "In sync" ums3 "In sync"
    run_ok id show --check

    expect_kept ums2 "$second"
    expect_kept ums3 "$third"
    expect_nothing_left ums1 ums2 ums3
    expect_calls ums1 "licensing restore" 0
    expect_calls ums1 "server restart" 0
    expect_backups_on ums1 0
}

scenario_in_one_go() {
    begin_with_adopted
    run_ok --json --yes id sync --restart
    expect_of ums1 outcome already-current
    expect_of ums2 outcome updated
    expect_of ums2 ums_id_status "In sync"
    expect_of ums3 outcome updated
    expect_in_sync "$main" ums1 ums2 ums3
    run_ok id show --check
    # What was replaced is kept on the server and, because it is readable here, in the site with its key.
    expect_kept ums2 "$second"
    expect_kept ums3 "$third"
    expect_same "$second" "$(fingerprint_of "$(previous_of "$second")/certificate.pem")"
    expect_mode 600 "$(previous_of "$second")/key.pem"
    expect_same "$(openssl x509 -in "$(previous_of "$third")/certificate.pem" -noout -pubkey)" \
        "$(openssl pkey -in "$(previous_of "$third")/key.pem" -pubout)"
    expect_nothing_left ums1 ums2 ums3
}

scenario_a_second_sync_touches_nothing() {
    local name before
    begin_with_opaque
    run_ok --yes id sync --restart
    for name in "${servers[@]}"; do : >"$(folder_of "$name")/service/calls"; done
    before=$(state_of_all | sort)
    run_ok --json id sync --restart
    for name in "${servers[@]}"; do
        expect_of "$name" outcome already-current
        expect_same "" "$(grep -v 'licensing list' "$(folder_of "$name")/service/calls")"
    done
    expect_nothing_changed "$before"
}

scenario_a_dry_run_changes_nothing() {
    local name before
    begin_with_opaque
    before=$(state_of_all | sort)
    for name in "${servers[@]}"; do : >"$(folder_of "$name")/service/calls"; done
    run_ok id sync --restart --dry-run
    expect_stdout "$second"
    expect_stdout_matches "ums2.*back up.*restart"
    run_ok --json id sync --dry-run
    expect_of ums1 action none
    expect_of ums2 action replace
    expect_of ums2 outcome planned
    expect_nothing_changed "$before"
    for name in "${servers[@]}"; do
        expect_same "" "$(grep -vE 'licensing (list|export)' "$(folder_of "$name")/service/calls")"
    done
    [ ! -e "$(journal_of ums2)" ] || fail "no journal"
}

scenario_it_asks_before_it_changes_anything() {
    begin_with_opaque
    run id sync
    expect_error 2 "nobody is there to ask"
    expect_stored ums2 "$second"
    on_terminal id sync <<<'expect "\[y/N\]" {send "n\r"}'
    expect_exit 1
    expect_stored ums2 "$second"
    on_terminal id sync <<<'expect "\[y/N\]" {send "y\r"}'
    expect_exit 0
    expect_stored ums2 "$main"
    expect_stored ums3 "$main"
}

scenario_only_the_named_servers() {
    begin_with_opaque
    run_ok --yes id sync ums3 --restart
    expect_in_sync "$main" ums3
    expect_stored ums2 "$second"
    run --yes id sync nobody
    expect_error 3 nobody
}

scenario_a_server_without_a_ums_id_gets_the_main_one() {
    begin_with_opaque
    rm "$(folder_of ums2)/data/ums-id.pem"
    run_ok --json --yes id sync ums2 --restart
    expect_of ums2 outcome updated
    expect_of ums2 old_fingerprint_sha256 null
    expect_in_sync "$main" ums2
    expect_nothing_left ums2
}

scenario_a_local_ums_id_for_a_server_that_has_none() {
    local created
    begin_with_opaque
    run id create --server ums2
    expect_exit 4
    expect_stored ums2 "$second"
    expect_calls ums2 "licensing create" 0
    rm "$(folder_of ums2)/data/ums-id.pem"
    run_ok --json id create --server ums2
    created=$(stored ums2)
    expect_stdout "$created"
    [ -n "$created" ] && [ "$created" != "$second" ] || fail "another UMS ID on ums2"
    expect_whole ums2
    expect_status ums2 "$needs_restart"
    put_control "no space left" fail-create ums3
    rm "$(folder_of ums3)/data/ums-id.pem"
    run id create --server ums3
    expect_error 1 "no space left"
    expect_stored ums3 ""
}

# The site is stale or fresh: it must not overwrite a whole UMS.
scenario_a_site_with_another_ums_id_is_refused() {
    local before fresh
    begin_with_servers
    put_control pkcs12 backup-format "${servers[@]}"
    run_ok id create
    run_ok --json id show
    fresh=$(json /result/main/fingerprint_sha256)
    before=$(state_of_all | sort)
    run --yes id sync --restart
    expect_error 4 "$main"
    expect_stderr "id adopt"
    expect_stderr "--replace-main"
    run --yes id sync ums2 ums3
    expect_exit 4
    run --yes id sync --replace-main "$second"
    expect_exit 4
    expect_nothing_changed "$before"
    run_ok --json --yes id sync --restart --replace-main "$main"
    expect_of ums1 outcome updated
    expect_in_sync "$fresh" ums1 ums2 ums3
    expect_kept ums1 "$main"
    run_ok id show --check
}

# The site's key is of no use to servers that take only their own format: nothing is lost.
scenario_a_ums_id_of_the_site_for_opaque_servers() {
    begin_with_servers
    run_ok id create
    run --yes id sync --restart --replace-main "$main"
    [ "$exit_code" -eq 1 ] || [ "$exit_code" -eq 6 ] || fail "exit code 1 or 6"
    expect_in_sync "$main" ums1
    expect_in_sync "$second" ums2
    expect_in_sync "$third" ums3
    expect_nothing_left ums1 ums2 ums3
}

scenario_the_main_server_cannot_be_asked() {
    begin_with_opaque
    sshd_stop "$(folder_of ums1)/ssh"
    run --yes id sync
    expect_exit 5
    expect_stored ums2 "$second"
    expect_stored ums3 "$third"
}

scenario_another_server_cannot_be_asked() {
    begin_with_opaque
    sshd_stop "$(folder_of ums2)/ssh"
    run --json --yes id sync --restart
    expect_exit 5
    expect_of ums3 outcome updated
    expect_in_sync "$main" ums3
    reset_sshd "$(folder_of ums2)"
    run_ok server edit ums2 --ssh-port "$(of ums2 SSH_PORT)"
    run_ok --json --yes id sync --restart
    expect_of ums2 outcome updated
    expect_of ums3 outcome already-current
}

scenario_the_registered_ums_id_is_not_replaced() {
    begin_with_opaque
    run_ok id register "$second"
    run --yes id sync
    expect_error 4 "$second"
    expect_stderr "--force"
    expect_stored ums2 "$second"
    expect_stored ums3 "$third"
    run_ok --yes id sync --force
    expect_stored ums2 "$main"
    expect_kept ums2 "$second"
}

# Whoever restarts a Distributed UMS keeps it running: no two servers are down at the same time.
scenario_one_server_at_a_time() {
    local a b
    begin_with_opaque
    put_control 1 slow-start ums2 ums3
    run_ok --yes id sync --restart
    expect_in_sync "$main" ums2 ums3
    a=$(started ums2) b=$(started ums3)
    [ $((a - b)) -ge 100 ] || [ $((b - a)) -ge 100 ] || fail "a second between the restarts"
}
# In hundredths of a second since the machine started.
started() { cut -d' ' -f22 "/proc/$(cat "$(folder_of "$1")/service/pid")/stat"; }

scenario_the_record_of_what_happened() {
    begin_with_opaque
    run_ok --yes id sync --restart
    grep -q '"id sync"' "$UMSADM_SITE/audit.jsonl" || fail "a line in the audit log"
    grep -q "$second" "$UMSADM_SITE/audit.jsonl" || fail "the replaced UMS ID in the audit log"
    run_journal_words ums2
}
run_journal_words() {
    local line
    expect_same "${#journal_lines[@]}" "$(wc -l <"$(journal_of "$1")")"
    for line in '"begin"' '"backup"' '"replace"' '"verify"' '"restart"' '"wait"' '"end"'; do
        grep -qF -- "$line" "$(journal_of "$1")" || fail "$line in the journal of $1"
    done
}
