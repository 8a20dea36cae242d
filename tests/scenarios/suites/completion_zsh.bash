# shellcheck shell=bash disable=SC2154,SC2034
# shellcheck source=tests/scenarios/shells.bash
source "$here/shells.bash"

probe() { need expect zsh; }

start=(env ZDOTDIR=. zsh -i)
start_files() {
    cat >.zshrc <<'ZSHRC'
unset zle_bracketed_paste
autoload -Uz compinit
compinit -u -D
source <(umsadm completion zsh)
PS1='READY> '
ZSHRC
}

scenario_what_is_offered_is_described() {
    prepare_shell
    show 'umsadm cert \t'
    expect_stdout_matches 'create-root +-- Make a root certificate'
    show 'umsadm gateway show \t'
    expect_stdout_matches 'berlin +-- icg.example.com:8443'
    show 'umsadm cert show \t'
    expect_stdout_matches 'ICG Berlin +-- end entity, generation 2, until 2'
    show 'umsadm keystore update --cert x --\t'
    expect_stdout_matches '--dry-run +-- do everything but the change'
    expect_not_stdout_matches '--cert +--'
}

# compinit finds the file by its first line, as it is installed.
scenario_it_is_loaded_from_fpath() {
    prepare_shell
    mkdir functions
    "$umsadm" completion zsh >functions/_umsadm
    cat >.zshrc <<'ZSHRC'
fpath=($PWD/functions $fpath)
autoload -Uz compinit
compinit -u -D
PS1='READY> '
ZSHRC
    press 'umsadm cert show IC\t'
    expect_ran cert show "ICG Berlin"
    press 'umsadm gateway show mu\t'
    expect_ran gateway show munich
}

scenario_the_settings_of_the_user_decide_what_fits() {
    prepare_shell
    echo "zstyle ':completion:*' matcher-list 'm:{a-z}={A-Z}'" >>.zshrc
    press 'umsadm cert show icg\t'
    expect_ran cert show "ICG Berlin"
}
