# shellcheck shell=bash disable=SC2154,SC2034
# With a terminal, played by expect(1).
probe() { need expect; }

scenario_delete_asks_and_no_is_no() {
    site_with_certificate
    on_terminal cert delete ICG <<<'expect "delete the certificate" {send "n\r"}'
    expect_exit 1
    expect_stdout "nothing was changed"
    on_terminal cert delete ICG <<<'expect "\[y/N\]" {send "\r"}'
    expect_exit 1
    run_ok cert show ICG
    on_terminal cert delete ICG <<<'expect "\[y/N\]" {send "yes\r"}'
    expect_exit 0
    run cert show ICG
    expect_exit 3
}

scenario_a_password_is_asked_for_without_an_echo() {
    new_site
    on_terminal cert create-root Root --key ec:p256 --key-password prompt <<<'expect "password" {send "marker-Tty-Pw\r"}'
    expect_exit 0
    expect_not_stdout marker-Tty-Pw
    echo marker-Tty-Pw >pass
    chmod 600 pass
    run_ok cert create ICG --root Root --host a.example --key ec:p256 --root-key-password file:pass
}

scenario_an_interruption_at_a_question_changes_nothing() {
    site_with_certificate
    on_terminal cert delete ICG <<<'expect "\[y/N\]" {send "\003"}'
    expect_exit 130
    run_ok cert show ICG
    on_terminal cert create-root Second --key ec:p256 --key-password prompt <<<'expect "password" {send "\003"}'
    expect_exit 130
    run cert show Second
    expect_exit 3
}
