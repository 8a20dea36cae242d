# umsadm audit, audit verify, and --ticket.
# shellcheck shell=bash disable=SC2154,SC2034

log() { echo "$UMSADM_SITE/audit.jsonl"; }

# Five lines: init, a root, a certificate and its next generation, a gateway.
site_with_history() {
    site_with_certificate
    run_ok cert renew ICG --key ec:p256
    run_ok gateway add berlin --host icg.example.com --local
}

scenario_the_log_says_who_did_what_newest_last() {
    local fingerprint
    site_with_history
    run_ok audit
    expect_stdout_matches '^ *LINE +TIME +USER +ACTION +SUBJECT +OLD +NEW +RESULT +TICKET +REASON'
    expect_lines 6
    expect_stdout_matches '^ +1 +20..-..-..T..:..:..Z +[^ ]+@[^ ]+ +init +done$'
    [[ $(tail -n 1 stdout) == *" gateway add "*" berlin "* ]] || fail "the gateway in the last line"
    run_ok --json cert show ICG
    fingerprint=$(json /result/fingerprint_sha256)
    run_ok --json audit
    expect_json /result/items/0/action init
    expect_json /result/items/0/line 1
    expect_json /result/items/0/subject null
    expect_json /result/items/3/action "cert renew"
    expect_json /result/items/3/new_fingerprint_sha256 "$fingerprint"
    expect_json /result/items/3/reason null
    # Short for people, whole for machines.
    run_ok audit
    expect_stdout "${fingerprint:0:11}..."
    expect_not_stdout "$fingerprint"
    run_ok --machine-readable --no-header audit
    expect_stdout ";$fingerprint;"
    expect_lines 5
}

scenario_options_narrow_down_what_is_shown() {
    site_with_history
    run_ok --machine-readable --no-header audit --subject ICG
    expect_lines 2
    run_ok --machine-readable --no-header audit --subject ICG@2
    expect_lines 1
    run_ok --machine-readable --no-header audit --subject IC
    expect_lines 0
    run_ok --machine-readable --no-header audit --action CERT
    expect_lines 3
    run_ok --machine-readable --no-header audit --action cert --last 2
    expect_lines 2
    expect_stdout_matches '^4;.*;cert renew;ICG@2;'
    run_ok --machine-readable --no-header audit --since 1
    expect_lines 5
    run_ok --machine-readable --no-header audit --since "$(date -d tomorrow +%F)"
    expect_lines 0
    sed -i '2s/"time":"20../"time":"1999/' "$(log)"
    run_ok --machine-readable --no-header audit --since 2000-01-01
    expect_lines 4
    run_ok audit --subject nobody
    expect_stdout "no line of the audit log fits"
    run audit --since yesterday
    expect_error 2 '"yesterday" is neither a day nor a number of days'
    run audit --last 0
    expect_error 2 '"0" is not a number from 1'
}

scenario_an_option_of_audit_is_none_of_verify() {
    new_site
    run audit verify --last 3
    expect_error 2 '"umsadm audit verify" has no option "--last"'
    run audit --last 3 verify
    expect_error 2 '"umsadm audit verify" has no option "--last"'
    run audit verfy
    expect_error 2 'did you mean "umsadm audit verify"?'
    run_ok audit --help
    expect_stdout "Usage: umsadm audit [COMMAND] [OPTIONS]"
    expect_stdout_matches '^  verify +Check'
}

scenario_a_torn_last_line_is_told_and_passed_over() {
    site_with_history
    printf '{"time":"2026-11' >>"$(log)"
    run_ok --machine-readable --no-header audit
    expect_lines 5
    expect_stderr "is not whole and not shown"
    run_ok audit verify
    expect_stdout "audit-torn-line"
    run_ok gateway remove berlin --yes
    run_ok audit verify
    expect_not_stdout "audit-torn-line"
}

