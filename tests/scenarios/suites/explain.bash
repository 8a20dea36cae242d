# shellcheck shell=bash disable=SC2154,SC2034

scenario_a_code_is_explained_without_a_site() {
    run_ok explain host-missing
    expect_stdout "host-missing (error)"
    expect_stdout_matches '^  Cause +'
    expect_stdout_matches '^  Consequence +.*[Dd]evices'
    expect_stdout_matches '^  Remedy +'
    expect_stdout_matches '^  Source +IGEL'
    [ ! -e "$UMSADM_SITE" ] || fail "no site"
    run_ok --json explain host-missing
    expect_json /command explain
    expect_json /result/code host-missing
    expect_json /result/severity error
    run_ok --machine-readable explain host-missing
    expect_stdout_matches '^Remedy;'
}

scenario_all_codes_are_listed() {
    run_ok explain
    expect_stdout_matches '^CODE +SEVERITY +RULE'
    expect_stdout_matches '^keystore-no-mac +warning +'
    run_ok --json explain
    expect_json /result/items/0/code audit-changed
    run_ok --machine-readable --no-header explain
    [ "$(wc -l <stdout)" -gt 80 ] || fail "more than 80 codes"
    cut -d ';' -f 1 stdout >codes
    sort -c codes || fail "sorted codes"
    # Each one can be asked for.
    while read -r code; do
        run_ok explain "$code"
        expect_stdout "$code ("
    done <codes
}

scenario_an_unknown_code_is_answered_with_the_nearest() {
    run explain host-mising
    expect_error 3 'no finding has the code "host-mising"'
    expect_stderr 'did you mean "host-missing"?'
    run explain something-else-entirely
    expect_error 3 something-else-entirely
    expect_stderr '"umsadm explain" lists all codes'
    run --json explain nonsense
    expect_exit 3
    expect_json /error/code not-found
    run_ok explain HOST-MISSING
}

scenario_errors_point_to_explain_once() {
    site_with_certificate
    run_ok cert create-root "Other Root" --key ec:p256
    run_ok cert create New --root "Other Root" --host icg.example.com --key ec:p256
    run cert check New --current ICG
    expect_exit 4
    [ "$(grep -c 'umsadm explain root-differs' stderr)" -eq 1 ] || fail "one hint"
    run --quiet cert check New --current ICG
    expect_no_stderr
    run --json cert check New --current ICG
    expect_no_stderr
    run_ok cert renew ICG
    run_ok cert check ICG --current ICG@1
    expect_not_stderr explain
}

# docs/rules.md has every code, and none that is not there.
scenario_the_table_of_the_documentation_is_whole() {
    run_ok --machine-readable --no-header explain
    cut -d ';' -f 1,2 stdout | sort >program
    sed -nE 's/^\| `([a-z0-9-]+)` \| (error|warning|info) \|.*/\1;\2/p' "$here/../../docs/rules.md" | sort >page
    diff program page || fail "the table of docs/rules.md"
}
