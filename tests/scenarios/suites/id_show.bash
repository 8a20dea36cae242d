# shellcheck shell=bash disable=SC2154,SC2034
# The status table of all servers, asked over real SSH: each value, in whatever way a server shows its UMS ID. ums3 keeps
# its UMS ID in a PKCS#12 file.
# shellcheck source=tests/scenarios/ums_servers.bash
source "$here/ums_servers.bash"

probe() { need_ums_servers; }
begin_suite() { share_servers 2 && share_another ums3 --store file; }

# The UMS ID of ums1 comes to this server without umsadm.
copy_main_to() {
    cp -a "$(folder_of ums1)/data/ums-id.pem" "$(folder_of "$1")/data/ums-id.pem"
    "$(folder_of "$1")/restart-server"
    wait_until has_loaded "$1" "$main"
}

short_of() { # NAME
    local text
    certificate_of "$1" short.pem
    text=$(openssl x509 -in short.pem -outform der | base64 -w 0)
    echo "${text:0:10}...${text: -10}"
}

scenario_the_table_has_the_words_of_the_ums_console() {
    begin_with_opaque
    copy_main_to ums2
    run_ok id show
    expect_stdout_matches "^ *Main UMS ID +$(short_of ums1 | sed 's/[+.]/\\&/g')"
    expect_stdout_matches "^ *Main UMS ID fingerprint +$main"
    expect_stdout_matches "ums1 +127\.0\.0\.1 +Running +Main UMS ID "
    expect_stdout_matches "ums2 +127\.0\.0\.1 +Running +In sync "
    expect_stdout_matches "ums3 +127\.0\.0\.1 +Running +$needs_restart "
    expect_stdout "$(short_of ums3)"
    run_ok --json id show
    expect_json /result/main/fingerprint_sha256 "$main"
    expect_json /result/main/ums_id_short "$(short_of ums1)"
    expect_of ums1 main true
    expect_of ums2 main false
    expect_of ums2 fingerprint_sha256 "$main"
    expect_of ums3 fingerprint_sha256 "$third"
    expect_of ums3 ums_id_short "$(short_of ums3)"
    expect_of ums3 server_status Running
    run id show --check
    expect_exit 4
    run_ok --machine-readable --no-header id show
    expect_lines 3
    expect_stdout "ums2;127.0.0.1;Running;In sync;$(short_of ums2);$main;"
}

scenario_all_in_sync() {
    begin_with_opaque
    copy_main_to ums2
    run_ok --yes server remove ums3
    run_ok id show --check
    expect_status ums1 "Main UMS ID" ums2 "In sync"
}

scenario_nothing_is_said_without_a_main_ums_id() {
    begin_with_servers
    expect_status ums1 Unknown ums2 Unknown ums3 Unknown
    expect_of ums2 fingerprint_sha256 "$second"
    run id show --check
    expect_exit 4
}

scenario_one_server_is_shown_in_lines() {
    local name
    begin_with_opaque
    for name in ums2 ums3; do run_ok --yes server remove "$name"; done
    run_ok id show
    expect_stdout_matches "^ *UMS ID status +Main UMS ID"
    expect_stdout_matches "^ *Server status +Running"
    expect_stdout_matches "^ *UMS ID fingerprint +$main"
    run_ok id show --check
}

scenario_unknown_is_never_a_guess() {
    begin_with_opaque
    copy_main_to ums2
    expect_status ums2 "In sync"
    # Its SSH server is down; the web server runs.
    sshd_stop "$(folder_of ums2)/ssh"
    expect_status ums2 Unknown ums1 "Main UMS ID"
    expect_of ums2 server_status Running
    expect_of ums2 fingerprint_sha256 null
    run_ok id show
    expect_stdout_matches "ums2 +127\.0\.0\.1 +Running +Unknown"
    expect_stderr 'server "ums2"'
    run id show --check
    expect_exit 4
    # It is another machine that answers.
    reset_server ums2
    rm "$(folder_of ums2)"/ssh/host_ed25519*
    sshd_stop "$(folder_of ums2)/ssh"
    reset_sshd "$(folder_of ums2)"
    run_ok server edit ums2 --ssh-port "$(of ums2 SSH_PORT)"
    expect_status ums2 Unknown
    expect_stdout "HOST KEY"
}

scenario_a_store_that_cannot_be_read_is_unknown() {
    begin_with_opaque
    put_control "the database is not reachable" fail-list ums2
    put_control "" no-export-at-all ums2
    expect_status ums2 Unknown
    expect_stdout "the database is not reachable"
    take_control fail-list ums2
    put_control sha1-only fingerprint ums2
    expect_status ums2 Unknown
    # Of a file store.
    echo another >wrong.pw
    chmod 600 wrong.pw
    run_ok server edit ums3 --ums-id-password file:wrong.pw
    expect_status ums3 Unknown
    expect_stdout password
    run_ok server edit ums3 --ums-id-password "file:$(of ums3 UMS_ID_PASSWORD_FILE)"
    expect_status ums3 "$needs_restart"
    truncate -s 900 "$(of ums3 UMS_ID_PATH)"
    expect_status ums3 Unknown
}

