# Words for scenarios with a jump host: a real sshd, and a user of its own who may do nothing there.
# shellcheck shell=bash disable=SC2154,SC2034
# shellcheck source=tests/sandbox/sshd.sh
source "$here/../sandbox/sshd.sh"

# begin_bastion FOLDER [CONFIG LINE...]: starts it, or starts it anew with other lines. Sets "bastion", its user, and
# "bastion_port". sshd_cleanup stops it.
begin_bastion() {
    bastion_folder=$1
    if [ -z "${bastion:-}" ]; then
        bastion=umsadm-t-jump-$RANDOM
        sshd_user_add "$bastion" bastion-secret none
    fi
    sshd_stop "$bastion_folder"
    sshd_start "$bastion_folder" "${@:2}"
    bastion_port=$SSHD_PORT
}

# allow_at_bastion KEY: a private key that may log in there.
allow_at_bastion() {
    ssh-keygen -y -f "$1" >>"$bastion_folder/authorized_keys"
}

# The line of known_hosts for the bastion.
bastion_line() { echo "[127.0.0.1]:$bastion_port $(cut -d' ' -f1,2 "$bastion_folder/host_ed25519.pub")"; }

bastion_log() { cat "$bastion_folder/log"; }
bastion_logins() { grep -c "^Accepted publickey for $bastion " "$bastion_folder/log" || true; }

# The processes that serve the connections to it.
bastion_sessions() { pgrep -P "$(cat "$bastion_folder/pid")"; }

# Cuts all connections to it; it goes on listening. A connection is served by two processes, and the second one, which
# has the rights of the user, would go on alone.
cut_bastion() {
    local session part
    for session in $(bastion_sessions); do
        for part in $(pgrep -P "$session") "$session"; do kill -KILL "$part" 2>/dev/null || true; done
    done
    wait_until no_bastion_sessions
}
no_bastion_sessions() { [ -z "$(bastion_sessions)" ]; }
