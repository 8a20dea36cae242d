# shellcheck shell=bash disable=SC2154,SC2034
scenario_init_makes_an_empty_site_that_only_its_owner_can_read() {
    run_ok init
    expect_stdout "created the site \"$UMSADM_SITE\""
    expect_mode 700 "$UMSADM_SITE"
    run_ok cert list
    expect_no_stdout
    expect_stderr "no certificates yet"
}

scenario_init_in_json() {
    run_ok --json init
    expect_json /command init
    expect_json /result/site "$UMSADM_SITE"
}

scenario_a_site_is_never_made_twice() {
    run_ok init
    run init
    expect_error 1 "$UMSADM_SITE"
}

scenario_a_folder_with_other_files_is_no_place_for_a_site() {
    mkdir site
    touch site/letter.txt
    run init
    expect_error 1 "not empty"
    [ -f site/letter.txt ]
}

scenario_every_command_on_a_missing_site_says_how_to_make_one() {
    for command in "cert list" "cert show X" "cert create-root X" "cert delete X" "cert export X -o f" "cert renew X"; do
        # shellcheck disable=SC2086
        run $command
        expect_error 3 "$UMSADM_SITE"
        expect_stderr "umsadm init"
    done
}

scenario_the_site_option_wins_over_the_environment() {
    run_ok init --site "$PWD/other"
    [ -f other/site.json ]
    [ ! -e site ]
    run_ok --site other cert list
}

scenario_a_site_that_others_can_write_to_is_refused() {
    new_site
    chmod 777 "$UMSADM_SITE"
    run cert list
    expect_error 1 "$UMSADM_SITE"
}