# Every wait has a limit, and the others do not wait for it.
scenario_a_server_that_hangs() {
    begin_with_opaque
    put_control 60 slow-list ums2
    run_ok server edit ums2 --wait 2
    local begin=$SECONDS
    expect_status ums2 Unknown ums1 "Main UMS ID"
    expect_stdout "did not end within 2 s"
    [ $((SECONDS - begin)) -lt 30 ] || fail "an answer within the limit"
}

scenario_a_server_without_the_program() {
    begin_with_opaque
    run_ok server edit ums2 --umsadmin-cli /usr/local/bin/no-such-umsadmin-cli
    expect_status ums2 Unknown
    expect_stdout "no-such-umsadmin-cli"
}

# A server in a network of its own is looked at through its SSH connection.
scenario_the_web_port_through_the_connection() {
    begin_with_opaque
    copy_main_to ums2
    run_ok server edit ums2 --probe ssh
    expect_status ums2 "In sync"
    expect_of ums2 server_status Running
    "$(folder_of ums2)/restart-server" stop
    run_ok --json id show
    expect_of ums2 server_status "Not running"
    expect_of ums2 fingerprint_sha256 "$main"
}

scenario_a_server_that_does_not_run_can_be_asked() {
    begin_with_opaque
    copy_main_to ums2
    "$(folder_of ums2)/restart-server" stop
    run_ok --json id show
    expect_of ums2 server_status "Not running"
    expect_of ums1 server_status Running
    expect_of ums2 fingerprint_sha256 "$main"
}

scenario_a_server_without_a_ums_id() {
    begin_with_opaque
    rm "$(folder_of ums2)/data/ums-id.pem"
    rm "$(of ums3 UMS_ID_PATH)"
    expect_status ums2 "$needs_restart" ums3 "$needs_restart"
    expect_of ums2 fingerprint_sha256 null
    expect_of ums2 ums_id_short null
    expect_of ums2 reason "it has no UMS ID"
}

scenario_a_fingerprint_is_found_in_every_notation() {
    local notation
    begin_with_opaque
    copy_main_to ums2
    put_control "" extra-lines ums1 ums2
    for notation in colon plain spaced base64 columns; do
        put_control "$notation" fingerprint ums1 ums2
        : >"$(folder_of ums2)/service/calls"
        expect_status ums1 "Main UMS ID" ums2 "In sync"
        expect_of ums2 fingerprint_sha256 "$main"
        expect_of ums2 ums_id_short "$(short_of ums1)"
        # The site has this certificate: it is not fetched again.
        expect_calls ums2 export 0
    done
}

scenario_where_none_is_found_the_certificate_is_exported() {
    local notation format
    begin_with_opaque
    copy_main_to ums2
    for notation in sha1-only none two; do
        for format in pem der; do
            put_control "$notation" fingerprint ums1 ums2
            put_control "$format" export-format ums1 ums2
            expect_status ums1 "Main UMS ID" ums2 "In sync"
            expect_of ums2 fingerprint_sha256 "$main"
        done
    done
    expect_calls ums2 "licensing export" 6
    # The export has another name there.
    put_control "" old-version ums2
    expect_status ums2 "In sync"
    expect_calls ums2 "web-cert export-cert" 1
    expect_nothing_left ums1 ums2
}

scenario_without_an_export_the_fingerprint_is_enough() {
    begin_with_opaque
    put_control "" no-export-at-all ums2
    expect_status ums2 "$needs_restart"
    expect_of ums2 fingerprint_sha256 "$second"
    expect_of ums2 ums_id_short null
}

scenario_offline_shows_what_was_seen_last() {
    local name seen
    begin_with_opaque
    copy_main_to ums2
    run_ok --json id show
    seen=$(json "/result/servers/items/$(number_of ums2)/seen")
    for name in "${servers[@]}"; do sshd_stop "$(folder_of "$name")/ssh"; done
    "$(folder_of ums3)/restart-server" stop
    sleep 1.1
    run_ok --json id show --offline
    expect_of ums1 ums_id_status "Main UMS ID"
    expect_of ums2 ums_id_status "In sync"
    expect_of ums2 seen "$seen"
    expect_of ums2 ums_id_short "$(short_of ums1)"
    expect_of ums3 ums_id_status "$needs_restart"
    expect_of ums3 server_status Running
    run id show --offline --check
    expect_exit 4
    # A try that was not answered makes nobody forget what is known.
    expect_status ums2 Unknown
    run_ok --json id show --offline
    expect_of ums2 ums_id_status "In sync"
    expect_of ums2 seen "$seen"
}

scenario_a_server_that_was_never_asked() {
    begin_with_servers
    run_ok --json id show --offline
    expect_of ums1 ums_id_status Unknown
    expect_of ums1 seen null
}

# A login that does not work is no status of a server, but nothing else is known either.
scenario_a_wrong_sudo_password() {
    begin_with_opaque
    echo wrong >wrong.pw
    chmod 600 wrong.pw
    run --json id show --sudo-password file:wrong.pw
    expect_exit 0
    expect_of ums1 ums_id_status Unknown
    expect_of ums1 server_status Running
    run id show --check --sudo-password file:wrong.pw
    expect_exit 4
}

# Slow servers do not add up.
scenario_all_servers_are_asked_at_once() {
    local begin
    begin_with_opaque
    run_ok id show
    put_control 6 slow-list ums1 ums2
    begin=$SECONDS
    run_ok id show
    [ $((SECONDS - begin)) -lt 12 ] || fail "two servers that take six seconds each to be asked in parallel"
}
