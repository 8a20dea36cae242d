# shellcheck shell=bash disable=SC2154,SC2034
# The disk of the gateway gets full: the keystore stays whole, and putting the old one back needs no room.
# shellcheck source=tests/scenarios/survive.bash
source "$here/survive.bash"

probe() {
    need_sandbox
    need_tracing
    local folder
    folder=$(mktemp -d)
    if mount -t tmpfs none "$folder" 2>/dev/null; then
        umount "$folder"
    else
        echo "this machine does not allow mounting"
    fi
    rmdir "$folder"
}

# The keystore of the shared gateway stands on a small disk of its own.
begin_suite() {
    share_gateway
    keys=$(dirname "$KEYSTORE")
    local owner
    owner=$(stat -c %u:%g "$keys")
    mount -t tmpfs -o size=512k,mode=750 none "$keys"
    trap 'stop_gateway; umount "$keys"; [ "$failed" -ne 0 ] || rm -rf "$suite_folder"' EXIT
    chown "$owner" "$keys"
    cp -p "$pristine" "$KEYSTORE"
}

begin_with_room() {
    rm -f "$keys/filler"
    begin_with_gateway
}

# fill_disk [BYTES]: leaves so much
fill_disk() {
    local free
    cat /dev/zero >"$keys/filler" 2>/dev/null || true
    [ "${1:-0}" -eq 0 ] || truncate -s "-$1" "$keys/filler"
    free=$(($(stat -f -c %a "$keys") * $(stat -f -c %S "$keys")))
    [ "$free" -le $((${1:-0} + 4096)) ] || fail "a full disk, not $free bytes free"
}

scenario_full_before_the_backup() {
    begin_with_room
    fill_disk
    run keystore update berlin --cert A
    expect_error 1 "no space left"
    expect_gateway_has old
    expect_no_leftovers
    expect_no_backups
    fill_disk 16384
    run gateway check berlin
    expect_exit 4
    run keystore update berlin --cert A
    expect_error 1 "no space left"
    expect_stderr "nothing was changed"
    expect_gateway_has old
    expect_no_leftovers
    expect_no_backups
    rm "$keys/filler"
    run_ok keystore update berlin --cert A
    expect_gateway_has A
}

scenario_full_at_the_upload() {
    begin_with_room
    # One file can be made yet: the backup.
    mount -o remount,nr_inodes=$(($(df --output=iused "$keys" | tail -n 1) + 1)) "$keys"
    run keystore update berlin --cert A
    mount -o remount,nr_inodes=1000 "$keys"
    expect_error 1 "cannot upload the new keystore"
    expect_stderr "o space left"
    expect_stderr "nothing was changed"
    expect_gateway_has old
    expect_no_leftovers
    expect_no_backups
    run_ok keystore update berlin --cert A
    expect_not_stderr "was cut off"
    expect_gateway_has A
}

scenario_full_when_the_old_keystore_has_to_come_back() {
    begin_with_room
    echo err >"$CONTROL/status"
    run_stopped "verify started" keystore update berlin --cert A --wait 2
    fill_disk
    go_on
    rm "$CONTROL/status"
    expect_error 6 "its health page says"
    expect_gateway_has old
    expect_no_leftovers
}
