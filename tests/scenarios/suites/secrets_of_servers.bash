# shellcheck shell=bash disable=SC2154,SC2034
# No secret of a UMS Server is ever seen: not in what is printed, not in the site outside of its keys, not in a list of
# processes here or there, not in the logs of the server. Private keys lie only where root can read.
# shellcheck source=tests/scenarios/ums_servers.bash
source "$here/ums_servers.bash"

probe() {
    need_ums_servers
    need openssl
}
begin_suite() { share_servers 2 && share_another ums3 --store file; }

# A line of the private key of a server.
key_line_of() {
    if [ -e "$(folder_of "$1")/data/ums-id.pem" ]; then
        openssl pkey -in "$(folder_of "$1")/data/ums-id.pem"
    else
        openssl pkcs12 -in "$(of "$1" UMS_ID_PATH)" -passin "file:$(of "$1" UMS_ID_PASSWORD_FILE)" -nodes -nocerts 2>/dev/null |
            openssl pkey
    fi | sed -n 5p
}

collect_secrets() {
    local name
    (
        umask 077
        echo marker-Backup-Password >backup.pw
        for name in "${servers[@]}"; do key_line_of "$name" || exit 1; done >secrets.txt
        cat backup.pw "$(of ums1 SSH_PASSWORD_FILE)" "$(of ums3 UMS_ID_PASSWORD_FILE)" >>secrets.txt
    )
    expect_same 6 "$(sort -u secrets.txt | grep -c .)"
}

# Collects the arguments of all processes, again and again, until the file "enough" is there: SSH and sudo are on this
# machine, so these are those of the servers as well.
watch_processes() {
    while [ ! -e enough ]; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' >>arguments.txt || true; done
}

expect_nothing_seen_in() { # SECRETS FILE...
    local found
    found=$(grep -rlaF -f "$1" "${@:2}" || true)
    [ -z "$found" ] || fail "no secret in $found"
}

scenario_no_secret_is_seen_anywhere() {
    local name watcher sudo_log=$PWD/sudo.log
    begin_with_servers
    collect_secrets
    user=$(of ums1 SSH_USER)
    echo "Defaults:$user logfile=$sudo_log" >"/etc/sudoers.d/$user-log"
    watch_processes &
    watcher=$!
    trap 'rm -f "/etc/sudoers.d/$user-log"; touch enough' EXIT
    # Long enough to be looked at.
    put_control 0.3 slow-backup ums1 ums2
    put_control 0.3 slow-restore ums1 ums2

    run --verbose id adopt ums1
    expect_exit 1
    run_ok --verbose --yes id sync ums2 --restart
    put_control pkcs12 backup-format ums1 ums2
    run_ok --verbose id adopt ums1
    run_ok --json --verbose --yes id sync --restart
    run_ok --verbose id backup -o ums-id.p12 --password file:backup.pw
    run_ok --verbose id adopt ums3
    run_ok --verbose --yes id create --replace
    put_control "the keystore is locked" fail-restore ums2
    run --verbose --yes id sync --restart --replace-main "$main"
    expect_exit 1
    run_ok --verbose --json id show --full
    run --verbose id verify-backup ums-id.p12 --password "file:$(of ums3 UMS_ID_PASSWORD_FILE)"
    expect_exit 1

    touch enough
    wait "$watcher"
    grep -qF -- --password:file arguments.txt || fail "a call of umsadmin-cli among the processes that were looked at"
    # The passwords that umsadm made: long ones, in files that only root can read, in folders that only root can enter; and
    # the one of a backup that is kept was never used for anything else.
    cat "$(folder_of ums1)/passwords" "$(folder_of ums2)/passwords" >given.txt
    expect_same "" "$(grep -v '^600 700 [^ ]\{24,\}$' given.txt || true)"
    cut -d' ' -f3 given.txt | sort -u >one_time_passwords.txt
    find "$(of ums1 STATE_PATH)" "$(of ums2 STATE_PATH)" -name password -exec sed '$a\' {} \; | sort -u >kept.txt
    expect_same 3 "$(wc -l <kept.txt)"
    expect_same 3 "$(cut -d' ' -f3 given.txt | grep -cxFf kept.txt)"
    [ "$(wc -l <one_time_passwords.txt)" -gt 6 ] || fail "another password for each backup"
    for name in secrets.txt one_time_passwords.txt; do
        expect_nothing_seen_in "$name" all_output arguments.txt "$UMSADM_SITE"/{site.json,audit.jsonl,servers,journal,ums-id/seen,ums-id/record.json} \
            "$sudo_log" "$(folder_of ums1)"/{ssh/log,service} "$(folder_of ums2)"/{ssh/log,service} "$(folder_of ums3)"/{ssh/log,service}
    done
    expect_nothing_seen_in one_time_passwords.txt "$UMSADM_SITE"
    expect_nothing_left ums1 ums2 ums3
    # Only root can read what is kept on the servers.
    for name in "${servers[@]}"; do
        ! setpriv --reuid="$user" --regid="$user" --clear-groups ls "$(of "$name" STATE_PATH)" >/dev/null 2>&1 ||
            fail "the SSH user cannot look into the state folder of $name"
    done
    # In the site, a key of a UMS ID is in key.pem files only, which only we can read.
    expect_same "" "$(grep -rlF 'PRIVATE KEY' "$UMSADM_SITE" | grep -v '/key\.pem$' || true)"
    expect_same "" "$(find "$UMSADM_SITE" -name key.pem ! -perm 600)"
    grep -q "COMMAND=" "$sudo_log" || fail "a line in the log of sudo"
}
