# shellcheck shell=bash disable=SC2154,SC2034
# A UMS moves to another machine and keeps its UMS ID, as docs/ums-id.md tells it.
# shellcheck source=tests/scenarios/ums_servers.bash
source "$here/ums_servers.bash"

probe() { need_ums_servers; }

# ums1 is the old machine, ums2 the new one; both are fresh installations.
scenario_backup_new_server_restore_sync_check() {
    local old
    with_servers 2
    put_control pkcs12 backup-format ums1 ums2
    old=$(stored ums1)
    echo "correct horse battery" >backup.pw
    chmod 600 backup.pw

    # On the old machine, while it lives.
    new_site
    add_server ums1
    run_ok id adopt ums1
    run_ok id register
    run_ok id backup -o ums-id.p12 --password file:backup.pw
    run_ok id verify-backup ums-id.p12 --password file:backup.pw

    # The old machine is gone, and so is the site.
    "$(folder_of ums1)/restart-server" stop
    sshd_stop "$(folder_of ums1)/ssh"
    rm -r "$UMSADM_SITE"
    new_site
    add_server ums2
    run_ok id restore ums-id.p12 --password file:backup.pw
    run_ok id register "$old"
    expect_status ums2 "$needs_restart"
    # The new server has a UMS ID of its own, which somebody might need: it has to be named.
    run --yes id sync --restart
    expect_error 4 "$(stored ums2)"
    run_ok --yes id sync --restart --replace-main "$(stored ums2)"
    expect_in_sync "$old" ums2
    run_ok id show --check
    expect_stdout_matches "UMS ID status +Main UMS ID"
    run_ok id export -o ums-id.crt
    expect_same "$old" "$(fingerprint_of ums-id.crt)"
}

# The same by the vendor's own backup, when the key can not be read: from server to server while both are there.
scenario_from_the_old_server_to_the_new_one() {
    local old
    with_servers 2
    old=$(stored ums1)
    new_site
    add_server ums1
    add_server ums2
    run id adopt ums1
    expect_exit 1
    run_ok --yes id sync --restart
    expect_in_sync "$old" ums2
    run_ok server edit ums2 --main
    run_ok --yes server remove ums1
    expect_status ums2 "Main UMS ID"
    run_ok id show --check
}