scenario_a_line_that_cannot_be_read_hides_no_other() {
    site_with_history
    sed -i '2s/.*/{"time": 7}/' "$(log)"
    run_ok --machine-readable --no-header audit
    expect_lines 4
    expect_stderr "line 2 of "
    expect_stderr "cannot be read"
}

scenario_verify_accepts_a_whole_log_and_prints_its_last_digest() {
    site_with_history
    run_ok audit verify
    expect_stdout "the chain of the audit log is whole: 5 lines"
    expect_stdout "$(tail -n 1 "$(log)" | sha256sum | cut -d ' ' -f 1)"
    run_ok --json audit verify
    expect_json /result/intact true
    expect_json /result/lines 5
    expect_json /result/findings "[]"
}

# edited FINDING LINE SED-SCRIPT: the log changed like this is found.
edited() {
    cp "$(log)" before
    sed -i "$3" "$(log)"
    run audit verify
    expect_exit 4
    expect_stdout "$1"
    expect_stdout "$2"
    run --json audit verify
    expect_exit 4
    expect_json /result/intact false
    expect_json /result/findings/0/code "$1"
    cp before "$(log)"
}

scenario_verify_finds_what_was_done_to_the_log() {
    site_with_history
    edited audit-changed "line 4 does not follow line 3" '3s/"user":"[^"]*"/"user":"nobody"/'
    edited audit-changed "line 3 does not follow line 2" '3d'
    edited audit-changed "line 1 was changed, or lines before it are missing" '1d'
    edited audit-inserted "line 3 was inserted" '3p'
    edited audit-reordered "line 2 was written right after line 3" '2{h;d};3G'
    edited audit-unreadable "line 3 is no line of an audit log" '3s/.*/gone/'
    edited audit-empty "holds no line" 'd'
    run_ok audit verify
    run_ok explain audit-changed
}

scenario_a_cut_end_is_seen_with_a_digest_that_was_noted() {
    local noted
    site_with_history
    run_ok --json audit verify
    noted=$(json /result/last_sha256)
    run_ok cert renew ICG --key ec:p256
    run_ok audit verify --expect "$noted"
    expect_stdout "the expected digest is that of line 5"
    sed -i '5,$d' "$(log)"
    run_ok audit verify
    run audit verify --expect "${noted^^}"
    expect_exit 4
    expect_stdout audit-end-missing
    run audit verify --expect abc
    expect_error 2 '"abc" is not a SHA-256'
}

scenario_a_ticket_stands_in_every_line_of_the_run() {
    run_ok --ticket "CHG-1" init
    run_ok cert create-root Root --key ec:p256 --ticket " CHG-2: größer "
    UMSADM_TICKET=CHG-3 run_ok cert create ICG --root Root --host a.example --key ec:p256
    UMSADM_TICKET=CHG-3 run_ok gateway add berlin --host a.example --local --ticket CHG-4
    UMSADM_TICKET='' run_ok gateway edit berlin --port 8444
    run_ok --json audit
    expect_json /result/items/0/ticket CHG-1
    expect_json /result/items/1/ticket "CHG-2: größer"
    expect_json /result/items/2/ticket CHG-3
    expect_json /result/items/3/ticket CHG-4
    expect_json /result/items/4/ticket null
    run_ok --machine-readable --no-header audit --with-ticket CHG-3
    expect_lines 1
    run_ok audit verify
}

scenario_a_ticket_is_one_printable_line() {
    new_site
    run --ticket "$(printf 'a\nb')" cert list
    expect_error 2 "a ticket must be one line of printable text"
    run --ticket " " cert list
    expect_error 2 "a ticket must not be empty"
    run --ticket "$(printf 'x%.0s' {1..201})" cert list
    expect_error 2 "must not be longer than 200 characters"
    run_ok --ticket "$(printf 'ß%.0s' {1..200})" cert list
    UMSADM_TICKET=$'a\tb' run cert list
    expect_error 2 "a ticket must be one line of printable text"
    expect_stderr "while reading the variable UMSADM_TICKET"
}
