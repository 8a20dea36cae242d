# shellcheck shell=bash disable=SC2154,SC2034

add_server() { run_ok server add "$1" --host "$1.example.com" --ssh-user admin "${@:2}"; }
audit_has() { grep -qF -- "$1" "$UMSADM_SITE/audit.jsonl" || fail "\"$1\" in the audit log"; }
expect_main() {
    run_ok --machine-readable --no-header server list
    expect_same "$1" "$(awk -F ';' '$4 == "yes" { print $1 }' stdout)"
}

scenario_add_stores_what_is_given_and_names_the_next_step() {
    new_site
    echo secret >pw
    add_server ums1 --web-port 9443 --sudo-password file:pw --umsadmin-cli /opt/ums/cli --state-path /srv/umsadm \
        --restart-command "systemctl restart igel-ums-server" --wait 30
    expect_stdout 'added server "ums1": ums1.example.com, login admin@ums1.example.com:22, the main server'
    expect_stderr "next: umsadm server trust ums1"
    run_ok --json server show ums1
    expect_json /result/host ums1.example.com
    expect_json /result/web_port 9443
    expect_json /result/main true
    expect_json /result/ums_id_store umsadmin-cli
    expect_json /result/umsadmin_cli /opt/ums/cli
    expect_json /result/ums_id_path null
    expect_json /result/ums_id_password null
    expect_json /result/state_path /srv/umsadm
    expect_json /result/restart_command "systemctl restart igel-ums-server"
    expect_json /result/wait_seconds 30
    expect_json /result/login/ssh_user admin
    expect_json /result/login/sudo_password "file:$PWD/pw"
    audit_has '"server add"'
}

scenario_what_is_not_given_has_its_default() {
    new_site
    run_ok server add ums1 --host 10.0.0.7
    run_ok --json server show ums1
    expect_json /result/web_port 8443
    expect_json /result/umsadmin_cli /usr/local/bin/umsadmin-cli
    expect_json /result/state_path /var/lib/umsadm
    expect_json /result/restart_command null
    expect_json /result/wait_seconds 300
    run_ok server show ums1
    expect_stdout_matches "^  Restart command +\(umsadmin-cli's own\)$"
    expect_stdout_matches '^  Main server +yes$'
    run_ok server add here --host 10.0.0.8 --local
    expect_stderr "next: umsadm server check here"
}

scenario_a_pkcs12_file_needs_its_path_and_password() {
    new_site
    add_server ums1 --ums-id-store file --ums-id-path /opt/ums/id.p12 --ums-id-password file:id.pw
    run_ok --json server show ums1
    expect_json /result/ums_id_store file
    expect_json /result/ums_id_path /opt/ums/id.p12
    expect_json /result/ums_id_password "file:$PWD/id.pw"
    run_ok server show ums1
    expect_stdout_matches '^  UMS ID file +/opt/ums/id.p12$'
    expect_stdout_matches '^  Restart command +\(none: restarted by hand\)$'
    run server add ums2 --host h --ums-id-store file
    expect_error 2 'field "ums_id_path" is missing'
    expect_stderr "--ums-id-path"
    run server add ums2 --host h --ums-id-store file --ums-id-path /p
    expect_error 2 'field "ums_id_password" is missing'
    expect_stderr "--ums-id-password"
    run server add ums2 --host h --ums-id-path /p --ums-id-password file:p
    expect_error 2 'the option --ums-id-path is of the store "file"'
    expect_stderr "add --ums-id-store file"
    run server add ums2 --host h --ums-id-password file:p
    expect_error 2 'the option --ums-id-password is of the store "file"'
    run_ok server edit ums1 --ums-id-store umsadmin-cli
    run_ok --json server show ums1
    expect_json /result/ums_id_store umsadmin-cli
}

