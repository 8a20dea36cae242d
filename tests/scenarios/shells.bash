# TAB in a real shell on a terminal, played by expect(1). The scenarios here hold for every shell: a suite sources this
# file and has start_files, which makes the shell's start-up file, and the array start, which starts it. Its prompt
# has to be "READY> " when the completion is there.
# shellcheck shell=bash disable=SC2154,SC2034

# "umsadm" in the shell leaves its arguments in the file "ran", one a line, but does answer the shell.
wrap_program() {
    mkdir bin
    cat >bin/umsadm <<WRAPPER
#!/bin/bash
case \$1 in complet*) exec "$umsadm" "\$@" ;; esac
printf '%s\n' "\$@" >"$PWD/ran"
WRAPPER
    chmod +x bin/umsadm
}

site_with_names() {
    new_site
    run_ok cert create-root "UMS Root" --key ec:p256
    run_ok cert create "ICG Berlin" --root "UMS Root" --host icg.example.com --key ec:p256
    run_ok cert renew "ICG Berlin"
    run_ok cert create "it's \$5 (new)" --root "UMS Root" --host other.example.com --key ec:p256
    run_ok gateway add berlin --host icg.example.com --local
    run_ok gateway add munich --host icg2.example.com --local
    run_ok server add ums1 --host ums1.example.com --local
}

files_to_find() {
    mkdir "my folder" sub
    touch "my folder/a key.pem" sub/pass.txt "new file.pem" berlin.txt
}

prepare_shell() {
    site_with_names
    files_to_find
    wrap_program
    start_files
}

# press KEYS: types them (\t and the like as for printf) into a fresh shell, then Enter. What the terminal showed is in
# "screen", without its control sequences.
press() { play "$1" '\r'; }
# show KEYS: the same, but gives the line up instead, to look at what is offered.
show() { play "$1" '\025\r'; }

play() {
    printf '%b' "$1" >keys
    printf '%b' "$2" >end
    rm -f ran
    cat >talk.exp <<'SCRIPT'
proc content {name} { set file [open $name]; set text [read $file]; close $file; return $text }
set timeout 30
set stty_init "rows 50 columns 160"
spawn -noecho {*}$argv
expect "READY> " {} timeout {exit 1} eof {exit 1}
send -- [content keys]
# What follows is a new line of the shell only when it is through with the keys.
sleep 0.2
send -- [content end]
send -- "echo FIN''ISHED\r"
expect "FINISHED" {} timeout {exit 1} eof {exit 1}
send -- "exit\r"
expect eof
SCRIPT
    last_command="(in a shell) $1"
    exit_code=0
    PATH=$PWD/bin:$PATH expect talk.exp "${start[@]}" >stdout 2>stderr </dev/null || exit_code=$?
    sed -E 's/\x1b\[[0-9;?]*[A-Za-z]//g; s/\x1b\([A-Z]//g; s/\x0f//g' stdout | tr -d '\r' >screen
    cp screen stdout
    expect_exit 0
}

# expect_ran WORD...: what umsadm was started with, to the letter.
expect_ran() {
    [ -e ran ] || fail "umsadm was started"
    printf '%s\n' "$@" >wanted
    cmp -s wanted ran || fail "the arguments$(printf ' [%s]' "$@") instead of$(sed 's/.*/ [&]/' ran | tr -d '\n')"
}

scenario_commands_and_options_are_completed() {
    prepare_shell
    press 'umsadm key\troll\tber\t--keep\t3'
    expect_ran keystore rollback berlin --keep-backups 3
    press 'umsadm --js\tcert creat\t-r\tNEW'
    expect_ran --json cert create-root NEW
    press 'umsadm status --form\tprom\t --offl\t'
    expect_ran status --format prometheus --offline
    press 'umsadm status --color=al\t--offl\t'
    expect_ran status --color=always --offline
}

scenario_names_come_from_the_site() {
    prepare_shell
    press 'umsadm gateway show mu\t'
    expect_ran gateway show munich
    press 'umsadm server check u\t'
    expect_ran server check ums1
    press 'umsadm keystore update berlin m\t--dry\t'
    expect_ran keystore update berlin munich --dry-run
    # One that was given is not offered again, so the rest is found without a letter.
    press 'umsadm keystore update berlin \t'
    expect_ran keystore update berlin munich
    press 'umsadm explain host-m\t'
    expect_ran explain host-missing
}

