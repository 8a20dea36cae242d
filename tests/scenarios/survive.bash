# Words for scenarios in which an update is cut off or goes wrong. One gateway is shared by the scenarios of a suite, each
# of which begins with a site of its own and the gateway as it was made.
# shellcheck shell=bash disable=SC2154,SC2034
# shellcheck source=tests/scenarios/sandbox.bash
source "$here/sandbox.bash"
# shellcheck source=tests/scenarios/interrupting.bash
source "$here/interrupting.bash"
# shellcheck source=tests/sandbox/certificates.sh
source "$sandbox_tools/certificates.sh"
# shellcheck source=tests/sandbox/sshd.sh
source "$sandbox_tools/sshd.sh"

# The lines that an update writes into the journal, in this order. What is about to be done is on disk before it is.
journal_lines=(begin "backup started + upload started" "backup done" "upload done" "swap started" "swap done"
    "restart started" "restart done" "verify started" "verify done" "clean started" "clean done" end)
# The same, when the verification fails and the old keystore is put back.
journal_lines_of_undoing=("${journal_lines[@]:0:9}" "verify failed" "restore started" "restore done"
    "restore-restart started" "restore-restart done" "restore-verify started" "restore-verify done" end)

# share_gateway [OPTION...]: for begin_suite: the gateway, with small keys.
share_gateway() {
    with_gateway --key ec:P-256 "$@"
    trap 'stop_gateway; [ "$failed" -ne 0 ] || rm -rf "$suite_folder"' EXIT
    pristine=$PWD/pristine.jks
    cp -p "$KEYSTORE" "$pristine"
    keystore_attributes=$(attributes_of "$KEYSTORE")
    declare -gA leaf=([old]=$(fingerprint_of "$LEAF_PEM"))
}

attributes_of() { stat -c '%U:%G %a' "$1"; }
digest_of() { sha256sum <"$1"; }
fingerprint_of() { openssl x509 -in "$1" -noout -fingerprint -sha256 | cut -d= -f2; }

# What the gateway serves, in the eyes of openssl. Nothing when it serves nothing.
served() {
    { openssl s_client -connect "$TLS_HOST:$TLS_PORT" </dev/null | openssl x509 -noout -fingerprint -sha256; } 2>/dev/null |
        cut -d= -f2
}

serves() { [ "$(served)" = "${leaf[$1]}" ]; }
answers() { (: <"/dev/tcp/$TLS_HOST/$TLS_PORT") 2>/dev/null; }

# The shared gateway as it was made, but for the port and the key of its SSH server when a scenario had changed them.
reset_gateway() {
    rm -f "$CONTROL"/*
    [ -e "$gateway_folder/ssh/pid" ] || sshd_start "$gateway_folder/ssh"
    SSH_PORT=$(cat "$gateway_folder/ssh/port")
    HOST_KEY=$(ssh-keygen -lf "$gateway_folder/ssh/host_ed25519.pub" | cut -d' ' -f2)
    if [ "$(digest_of "$KEYSTORE")" != "$(digest_of "$pristine")" ] || ! serves old; then
        cp -p "$pristine" "$KEYSTORE"
        "$RESTART_COMMAND"
        wait_until serves old
    fi
    find "$(dirname "$KEYSTORE")" -name '*.umsadm-*' -delete
}

# create_certificate NAME: for the gateway, by its own root
create_certificate() {
    run_ok --json cert create "$1" --root "Sandbox Root" --host "$HOSTS" --key ec:p256 --days 100
    leaf[$1]=$(json /result/fingerprint_sha256)
}

# A site that knows the gateway as "berlin", its root, and the certificates A and B for it.
site_for_gateway() {
    new_site
    run_ok cert import "$ROOT_PEM" "$ROOT_KEY_PEM"
    create_certificate A
    create_certificate B
    add_gateway berlin
    journal=$UMSADM_SITE/journal/gateways/berlin.jsonl
}

begin_with_gateway() {
    reset_gateway
    site_for_gateway
}

# The SHA-256 fingerprint of the key entry, in the eyes of keytool, which checks the whole file with its password.
stored() {
    cp "$KEYSTORE" looked-at.jks
    STORE=$STORE_PASSWORD keytool "${keytool_options[@]:0:3}" -list -v -keystore looked-at.jks -storepass:env STORE >list 2>/dev/null ||
        fail "a keystore that keytool reads"
    grep -q "contains 3 entries" list || fail "three entries in the keystore"
    awk -v alias="$ALIAS" '$1 == "Alias" { ours = $3 == alias } ours && $1 == "SHA256:" { print $2; exit }' list
}

# expect_stored NAME: the keystore is whole, holds this certificate, and its owner and mode are as before.
expect_stored() {
    local found
    found=$(stored)
    [ "$found" = "${leaf[$1]}" ] || fail "the certificate \"$1\" in the keystore, not $found"
    expect_same "$keystore_attributes" "$(attributes_of "$KEYSTORE")"
}

expect_served() { serves "$1" || fail "\"$1\" (${leaf[$1]}) served, not \"$(served)\""; }

expect_gateway_has() { expect_stored "$1" && expect_served "$1"; }

# Nothing but the keystore and backups.
expect_no_leftovers() {
    local left
    left=$(find "$(dirname "$KEYSTORE")" -name '.*')
    [ -z "$left" ] || fail "no temporary file: $left"
}

expect_no_backups() { [ -z "$(backups)" ] || fail "no backup: $(backups)"; }
backups() { find "$(dirname "$KEYSTORE")" -name '*.bak'; }

# expect_history NUMBER FIELD VALUE: the run NUMBER of the history, 0 is the newest. Empty VALUE: null.
expect_history() {
    run_ok --json keystore history berlin
    expect_same "$3" "$(json "/result/items/$1/$2")"
}

# Who is said to use what.
expect_used_is() {
    run_ok --json cert show "$1"
    expect_json /result/used true
}
expect_not_used() {
    run_ok --json cert show "$1"
    expect_json /result/used false
}