scenario_wrong_input_names_the_field() {
    new_site
    run server add Ums1 --host ums1.example.com
    expect_error 2 '"Ums1" is no name for a server'
    run server add ums1
    expect_error 2 '"umsadm server add" needs the option --host HOST'
    run server add ums1 --host
    expect_error 2 'option "--host" needs a value: HOST'
    expect_not_stderr HOSTS
    run server add ums1 --host https://ums1.example.com
    expect_error 2 'field "host" must be a DNS name or an IP address'
    run server add ums1 --host ""
    expect_error 2 'field "host"'
    run server add ums1 --host h --web-port 0
    expect_error 2 '"0" is not a number from 1 to 65535'
    expect_stderr 'while reading option "--web-port"'
    run server add ums1 --host h --umsadmin-cli cli
    expect_error 2 'field "umsadmin_cli" must be an absolute path'
    run server add ums1 --host h --ums-id-store file --ums-id-path id.p12 --ums-id-password file:p
    expect_error 2 'field "ums_id_path" must be an absolute path'
    run server add ums1 --host h --state-path state
    expect_error 2 'field "state_path" must be an absolute path'
    run server add ums1 --host h --state-path /
    expect_error 2 'field "state_path" must be a folder of its own'
    run server add ums1 --host h --ums-id-store disk
    expect_error 2 '"disk" is not one of umsadmin-cli, file'
    run server add ums1 --host h --wait 1000000
    expect_error 2 'field "wait_seconds"'
    run server add ums1 --host h --restart-command $'a\nb'
    expect_error 2 'field "restart_command"'
    run server add ums1 --host h --ssh-host '-oProxyCommand=x'
    expect_error 2 'field "ssh_host"'
    run server add ums1 --host h --host-key abc
    expect_error 2 'field "host_keys"'
    run_ok server list
    expect_no_stdout
    expect_stderr "there is no server yet"
}

scenario_a_password_is_never_an_option_nor_stored() {
    new_site
    run server add ums1 --host h --ums-id-store file --ums-id-path /p --ums-id-password marker-Pw
    expect_error 2 "a password source must be"
    expect_not_stderr marker-Pw
    run server add ums1 --host h --ums-id-store file --ums-id-path /p --ums-id-password prompt
    expect_error 2 'field "ums_id_password" must be file:PATH or env:NAME to be stored'
    expect_stderr 'give file:PATH'
    run server add ums1 --host h --sudo-password fd:3
    expect_error 2 'field "sudo_password"'
}

scenario_exactly_one_server_is_the_main_one() {
    new_site
    add_server ums1
    add_server ums2
    expect_not_stdout "main server"
    expect_main ums1
    add_server ums3 --main
    expect_stdout "the main server"
    expect_stderr 'the main server was "ums1" before'
    expect_main ums3
    run_ok server edit ums2 --main
    expect_stdout 'server "ums2" is the main server now, before: "ums3"'
    expect_main ums2
    audit_has 'main server \"ums2\", before: \"ums3\"'
    run_ok server edit ums2 --main
    expect_stdout "is like that already"
    run_ok server edit ums1 --main --wait 7
    expect_stdout "is the main server now"
    expect_stdout 'changed server "ums1"'
    expect_main ums1
}

