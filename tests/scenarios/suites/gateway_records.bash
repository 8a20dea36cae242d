# shellcheck shell=bash disable=SC2154,SC2034

add_berlin() { run_ok gateway add berlin --host icg.example.com --ssh-user admin "$@"; }

audit_has() { grep -qF -- "$1" "$UMSADM_SITE/audit.jsonl" || fail "\"$1\" in the audit log"; }

scenario_add_stores_what_is_given_and_names_the_next_step() {
    new_site
    echo secret >pw
    add_berlin --port 9443 --external-host outside.example.com --external-port 443 --sudo-password file:pw \
        --restart-command "systemctl restart icg" --health require --wait 30 --alias icg
    expect_stdout 'added gateway "berlin": icg.example.com:9443, login admin@icg.example.com:22'
    expect_stderr "next: umsadm gateway trust berlin"
    run_ok --json gateway show berlin
    expect_json /result/port 9443
    expect_json /result/external_host outside.example.com
    expect_json /result/health require
    expect_json /result/wait_seconds 30
    expect_json /result/login/ssh_user admin
    expect_json /result/login/sudo_password "file:$PWD/pw"
    expect_json /result/certificate null
    audit_has '"gateway add"'
}

scenario_labels_and_group() {
    new_site
    add_berlin --label site=Berlin --label ring=1 --group berlin-pair
    run_ok --json gateway show berlin
    expect_json /result/labels/site Berlin
    expect_json /result/group berlin-pair
    run_ok gateway show berlin
    expect_stdout site=Berlin
    # Those that are given take the place of all there were; an empty one leaves none.
    run_ok --json gateway edit berlin --label ring=2
    expect_json /result/labels/ring 2
    expect_not_stdout Berlin\"
    run_ok --json gateway edit berlin --label "" --group ""
    expect_json /result/labels "{}"
    expect_json /result/group null
    run gateway edit berlin --label ring
    expect_error 2 '"ring" is not KEY=VALUE'
    run gateway edit berlin --label ring=1 --label ring=2
    expect_error 2 'the label "ring" is given twice'
}

scenario_paths_are_stored_so_that_they_mean_the_same_everywhere() {
    new_site
    # shellcheck disable=SC2088  # umsadm expands it
    add_berlin --ssh-key keys/id --known-hosts '~/known' --ssh-password file:pw --store-password file:store
    run_ok --json gateway show berlin
    expect_json /result/login/ssh_keys/0 "$PWD/keys/id"
    expect_json /result/login/known_hosts/0 "$HOME/known"
    expect_json /result/login/ssh_password "file:$PWD/pw"
    expect_json /result/store_password "file:$PWD/store"
}

scenario_wrong_input_names_the_field() {
    new_site
    run gateway add Berlin --host icg.example.com
    expect_error 2 '"Berlin" is no name for a gateway'
    run gateway add berlin
    expect_error 2 '"umsadm gateway add" needs the option --host HOST'
    run gateway add berlin --host https://icg.example.com
    expect_error 2 'field "host" must be a DNS name or an IP address'
    run gateway add berlin --host ""
    expect_error 2 'field "host"'
    run gateway add berlin --host icg.example.com --port 0
    expect_error 2 '"0" is not a number from 1 to 65535'
    expect_stderr 'while reading option "--port"'
    run gateway add berlin --host icg.example.com --external-host 'a b'
    expect_error 2 'field "external_host"'
    run gateway add berlin --host icg.example.com --install-path opt
    expect_error 2 'field "install_path" must be an absolute path'
    run gateway add berlin --host icg.example.com --keystore keystore.jks
    expect_error 2 'field "keystore"'
    run gateway add berlin --host icg.example.com --ssh-user icg
    expect_error 2 'field "ssh_user" must not be "icg"'
    run gateway add berlin --host icg.example.com --ssh-host '-oProxyCommand=x'
    expect_error 2 'field "ssh_host"'
    run gateway add berlin --host icg.example.com --host-key abc
    expect_error 2 'field "host_keys"'
    run gateway add berlin --host icg.example.com --jump 'admin@'
    expect_error 2 'field "jump" must be USER@HOST:PORT'
    run gateway add berlin --host icg.example.com --health perhaps
    expect_error 2 '"perhaps" is not one of auto, require, off'
    run gateway add berlin --host icg.example.com --probe sideways
    expect_error 2 '"sideways" is not one of direct, ssh'
    run gateway add berlin --host icg.example.com --wait 1000000
    expect_error 2 'field "wait_seconds"'
    run gateway add berlin --host icg.example.com --restart-command $'a\nb'
    expect_error 2 'field "restart_command"'
    run_ok gateway list
    expect_no_stdout
}

