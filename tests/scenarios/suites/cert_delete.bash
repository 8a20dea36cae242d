# shellcheck shell=bash disable=SC2154,SC2034
scenario_delete_moves_to_the_trash() {
    site_with_certificate
    run_ok --yes --json cert delete ICG
    trash=$(json /result/moved_to)
    [ -f "$trash/certificate.pem" ]
    [ -f "$trash/key.pem" ]
    run cert show ICG
    expect_error 3 ICG
    grep -q '"cert delete"' "$UMSADM_SITE/audit.jsonl"
}

scenario_nobody_there_to_answer_is_an_error() {
    site_with_certificate
    run cert delete ICG
    expect_error 2 "nobody is there to ask"
    expect_stderr "--yes"
    run_ok cert show ICG
}

scenario_a_used_certificate_is_refused() {
    site_with_certificate
    make_used berlin ICG
    run --yes cert delete ICG --force
    expect_error 4 "is used by gateway berlin"
    run_ok cert show ICG
}

scenario_a_root_with_living_children_is_refused() {
    site_with_certificate
    run --yes cert delete Root --force
    expect_error 4 '"ICG@1"'
    run_ok cert show Root
}

scenario_the_only_key_of_a_root_is_refused_without_force() {
    new_site
    run_ok cert create-root Root --key ec:p256
    run --yes cert delete Root
    expect_error 4 "only copy of the private key"
    run_ok --yes cert delete Root --force
}

scenario_files_cannot_be_deleted() {
    site_with_certificate
    run --yes cert delete ./ICG
    expect_error 2 "is a file"
}
