# shellcheck shell=bash disable=SC2154,SC2034
# shellcheck source=tests/scenarios/shells.bash
source "$here/shells.bash"

probe() { need expect fish; }

start=(fish -i)
start_files() {
    mkdir -p .config/fish
    cat >.config/fish/config.fish <<'CONFIG'
set -g fish_greeting
function fish_prompt; echo 'READY> '; end
umsadm completion fish | source
CONFIG
}

scenario_what_is_offered_is_described() {
    prepare_shell
    show 'umsadm cert create\t'
    expect_stdout_matches 'create-root +\(Make a root certificate'
    show 'umsadm gateway show \t'
    expect_stdout_matches 'berlin +\(icg.example.com:8443\)'
    show 'umsadm cert show \t'
    expect_stdout_matches 'ICG Berlin +\(end entity, generation 2, until 2'
    show 'umsadm keystore update --cert x --d\t--al\t'
    expect_stdout "--dry-run"
}

scenario_it_is_loaded_from_the_vendors_folder() {
    prepare_shell
    mkdir -p data/fish/vendor_completions.d
    "$umsadm" completion fish >data/fish/vendor_completions.d/umsadm.fish
    sed -i '/completion fish/d' .config/fish/config.fish
    start=(env XDG_DATA_DIRS="$PWD/data:/usr/local/share:/usr/share" fish -i)
    press 'umsadm cert show IC\t'
    expect_ran cert show "ICG Berlin"
}

# fish finds a name by any part of it.
scenario_a_part_of_a_name_is_enough() {
    prepare_shell
    press 'umsadm cert show Berlin\t'
    expect_ran cert show "ICG Berlin"
}
