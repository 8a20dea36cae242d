# docs/json.md: every example is run, in the order of the page, and what umsadm says has the shape of the page.
# shellcheck shell=bash disable=SC2154
# shellcheck source=tests/scenarios/sandbox.bash
source "$here/sandbox.bash"
# shellcheck source=tests/scenarios/ums_servers.bash
source "$here/ums_servers.bash"
# shellcheck source=tests/sandbox/certificates.sh
source "$sandbox_tools/certificates.sh"

page=$here/../../docs/json.md
compare_json=$(dirname "$check_json")/compare_json

probe() {
    need_sandbox
    need_ums_servers
}

# real_line LINE: a command line of the page with the address, the login and the root that there are here.
real_line() {
    if [[ $1 == *" server "* ]]; then real_line_of_server "$1"; else real_line_of_gateway "$1"; fi
}
real_line_of_server() {
    local line=$1
    line=${line//10.0.0.7/127.0.0.1}
    line=${line//admin.key/$(of ums1 SSH_KEY)}
    line=${line//admin.pw/$(of ums1 SSH_PASSWORD_FILE)}
    line=$(sed -E "s|SHA256:[A-Za-z0-9+/]{43}|$(of ums1 HOST_KEY)|; s|--ssh-user admin |--ssh-user $(of ums1 SSH_USER) |" <<<"$line")
    if [[ $line == *" server add ums1 "* ]]; then
        line+=" --web-port $(of ums1 WEB_PORT) --ssh-port $(of ums1 SSH_PORT) --umsadmin-cli $(of ums1 UMSADMIN_CLI)"
        line+=" --state-path $(of ums1 STATE_PATH)"
    fi
    echo "$line"
}
real_line_of_gateway() {
    local line=$1
    line=${line//10.0.0.5/$TLS_HOST}
    line=${line//UMS Root/Sandbox Root}
    line=$(sed -E "s|SHA256:[A-Za-z0-9+/]{43}|$HOST_KEY|; s|--ssh-user admin |--ssh-user $SSH_USER |" <<<"$line")
    if [[ $line == *" gateway add berlin "* ]]; then
        line+=" --port $TLS_PORT --ssh-port $SSH_PORT --install-path $INSTALL_PATH --restart-command $RESTART_COMMAND"
    fi
    echo "$line"
}

# What the page takes for granted: files, and a second gateway in the site.
prepare_files() {
    cp "$ROOT_PEM" root.pem
    cp "$ROOT_KEY_PEM" root.key
    cp "$SSH_KEY" admin.key
    cp "$SSH_PASSWORD_FILE" admin.pw
    cp "$KEYSTORE" keystore.jks
    echo "$STORE_PASSWORD" >store.pw
    echo "correct horse battery" >backup.pw
    chmod 600 backup.pw
    new_leaf ec:P-256 "ICG Old" "icg.example.com;old.example.com" 30 root.key root.pem old.key old.pem
}
prepare_for() {
    if [[ $1 == *" remove munich "* ]]; then run_ok gateway add munich --host icg2.example.com --local; fi
    if [[ $1 == *" --json renew"* ]]; then
        run_ok cert create "ICG Short" --root "Sandbox Root" --host "icg.example.com;$TLS_HOST" --key ec:p256 --days 20
        run_ok keystore update berlin --cert "ICG Short"
    fi
    if [[ $1 == *" id show "* ]]; then add_server ums2; fi
    if [[ $1 == *" remove ums9 "* ]]; then run_ok server add ums9 --host ums9.example.com --local; fi
}

scenario_every_example_has_the_shape_of_what_umsadm_says() {
    local number=0 wanted_exit line
    local -a words
    with_gateway --key ec:P-256 --hosts "icg.example.com;127.0.0.1"
    with_servers 2
    put_control pkcs12 backup-format ums1 ums2
    trap 'stop_servers; stop_gateway' EXIT
    prepare_files
    "$compare_json" "$page" >examples
    while IFS=$'\t' read -r wanted_exit line; do
        number=$((number + 1))
        prepare_for "$line"
        eval "words=($(real_line "$line"))"
        run "${words[@]:1}"
        cp stdout "example-$number.json"
        expect_exit "$wanted_exit"
        "$compare_json" "$page" "$number" stdout || fail "the JSON of docs/json.md"
    done <examples
    expect_same "$(wc -l <examples)" "$number"
}

scenario_every_command_has_an_example() {
    local command
    "$compare_json" "$page" >examples
    run_ok fullhelp
    sed -nE 's/^Usage: umsadm ([a-z][a-z-]*( [a-z][a-z-]*)*).*/\1/p' stdout >usages
    # The groups are no commands.
    grep -vxE "$(sed -nE 's/^Usage: umsadm ([a-z]+) COMMAND.*/\1/p' stdout | paste -sd '|')" usages >commands
    [ "$(wc -l <commands)" -ge 25 ] || fail "the commands of fullhelp"
    while read -r command; do
        grep -qE "umsadm --json $command( |$)" examples || fail "an example of \"$command\" in docs/json.md"
    done <commands
}
