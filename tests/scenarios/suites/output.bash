# shellcheck shell=bash disable=SC2154,SC2034
scenario_quiet_prints_nothing_but_errors() {
    new_site
    run_ok --quiet cert create-root Root --key ec:p256
    expect_no_stdout
    expect_no_stderr
    run_ok cert list --quiet
    expect_no_stdout
    run cert show Nobody --quiet
    expect_error 3 "Nobody"
    run_ok cert list --quiet --json
    expect_json /result/items/0/name Root
    run_ok cert export Root -o - --quiet
    expect_stdout "-----BEGIN CERTIFICATE-----"
}

scenario_a_result_that_nobody_got_is_a_failure() {
    site_with_certificate
    exit_code=0
    "$umsadm" cert list >/dev/full 2>stderr || exit_code=$?
    expect_error 1 "cannot write to standard output"
    exit_code=0
    "$umsadm" cert list >&- 2>stderr || exit_code=$?
    expect_error 1 "cannot write to standard output"
    exit_code=0
    "$umsadm" --version >&- 2>stderr || exit_code=$?
    expect_error 1 "cannot write to standard output"
}

scenario_an_output_file_without_a_folder() {
    site_with_certificate
    run cert export ICG -o missing/icg.pem
    expect_error 1 'cannot open folder "missing"'
    expect_stderr "make the folder first"
    touch there.pem
    run cert export ICG -o there.pem
    expect_error 1 "there.pem"
    expect_stderr "--force"
}

scenario_closed_descriptors_are_survived() {
    site_with_certificate
    "$umsadm" cert show ICG >stdout 2>&- <&-
    expect_stdout "ICG@1"
    # With all three closed no file of the site may become "standard output".
    "$umsadm" cert create-root Second --key ec:p256 >&- 2>&- <&- || true
    run_ok cert list
    expect_stdout "Second@1"
}

scenario_rows_for_machines() {
    site_with_certificate
    run_ok cert list --machine-readable
    expect_stdout "NAME;GENERATION;TYPE;HOSTS"
    expect_stdout "ICG;1;end-entity;icg.example.com 10.0.0.5;"
    run_ok cert list --machine-readable --no-header --separator ,
    expect_not_stdout GENERATION
    expect_stdout "ICG,1,end-entity,"
    expect_lines 2
    run_ok cert create-root 'Semi;colon' --key ec:p256
    run_ok cert list --machine-readable
    expect_stdout '"Semi;colon";1;root'
    run --json --machine-readable cert list
    expect_error 2 "cannot be used together"
}

scenario_colours_only_where_they_are_wanted() {
    site_with_certificate
    run_ok cert list
    expect_not_stdout $'\e['
    run_ok --color always cert list
    expect_stdout $'\e['
    run_ok --color never cert list
    expect_not_stdout $'\e['
    script -qec "'$umsadm' cert list" /dev/null </dev/null >stdout
    expect_stdout $'\e['
    NO_COLOR=1 script -qec "'$umsadm' cert list" /dev/null </dev/null >stdout
    expect_not_stdout $'\e['
}

scenario_tables_have_no_blanks_at_the_end_of_a_line() {
    site_with_certificate
    run_ok cert list
    [ "$(grep -c ' $' stdout)" -eq 0 ] || fail "no blanks at the end of a line"
    awk '{ if (length($0) > 100) exit 1 }' stdout || fail "no line over 100 columns"
}

scenario_foreign_text_cannot_control_the_terminal() {
    new_site
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out evil.pem -days 10 \
        -subj $'/CN=bad\e[31mname' -utf8 2>/dev/null
    run_ok cert import evil.pem
    expect_not_stdout $'\e'
    run_ok cert list
    expect_not_stdout $'\e'
    run_ok cert show ./evil.pem
    expect_not_stdout $'\e'
}

scenario_a_gateway_that_cannot_be_reached_is_a_deployment_in_json() {
    new_site
    run_ok gateway add berlin --host 127.0.0.1 --ssh-port 1 --ssh-user admin
    for verb in update "rollback --yes"; do
        # shellcheck disable=SC2086
        run --json keystore $verb berlin
        expect_error 5 "connection refused"
        expect_json /result/deployments/0/gateway berlin
        expect_json /result/deployments/0/outcome failed
        expect_json /result/deployments/0/error/code unreachable
        expect_json /result/summary/failed 1
    done
}

scenario_a_check_that_cannot_connect_still_tells_of_an_unfinished_run() {
    new_site
    run_ok gateway add berlin --host 127.0.0.1 --ssh-port 1 --ssh-user admin
    run --json gateway check berlin
    expect_exit 5
    expect_json /result/findings/0/code unreachable
    expect_json /result/unfinished_run false
    mkdir -p "$UMSADM_SITE/journal/gateways"
    cat >"$UMSADM_SITE/journal/gateways/berlin.jsonl" <<JOURNAL
{"time": "2026-01-01T00:00:00Z", "run": "0123456789abcdef", "event": "begin", "schema": 1, "action": "update", "new_leaf": "$(printf 'AB:%.0s' {1..31})AB", "restart": true, "verify": true, "health_required": false}
JOURNAL
    run --json gateway check berlin
    expect_json /result/unfinished_run true
}

scenario_an_error_in_json_has_all_its_parts() {
    new_site
    run --json cert show Nobody
    expect_exit 3
    expect_json /schema umsadm/1
    expect_json /command "cert show"
    expect_json /error/code not-found
    expect_json /error/while '[]'
    json /error/hint | grep -q "umsadm cert list" || fail "a hint"
}
