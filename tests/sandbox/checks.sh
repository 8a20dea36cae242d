# Words for the self-tests of the sandboxes. Sourced by selftest.sh and ums_server_selftest.sh. "work" is their folder.
# shellcheck shell=bash disable=SC2154,SC2034

name='' # of the check that is made

wait_until() {
  local tries
  for ((tries = 0; tries < 200; tries++)); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.05
  done
  echo "never came true: $*" >&2
  return 1
}

as_admin() {
  ssh -F none -i "$SSH_KEY" -p "$SSH_PORT" -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=no \
    -o "UserKnownHostsFile=$work/known_hosts" -o LogLevel=ERROR "$SSH_USER@$SSH_HOST" "$@"
}

check() { # NAME COMMAND...
  name=$1
  shift
  "$@" || {
    echo "false: $*" >&2
    exit 1
  }
  echo "ok: $name"
}
