# shellcheck shell=bash disable=SC2154,SC2034
# The program's side; completion_bash, completion_zsh and completion_fish press TAB in the shells.

scenario_a_script_for_each_shell() {
    run_ok completion bash
    expect_stdout "complete -F _umsadm umsadm"
    expect_no_stderr
    run_ok completion zsh
    expect_same "#compdef umsadm" "$(head -1 stdout)"
    run_ok completion fish
    expect_stdout "complete -c umsadm"
    run_ok --json completion zsh
    expect_json /command completion
    expect_json /result/shell zsh
    [[ $(json /result/script) == "#compdef umsadm"* ]] || fail "the script"
    [ ! -e "$UMSADM_SITE" ] || fail "no site"
}

scenario_the_scripts_are_valid() {
    local shell
    for shell in bash zsh fish; do
        run_ok completion "$shell"
        command -v "$shell" >/dev/null || continue
        "$shell" -n stdout || fail "a script that $shell reads"
    done
    if command -v shellcheck >/dev/null; then
        run_ok completion bash
        shellcheck --shell=bash stdout || fail "a script that shellcheck likes"
    fi
}

scenario_wrong_usage_names_the_shells() {
    run completion
    expect_error 2 '"umsadm completion" needs the argument SHELL'
    expect_stderr "one of bash, zsh, fish"
    run completion tcsh
    expect_error 2 '"tcsh" is not one of bash, zsh, fish'
    run --json completion
    expect_exit 2
    expect_json /error/code usage
    run completion bash zsh
    expect_error 2 'unexpected argument "zsh"'
}

scenario_shells_are_answered_in_lines() {
    site_with_certificate
    run_ok gateway add berlin --host icg.example.com --local
    run_ok complete -- gateway show ""
    expect_same "$(printf 'word\tberlin\ticg.example.com:8443')" "$(cat stdout)"
    run_ok complete -- cert show ""
    expect_stdout_matches "$(printf '^word\tICG\tend entity, generation 1, until 2[0-9-]{9}$')"
    expect_stdout_matches "$(printf '^word\tRoot\tauthority, ')"
    run_ok complete -- cert create NEW --root ""
    expect_lines 1
    expect_stdout Root
    run_ok complete -- --color=
    expect_stdout "$(printf 'word\t--color=always')"
    run_ok complete -- cert import ""
    expect_same "$(printf 'file\t')" "$(cat stdout)"
    run_ok complete -- --site ""
    expect_same "$(printf 'folder\t')" "$(cat stdout)"
    run_ok complete bash 'umsadm cert show I' ' :='
    expect_stdout_matches "$(printf '^word\tICG\t')"
    expect_lines 1
}

scenario_requests_and_backups_have_names() {
    site_with_certificate
    run_ok cert request "Public ICG" --host icg.example.com --key ec:p256 -o request.pem
    run_ok complete -- cert delete --request ""
    expect_stdout_matches "$(printf '^word\tPublic ICG\twaits since 2')"
    make_used berlin ICG
    sed -i 's|"new_leaf"|"backup_path": "/opt/keystore.jks.bak", &|' "$UMSADM_SITE/journal/gateways/berlin.jsonl"
    run_ok complete -- keystore rollback berlin --to ""
    expect_stdout_matches "$(printf '^word\tkeystore.jks.bak\treplaced on 2')"
    run_ok complete -- keystore rollback nobody --to ""
    expect_no_stdout
}

scenario_what_gateways_have_in_common_is_offered() {
    new_site
    run_ok gateway add berlin --host icg.example.com --local --label stage=test --label site=berlin --group pair
    run_ok gateway add munich --host icg2.example.com --local --label stage=test
    run_ok complete -- gateway edit munich --label ""
    expect_stdout_matches "$(printf '^word\tstage=test\t2 gateways$')"
    expect_stdout_matches "$(printf '^word\tsite=berlin\t1 gateway$')"
    run_ok complete -- gateway edit munich --label=st
    expect_stdout "$(printf 'word\t--label=stage=test')"
    run_ok complete -- gateway edit munich --group ""
    expect_same "$(printf 'word\tpair\t1 gateway')" "$(cat stdout)"
}

# Between two keys nothing may be said, asked, changed or waited for.
scenario_nothing_is_said_when_it_goes_wrong() {
    run_ok complete -- gateway show ""
    expect_no_stdout
    expect_no_stderr
    new_site
    run_ok gateway add berlin --host icg.example.com --local
    echo '{' >"$UMSADM_SITE/gateways/berlin.json"
    run_ok complete -- gateway show ""
    expect_no_stdout
    expect_no_stderr
    chmod 755 "$UMSADM_SITE"
    run_ok complete -- server show ""
    expect_no_stdout
    expect_no_stderr
    run_ok complete -- nonsense ""
    expect_no_stdout
    [ ! -e "$UMSADM_SITE/audit.jsonl.lock" ] || fail "no lock"
}

scenario_the_site_is_only_read() {
    site_with_certificate
    run_ok gateway add berlin --host icg.example.com --local
    find "$UMSADM_SITE" -printf '%p %T@ %m\n' | sort >before
    for words in "gateway show" "server show" "cert show" "cert create N --root" "keystore rollback berlin --to" "cert delete --request"; do
        # shellcheck disable=SC2086
        run_ok complete -- $words ""
    done
    find "$UMSADM_SITE" -printf '%p %T@ %m\n' | sort >after
    cmp -s before after || fail "an unchanged site"
}

scenario_it_is_no_command_for_people() {
    run complete
    expect_error 2 'unknown command "complete"'
    run complete nothing that a shell says
    expect_error 2 'unknown command "complete"'
    run_ok fullhelp
    expect_not_stdout "umsadm complete "
}
