#!/usr/bin/env bash
# The renewal of one gateway with ssh, scp, openssl and curl, for the part "rollout" of scripts/bench: two calls of sudo, an
# atomic exchange with a backup, the served certificate and the health page looked at.
#
#   rollout_one.sh NAME SSH-PORT TLS-PORT KEYSTORE NEW-KEYSTORE NEW-FINGERPRINT RESTART-COMMAND
#
# $SSH_USER, $SSH_KEY, $SSH_PASSWORD_FILE, $KNOWN_HOSTS say how to log in at 127.0.0.1. With $CONTROL_PATH, a folder for
# sockets, everything goes through one connection; otherwise ssh and scp make one at each call.
set -euo pipefail

name=$1 ssh_port=$2 tls_port=$3 keystore=$4 new=$5 fingerprint=$6 restart=$7
host=$SSH_USER@127.0.0.1
ssh_options=(-F none -o "Port=$ssh_port" -i "$SSH_KEY" -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=yes
  -o "UserKnownHostsFile=$KNOWN_HOSTS")
if [[ -n $CONTROL_PATH ]]; then
  ssh_options+=(-o ControlMaster=auto -o "ControlPath=$CONTROL_PATH/%C" -o ControlPersist=60)
  trap 'ssh "${ssh_options[@]}" -O exit "$host" 2>/dev/null' EXIT
fi

# shellcheck disable=SC2029 # it is the client that knows the names
as_root() { ssh "${ssh_options[@]}" "$host" "sudo -k -S -p '' sh -ec '$1'" <"$SSH_PASSWORD_FILE"; }
served() {
  openssl s_client -connect "127.0.0.1:$tls_port" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256 2>/dev/null
}
try() { # COMMAND...: until it succeeds
  local tries
  for ((tries = 0; tries < 900; tries++)); do
    if "$@"; then return; fi
    sleep 0.1
  done
  echo "$name: never came true: $*" >&2
  return 1
}
serves_new() { [[ $(served) == *"=$fingerprint" ]]; }
is_healthy() { curl -sk "https://127.0.0.1:$tls_port/usg/check-status" | grep -qE '"status": ?"(ok|warn)"'; }

digest=$(sha256sum <"$new")
as_root "cp -p $keystore $keystore.bak; sync $keystore.bak"
scp -q "${ssh_options[@]}" "$new" "$host:$name.new"
as_root "echo ${digest%% *} $name.new | sha256sum -c --quiet
  cp --attributes-only -p $keystore $keystore.new; cat $name.new >$keystore.new; sync $keystore.new; rm $name.new
  mv -fT $keystore.new $keystore; sync $keystore; $restart"
if ! { try serves_new && try is_healthy; }; then
  as_root "cp -p $keystore.bak $keystore.new; mv -fT $keystore.new $keystore; $restart"
  exit 1
fi
