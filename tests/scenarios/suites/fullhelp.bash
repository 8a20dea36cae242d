# shellcheck shell=bash disable=SC2154,SC2034

scenario_every_command_is_in_the_help_and_the_manual() {
    local command
    run_ok fullhelp
    sed -nE 's/^Usage: umsadm ([a-z][a-z-]*( [a-z][a-z-]*)*).*/\1/p' stdout >usages
    # The groups are no commands.
    grep -vxE "$(sed -nE 's/^Usage: umsadm ([a-z]+) COMMAND.*/\1/p' stdout | paste -sd '|')" usages >commands
    [ "$(wc -l <commands)" -ge 25 ] || fail "the commands of fullhelp"
    run_ok fullhelp --format man
    while read -r command; do
        grep -qxF ".SS ${command//-/\\-}" stdout || fail "\"$command\" in the manual page"
    done <commands
    run_ok --json fullhelp --format man
    expect_json /command fullhelp
    [[ $(json /result/help) == ".TH UMSADM 1 "* ]] || fail "the page"
    run fullhelp --format html
    expect_error 2 '"html" is neither "text" nor "man"'
}

scenario_the_manual_page_is_correct() {
    run_ok fullhelp --format man
    cp stdout umsadm.1
    if command -v mandoc >/dev/null; then
        mandoc -T lint umsadm.1 >stdout || fail "a page that mandoc likes"
        expect_no_stdout
    fi
    if command -v man >/dev/null && command -v groff >/dev/null; then
        man --warnings -l umsadm.1 2>stderr >stdout || fail "a page that man shows"
        expect_no_stderr
        expect_stdout "--store-password SRC"
        expect_stdout 'umsadm cert create "ICG Berlin" --root "Example Root"'
    fi
}
