# shellcheck shell=bash disable=SC2154,SC2034
scenario_a_mistyped_command_gets_one_error_and_a_suggestion() {
    run crt list
    expect_error 2 'unknown command "crt"'
    expect_stderr 'did you mean "umsadm cert"?'
    expect_lines 0
    run cert lst
    expect_error 2 'unknown command "cert lst"'
    expect_stderr 'did you mean "umsadm cert list"?'
}

scenario_a_mistyped_option_gets_one_error_and_a_suggestion() {
    run cert create X --rooot R
    expect_error 2 'unknown option "--rooot"'
    expect_stderr 'did you mean "--root"?'
}

scenario_what_follows_the_equals_sign_of_an_unknown_option_is_not_repeated() {
    run cert list --pasword=hunter2
    expect_error 2 'unknown option "--pasword"'
    expect_not_stderr hunter2
}

scenario_a_group_alone_shows_its_help_and_fails() {
    run cert
    expect_error 2 '"umsadm cert" needs a command'
    expect_stderr "create-root"
    expect_no_stdout
    run
    expect_error 2 '"umsadm" needs a command'
}

scenario_missing_and_superfluous_words() {
    run cert show
    expect_error 2 'needs the argument C'
    run cert show a b
    expect_error 2 'unexpected argument "b"'
    run cert create X --host a.example
    expect_error 2 'needs the option --root R'
    run cert create X --root
    expect_error 2 'option "--root" needs a value'
    run cert list --newest=yes
    expect_error 2 'option "--newest" takes no value'
    run cert create X --root A --root B
    expect_error 2 'option "--root" is given 2 times'
    run cert --root A create X
    expect_error 2 'option "--root" stands before its command'
}

scenario_wrong_values_name_their_option() {
    run cert list --expiring soon
    expect_error 2 '"soon" is not a number'
    expect_stderr 'while reading option "--expiring"'
    run cert create-root X --valid-until 2027-02-30
    expect_error 2 '"2027-02-30" is not a day'
    run cert create-root X --key rsa:1024
    expect_exit 2
    run cert create-root X --key-password hunter2
    expect_error 2 'a password source must be'
    expect_not_stderr hunter2
    run --color blue init
    expect_error 2 'auto, always, never'
}

scenario_an_option_with_an_empty_value_takes_no_other_word() {
    new_site
    run cert create-root Root --organization= --key ec:p256
    expect_exit 0
    expect_stdout "Root@1"
}

scenario_global_options_stand_anywhere() {
    site_with_certificate
    for line in "--json cert list" "cert --json list" "cert list --json"; do
        # shellcheck disable=SC2086
        run_ok $line
        expect_json /command "cert list"
        expect_json /result/items/0/name ICG
    done
    unset UMSADM_SITE
    run_ok cert list --site "$PWD/site"
    expect_stdout ICG
}

scenario_names_that_are_also_commands_are_names_behind_a_command() {
    new_site
    run_ok cert create-root list --key ec:p256
    run_ok cert show list
    expect_stdout "list@1"
}

scenario_help_is_on_every_level_and_fits_a_hundred_columns() {
    for command in "" cert "cert create" "cert import" init; do
        # shellcheck disable=SC2086
        run_ok $command --help
        expect_stdout "Usage: umsadm"
        expect_no_stderr
    done
    run_ok cert create -h
    expect_stdout "Examples:"
    run_ok fullhelp
    expect_stdout "Usage: umsadm cert create-root NAME"
    expect_stdout "Usage: umsadm cert delete [C]"
    [ "$(awk '{ if (length($0) > 100) n++ } END { print n + 0 }' stdout)" -eq 0 ] || fail "no line over 100 columns"
    [ "$(grep -c ' $' stdout)" -eq 0 ] || fail "no blanks at the end of a line"
}

scenario_help_wins_over_everything_that_is_missing_or_wrong() {
    run_ok cert create --days nonsense --help
    expect_stdout "Usage: umsadm cert create"
}

scenario_version() {
    run_ok --version
    expect_stdout_matches '^umsadm [0-9]+\.[0-9]+\.[0-9]+'
    run_ok --version --json
    expect_json
}

scenario_errors_of_the_command_line_are_json_too() {
    run --json cert create X --root
    expect_exit 2
    expect_json /error/code usage
    run cert lst --json
    expect_exit 2
    expect_json /error/message 'unknown command "cert lst"'
    run --json
    expect_exit 2
    expect_json /error/code usage
}