scenario_names_are_quoted_as_the_shell_wants_it() {
    prepare_shell
    press 'umsadm cert show IC\t'
    expect_ran cert show "ICG Berlin"
    press 'umsadm cert show ICG\\ B\t'
    expect_ran cert show "ICG Berlin"
    press 'umsadm cert show "ICG B\t'
    expect_ran cert show "ICG Berlin"
    press "umsadm cert show 'ICG B\\t"
    expect_ran cert show "ICG Berlin"
    press 'umsadm cert show it\t'
    expect_ran cert show "it's \$5 (new)"
    press 'umsadm cert show "it\t'
    expect_ran cert show "it's \$5 (new)"
    press 'umsadm keystore update berlin --cert IC\t--dry\t'
    expect_ran keystore update berlin --cert "ICG Berlin" --dry-run
    press 'umsadm keystore update berlin --cert=IC\t--dry\t'
    expect_ran keystore update berlin "--cert=ICG Berlin" --dry-run
}

scenario_generations_and_fingerprints_are_completed_once_begun() {
    local fingerprint
    prepare_shell
    press 'umsadm cert show ICG\\ Berlin@1\t'
    expect_ran cert show "ICG Berlin@1"
    press 'umsadm cert show "ICG Berlin@2\t'
    expect_ran cert show "ICG Berlin@2"
    fingerprint=$(basename "$(grep -l '"UMS Root"' "$UMSADM_SITE"/certificates/*/record.json | xargs dirname)")
    press "umsadm cert show sha256:${fingerprint:0:6}\\t"
    expect_ran cert show "sha256:$fingerprint"
}

scenario_words_with_colons_are_completed() {
    prepare_shell
    press 'umsadm cert create-root NEW --key rsa:4\t'
    expect_ran cert create-root NEW --key rsa:4096
    press 'umsadm cert create-root NEW --key=ec:p2\t'
    expect_ran cert create-root NEW --key=ec:p256
    press 'umsadm cert create-root NEW --key-password pro\t'
    expect_ran cert create-root NEW --key-password prompt
    press 'umsadm cert create-root NEW --key-password fi\tsub/pa\t'
    expect_ran cert create-root NEW --key-password file:sub/pass.txt
    press 'umsadm cert create-root NEW --key-password=file:sub/pa\t'
    expect_ran cert create-root NEW --key-password=file:sub/pass.txt
    press 'umsadm cert create-root NEW --key-password file:new\t'
    expect_ran cert create-root NEW --key-password "file:new file.pem"
}

scenario_files_and_folders_are_the_shells() {
    prepare_shell
    press 'umsadm cert import new\t'
    expect_ran cert import "new file.pem"
    press 'umsadm cert import my\ta\t'
    expect_ran cert import "my folder/a key.pem"
    press 'umsadm cert import "my folder/a\t'
    expect_ran cert import "my folder/a key.pem"
    press 'umsadm cert import ~/sub/p\t'
    expect_ran cert import "$HOME/sub/pass.txt"
    press 'umsadm id export -o sub/p\t'
    expect_ran id export -o sub/pass.txt
    press 'umsadm --site su\t'
    [[ $(cat ran) == --site$'\n'sub?(/) ]] || fail "the folder \"sub\""
    # A name of the site, though a file begins like it; with a slash the file.
    press 'umsadm keystore show ber\t'
    expect_ran keystore show berlin
    press 'umsadm keystore show ./ber\t'
    expect_ran keystore show ./berlin.txt
}

scenario_the_site_of_the_line_counts() {
    prepare_shell
    run_ok --site "$PWD/other" init
    run_ok --site "$PWD/other" gateway add zurich --host icg3.example.com --local
    press 'umsadm --site other gateway show z\t'
    expect_ran --site other gateway show zurich
    # shellcheck disable=SC2088
    press 'umsadm gateway show --site ~/other z\t'
    expect_ran gateway show --site "$HOME/other" zurich
}

scenario_without_a_site_nothing_is_said() {
    files_to_find
    wrap_program
    start_files
    press 'umsadm gateway show be\tx'
    expect_ran gateway show bex
    expect_not_stdout error
    press 'umsadm crt show be\tx'
    expect_ran crt show bex
}

scenario_behind_two_dashes_are_only_arguments() {
    prepare_shell
    press 'umsadm gateway show -- --j\tb\t'
    expect_ran gateway show -- --jb
    press 'umsadm gateway show -- b\t'
    expect_ran gateway show -- berlin
}
