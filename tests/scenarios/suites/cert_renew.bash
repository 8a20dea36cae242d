# shellcheck shell=bash disable=SC2154,SC2034
probe() { need openssl; }

scenario_renew_keeps_everything_but_dates_and_key() {
    site_with_certificate
    run_ok --json cert show ICG
    old_key=$(json /result/key)
    run_ok --json cert renew ICG --days 700
    expect_json /result/renewed true
    expect_json /result/name ICG
    expect_json /result/generation 2
    expect_json /result/hosts '["dns:icg.example.com","ip:10.0.0.5"]'
    expect_json /result/key "$old_key"
    run_ok cert export ICG@1 -o old.pem
    run_ok cert export ICG@2 -o new.pem
    expect_same "$(openssl x509 -in old.pem -noout -subject -issuer)" "$(openssl x509 -in new.pem -noout -subject -issuer)"
    [ "$(openssl x509 -in old.pem -noout -pubkey)" != "$(openssl x509 -in new.pem -noout -pubkey)" ] || fail "a new key"
    run_ok cert check ICG@2 --current ICG@1
}

scenario_renew_can_keep_the_key() {
    site_with_certificate
    run_ok cert renew ICG --reuse-key
    run_ok cert export ICG@1 -o old.pem
    run_ok cert export ICG@2 -o new.pem
    expect_same "$(openssl x509 -in old.pem -noout -pubkey)" "$(openssl x509 -in new.pem -noout -pubkey)"
    run cert renew ICG --reuse-key --key ec:p256
    expect_error 2 "cannot be used together"
}

scenario_what_is_not_due_is_skipped_and_said() {
    site_with_certificate
    run_ok cert renew ICG --due 30
    expect_stdout "is not due"
    run_ok --json cert renew ICG --due 30
    expect_json /result/renewed false
    expect_json /result/generation 1
    run_ok --json cert renew ICG --due 366
    expect_json /result/generation 2
}

scenario_a_generation_is_never_given_twice() {
    site_with_certificate
    run_ok cert renew ICG
    run_ok --yes cert delete ICG@2
    run_ok --json cert renew ICG
    expect_json /result/generation 3
}

scenario_only_end_entities_are_renewed() {
    site_with_certificate
    run cert renew Root
    expect_error 4 "is a CA"
}

scenario_exactly_one_way_to_name_what_is_renewed() {
    site_with_certificate
    run cert renew
    expect_error 2 "name certificates, or say --gateway G, or --all, or --label"
    run cert renew ICG --all
    expect_error 2 "name certificates, or say --gateway G, or --all, or --label"
    run cert renew --gateway nowhere
    expect_error 3 "nowhere"
}

scenario_several_and_those_of_a_label() {
    site_with_certificate
    run_ok cert create Other --root Root --host b.example --key ec:p256
    make_used berlin ICG
    make_used munich Other
    make_used hamburg ICG
    run_ok gateway edit berlin --label site=north
    run_ok gateway edit hamburg --label site=north
    run_ok --json cert renew ICG Other ICG
    expect_json /result/items/0/name ICG
    expect_json /result/items/1/name Other
    expect_not_stdout '"generation": 3'
    # What two gateways use is renewed once.
    run_ok --json cert renew --label site=north
    expect_json /result/items/0/name ICG
    expect_json /result/items/0/generation 3
    expect_not_stdout Other
    run_ok --json cert renew --gateway munich --gateway hamburg
    expect_json /result/items/0/name Other
    expect_json /result/items/1/generation 4
}

scenario_all_renews_the_used_ones_and_no_root() {
    site_with_certificate
    run_ok cert create Unused --root Root --host b.example --key ec:p256
    run_ok --json cert renew --all
    expect_json /result/items '[]'
    make_used berlin ICG
    run_ok cert list --used
    expect_stdout ICG@1
    expect_stdout berlin
    expect_not_stdout Unused
    run_ok --json cert renew --all
    expect_json /result/items/0/name ICG
    expect_json /result/items/0/generation 2
    run_ok --json cert renew --gateway berlin --due 30
    expect_json /result/renewed false
    expect_json /result/generation 2
    run_ok cert list --machine-readable --no-header
    expect_lines 4
}

scenario_an_interruption_does_not_hide_what_was_renewed_before_it() {
    site_with_certificate
    echo secret >pw
    run_ok cert create-root Safe --key ec:p256 --key-password file:pw
    run_ok cert create Last --root Safe --host b.example --key ec:p256 --root-key-password file:pw
    make_used berlin ICG
    make_used munich Last
    expect >talk.log <<TALK || fail "an interruption at the question for the password"
set timeout 20
spawn -noecho sh -c {exec "$umsadm" --json cert renew --all --root-key-password prompt >stdout}
expect "password" { send "\003" } timeout { exit 1 }
expect eof
lassign [wait] pid id os_error value
exit [expr {\$value != 130}]
TALK
    expect_json /result/items/0/name ICG
    expect_json /result/items/0/generation 2
    run_ok cert show ICG@2
}

scenario_without_the_key_of_the_root_nothing_is_renewed() {
    site_with_certificate
    run_ok cert export Root -o root.pem
    run_ok cert export ICG -o icg.pem
    run_ok cert export ICG -o icg.key --format key
    export UMSADM_SITE=$PWD/other
    new_site
    run_ok cert import root.pem icg.pem icg.key
    run cert renew icg
    expect_exit 3
    run cert renew ICG
    expect_error 3 "private key of the issuer"
}
