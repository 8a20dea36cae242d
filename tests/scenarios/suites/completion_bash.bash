# shellcheck shell=bash disable=SC2154,SC2034,SC2016,SC2088
# shellcheck source=tests/scenarios/shells.bash
source "$here/shells.bash"

probe() { need expect bash; }

start=(bash --noprofile --rcfile bashrc -i)
start_files() {
    cat >bashrc <<'BASHRC'
bind 'set bell-style none'
bind 'set enable-bracketed-paste off'
source <(umsadm completion bash)
PS1='READY> '
BASHRC
}

scenario_two_tabs_show_what_there_is() {
    prepare_shell
    show 'umsadm cert \t\t'
    expect_stdout_matches 'check +create-root'
    show 'umsadm cert create-root NEW --key-password \t\t'
    expect_stdout_matches 'env: +fd: +file: +prompt'
    show 'umsadm keystore update --cert x --\t\t'
    expect_stdout "--dry-run"
    expect_not_stdout_matches '^--.*--cert '
}

# An open quote that closes again belongs to the word, a colon or "@" behind it does not.
scenario_a_word_with_quotes_in_its_middle() {
    prepare_shell
    press 'umsadm cert show "ICG Berlin"@1\t'
    expect_ran cert show "ICG Berlin@1"
    press 'umsadm cert show IC"G B"er\t'
    expect_ran cert show "ICG Berlin"
    press 'umsadm cert create-root NEW --key-password "file:sub/pa\t'
    expect_ran cert create-root NEW --key-password file:sub/pass.txt
    press 'umsadm cert create-root NEW --key-password file:"sub/pa\t'
    expect_ran cert create-root NEW --key-password file:sub/pass.txt
}

scenario_the_colon_need_not_break_words() {
    prepare_shell
    echo 'COMP_WORDBREAKS=${COMP_WORDBREAKS//[:=@]/}' >>bashrc
    press 'umsadm cert create-root NEW --key rsa:4\t'
    expect_ran cert create-root NEW --key rsa:4096
    press 'umsadm cert create-root NEW --key-password=file:sub/pa\t'
    expect_ran cert create-root NEW --key-password=file:sub/pass.txt
    press 'umsadm cert show ICG\\ Berlin@1\t'
    expect_ran cert show "ICG Berlin@1"
}

scenario_a_line_with_other_things_on_it() {
    prepare_shell
    press 'true; umsadm gateway show mu\t'
    expect_ran gateway show munich
    press 'A=1 umsadm gateway show mu\t'
    expect_ran gateway show munich
    press 'umsadm gateway 2>/dev/null show mu\t'
    expect_ran gateway show munich
    press 'umsadm gateway show munich >out-\tfile'
    expect_ran gateway show munich
    [ -e out-file ] || fail "the file of the redirection"
    press '~/bin/umsadm gateway show mu\t'
    expect_ran gateway show munich
    echo 'alias u=umsadm; complete -F _umsadm u' >>bashrc
    press 'u gateway show mu\t'
    expect_ran gateway show munich
}

scenario_the_names_of_a_folder_do_not_matter() {
    prepare_shell
    mkdir munich
    press 'umsadm gateway show mu\t'
    expect_ran gateway show munich
}

# bash-completion finds the script by its name, as it is installed.
scenario_bash_completion_loads_it() {
    local loader=/usr/share/bash-completion/bash_completion
    [ -e "$loader" ] || return 0
    prepare_shell
    mkdir -p data/bash-completion/completions
    "$umsadm" completion bash >data/bash-completion/completions/umsadm
    cat >bashrc <<BASHRC
export XDG_DATA_HOME=$PWD/data
source $loader
bind 'set enable-bracketed-paste off'
PS1='READY> '
BASHRC
    press 'umsadm cert show IC\t'
    expect_ran cert show "ICG Berlin"
    press 'umsadm gateway show mu\t'
    expect_ran gateway show munich
}