scenario_a_password_is_never_an_option_nor_stored() {
    new_site
    run gateway add berlin --host icg.example.com --ssh-password marker-Pw
    expect_error 2 "a password source must be"
    expect_not_stderr marker-Pw
    run gateway add berlin --host icg.example.com --ssh-password fd:3
    expect_error 2 'field "ssh_password" must be file:PATH or env:NAME to be stored'
    run gateway add berlin --host icg.example.com --sudo-password prompt
    expect_error 2 'field "sudo_password"'
}

scenario_a_name_is_taken_once() {
    new_site
    add_berlin
    run gateway add berlin --host other.example.com
    expect_error 1 'there is a gateway "berlin" already'
    expect_stderr 'umsadm gateway edit berlin'
}

scenario_edit_changes_only_what_is_given() {
    new_site
    add_berlin --port 9443 --alias icg --ssh-port 2222 --ssh-key /k1 --ssh-key /k2 --ssh-agent
    run_ok gateway edit berlin --wait 5
    expect_stdout 'changed gateway "berlin"'
    run_ok --json gateway show berlin
    expect_json /result/wait_seconds 5
    expect_json /result/port 9443
    expect_json /result/login/ssh_keys/1 /k2
    run_ok gateway edit berlin --port "" --alias "" --ssh-port= --ssh-key /k3 --no-ssh-agent
    run_ok --json gateway show berlin
    expect_json /result/port 8443
    expect_json /result/alias null
    expect_json /result/login/ssh_port null
    expect_json /result/login/ssh_agent false
    expect_json /result/login/ssh_keys/0 /k3
    run_ok gateway edit berlin --ssh-key ""
    run_ok --json gateway show berlin
    expect_not_stdout /k3
    run_ok gateway edit berlin --wait 5
    expect_stdout "is like that already"
    audit_has '"gateway edit"'
}

scenario_edit_refuses_what_it_cannot_do() {
    new_site
    add_berlin
    run gateway edit berlin
    expect_error 2 'nothing to change in gateway "berlin"'
    run gateway edit munich --wait 5
    expect_error 3 'there is no gateway "munich"'
    expect_stderr 'umsadm gateway list'
    run gateway edit berlin --host ""
    expect_error 2 'field "host"'
    run_ok --json gateway show berlin
    expect_json /result/host icg.example.com
}

scenario_a_moved_gateway_keeps_its_host_key_and_says_so() {
    new_site
    add_berlin --host-key "SHA256:$(printf 'A%.0s' {1..43})"
    run_ok gateway edit berlin --host icg2.example.com
    expect_stderr "the trusted host key stays"
    run_ok gateway edit berlin --wait 7
    expect_not_stderr "host key"
}

scenario_list_and_show_tell_the_used_certificate() {
    site_with_certificate
    run_ok gateway list
    expect_no_stdout
    expect_stderr "there is no gateway yet"
    make_used munich ICG
    add_berlin
    run_ok gateway list
    expect_stdout_matches '^NAME +HOST +CERTIFICATE +EXPIRES +DAYS +LOGIN$'
    expect_stdout_matches '^berlin +icg.example.com:8443 +- +- +- +admin@icg.example.com:22$'
    expect_stdout_matches '^munich +icg.example.com:8443 +ICG@1 +20[0-9-]+ +36[45] +root@icg.example.com:22$'
    run_ok --machine-readable gateway list
    expect_lines 3
    expect_stdout_matches '^berlin;icg.example.com:8443;-;-;-;admin@icg.example.com:22;-$'
    run_ok --json gateway list
    expect_json /result/items/0/name berlin
    expect_json /result/items/1/certificate/name ICG
    run_ok gateway show munich
    expect_stdout_matches 'Certificate +ICG@1, until 20[0-9-]+ \(36[45] days left\)'
    run gateway show nowhere
    expect_error 3 'there is no gateway "nowhere"'
}

scenario_remove_asks_and_keeps_the_history() {
    site_with_certificate
    make_used munich ICG
    run gateway remove munich
    expect_error 2 "a question needs an answer and nobody is there to ask"
    run_ok gateway remove munich --yes
    expect_stdout 'removed gateway "munich"'
    run gateway show munich
    expect_exit 3
    ls "$UMSADM_SITE"/trash/*-gateway-munich.json >/dev/null || fail "the record in the trash"
    [ -s "$UMSADM_SITE/journal/gateways/munich.jsonl" ] || fail "the journal still there"
    audit_has '"gateway remove"'
    run gateway remove munich --yes
    expect_error 3 munich
}

scenario_remove_refuses_while_a_run_is_not_settled() {
    site_with_certificate
    make_used munich ICG
    sed -i '$d' "$UMSADM_SITE/journal/gateways/munich.jsonl"
    run gateway remove munich --yes
    expect_error 4 "was cut off and is not settled"
    run_ok gateway show munich
    expect_stderr "was cut off"
}

scenario_a_damaged_record_is_named() {
    new_site
    add_berlin
    sed -i 's/"port": 8443/"port": "8443"/' "$UMSADM_SITE/gateways/berlin.json"
    run gateway list
    expect_error 1 '"port"'
    expect_stderr gateways/berlin.json
}