scenario_the_main_server_goes_last() {
    new_site
    add_server ums1
    add_server ums2
    run server remove ums1 --yes
    expect_error 4 'server "ums1" is the main server, and there are others'
    expect_stderr 'umsadm server edit ums2 --main'
    run server remove ums2
    expect_error 2 "a question needs an answer and nobody is there to ask"
    run_ok server remove ums2 --yes
    expect_stdout 'removed server "ums2"'
    run server show ums2
    expect_error 3 'there is no server "ums2"'
    expect_stderr 'umsadm server list'
    ls "$UMSADM_SITE"/trash/*-server-ums2.json >/dev/null || fail "the record in the trash"
    expect_main ums1
    run_ok --json server remove ums1 --yes
    expect_json /result/removed true
    grep -q '"main_server": ""' "$UMSADM_SITE/site.json" || fail "no main server any more"
    audit_has 'main server none, before: \"ums1\"'
    add_server ums4
    expect_main ums4
}

scenario_a_name_is_taken_once() {
    new_site
    add_server ums1
    run server add ums1 --host other.example.com --main
    expect_error 1 'there is a server "ums1" already'
    expect_stderr 'umsadm server edit ums1'
}

scenario_edit_changes_only_what_is_given() {
    new_site
    add_server ums1 --web-port 9443 --umsadmin-cli /opt/cli --ssh-port 2222 --ssh-key /k1 --ssh-key /k2
    run_ok server edit ums1 --wait 5
    expect_stdout 'changed server "ums1"'
    run_ok --json server show ums1
    expect_json /result/wait_seconds 5
    expect_json /result/web_port 9443
    expect_json /result/login/ssh_keys/1 /k2
    run_ok --json server edit ums1 --web-port "" --umsadmin-cli "" --state-path "" --ssh-port= --ssh-key /k3
    expect_json /result/web_port 8443
    expect_json /result/umsadmin_cli /usr/local/bin/umsadmin-cli
    expect_json /result/login/ssh_port null
    expect_json /result/login/ssh_keys/0 /k3
    run_ok server edit ums1 --wait 5
    expect_stdout "is like that already"
    audit_has '"server edit"'
    run server edit ums1
    expect_error 2 'nothing to change in server "ums1"'
    run server edit ums9 --wait 5
    expect_error 3 'there is no server "ums9"'
    run server edit ums1 --host ""
    expect_error 2 'field "host"'
}

scenario_a_moved_server_keeps_its_host_key_and_says_so() {
    new_site
    add_server ums1 --host-key "SHA256:$(printf 'A%.0s' {1..43})"
    expect_stderr "next: umsadm server check ums1"
    run_ok server edit ums1 --host other.example.com
    expect_stderr "the trusted host key stays; if this is another machine: umsadm server trust ums1"
    run_ok server edit ums1 --wait 7
    expect_not_stderr "host key"
}

scenario_list_has_a_line_for_each_server() {
    new_site
    add_server ums1
    add_server ums2 --ums-id-store file --ums-id-path /p --ums-id-password env:PW --web-port 443
    run_ok server list
    expect_stdout_matches '^NAME +HOST +WEB PORT +MAIN +LOGIN +UMS ID STORE$'
    expect_stdout_matches '^ums1 +ums1.example.com +8443 +yes +admin@ums1.example.com:22 +umsadmin-cli$'
    expect_stdout_matches '^ums2 +ums2.example.com +443 +- +admin@ums2.example.com:22 +file$'
    run_ok --machine-readable --no-header server list
    expect_lines 2
    expect_stdout 'ums1;ums1.example.com;8443;yes;admin@ums1.example.com:22;umsadmin-cli'
    expect_stdout 'ums2;ums2.example.com;443;no;admin@ums2.example.com:22;file'
    run_ok --json server list
    expect_json /result/items/1/name ums2
    expect_json /result/items/1/ums_id_password env:PW
    run_ok --machine-readable server show ums2
    expect_stdout 'ums2;ums2.example.com;443;no'
}

scenario_a_run_that_was_cut_off_is_told_and_keeps_the_record() {
    new_site
    add_server ums1
    mkdir -p "$UMSADM_SITE/journal/servers"
    echo '{"time": "2026-01-01T00:00:00Z", "run": "0123456789abcdef", "event": "begin", "schema": 1, "action": "restart", "restart": true, "user": "anna@desk"}' \
        >"$UMSADM_SITE/journal/servers/ums1.jsonl"
    run_ok server show ums1
    expect_stderr 'a run of server "ums1", started 2026-01-01T00:00:00Z by anna@desk, was cut off; the next "umsadm id sync" settles it first'
    run server remove ums1 --yes
    expect_error 4 'a run of server "ums1" was cut off and is not settled'
    expect_stderr "umsadm id sync ums1"
    run_ok server list
}

scenario_a_damaged_record_is_named() {
    new_site
    add_server ums1
    sed -i 's/"web_port": 8443/"web_port": "8443"/' "$UMSADM_SITE/servers/ums1.json"
    run server list
    expect_error 1 '"web_port"'
    expect_stderr servers/ums1.json
}
