#!/usr/bin/env bash
# Proves that a sandbox is what the tests take it for: it serves what its keystore holds, restarts, misbehaves on demand,
# can be reached and changed over SSH, and leaves nothing behind.
#
#   selftest.sh [java|tomcat]...       default: both
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=checks.sh
source "$here/checks.sh"
work=$(mktemp -d /var/tmp/umsadm-sandbox.XXXXXX)
chmod 755 "$work"

clean_up() {
  local code=$?
  trap - EXIT
  if ((code != 0)); then
    echo "FAILED: ${name:-start}" >&2
    tail -n 20 "$work"/*/service/log >&2 || true
  fi
  local folder
  for folder in "$work"/*/; do [[ ! -d $folder ]] || "$here/gateway.sh" stop "$folder" || true; done
  rm -rf "$work"
  exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

ask() { # OPTION...: what openssl says about the connection, and the answer to a request for the health page
  printf 'GET /usg/check-status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' |
    openssl s_client -connect "$TLS_HOST:$TLS_PORT" -CAfile "$ROOT_PEM" -verify_return_error -verify_ip 127.0.0.1 \
      -ign_eof "$@" 2>&1
}

served() { ask | openssl x509 -noout -fingerprint -sha256; }

answers() { ask "${@:2}" | grep -q -- "$1"; } # PATTERN OPTION...
refuses() { ! answers CONNECTED; }
has_entries() { STORE=$STORE_PASSWORD keytool -list -keystore "$KEYSTORE" -storepass:env STORE 2>&1 | grep -q "$1 entries"; }

# shellcheck disable=SC2153  # HOSTS and the others come from the env of the sandbox
exchange_certificate() {
  # shellcheck source=certificates.sh
  source "$here/certificates.sh"
  new_leaf ec:P-256 "Next" "$HOSTS" 30 "$ROOT_KEY_PEM" "$ROOT_PEM" "$work/next-key.pem" "$work/next.pem"
  new_keystore "$STORE_TYPE" "$work/next.jks" "$ALIAS" "$STORE_PASSWORD" "$KEY_PASSWORD" "$work/next-key.pem" "$work/next.pem" \
    "$ROOT_PEM"
  cat "$work/next.jks" >"$KEYSTORE"
}

restart_as_admin() {
  if ((EUID == 0)); then
    as_admin "sudo -S -p '' $RESTART_COMMAND" <"$SSH_PASSWORD_FILE"
  else
    as_admin "$RESTART_COMMAND" </dev/null
  fi
}

try_server() {
  local before folder=$work/$1 users
  "$here/gateway.sh" start "$folder" --server "$1"
  # shellcheck source=/dev/null
  source "$folder/env"
  before=$(served)
  check "$1: serves the certificate of its keystore" test "$before" = "$(openssl x509 -in "$LEAF_PEM" -noout -fingerprint -sha256)"
  check "$1: is healthy with TLS 1.2" answers '"status":"ok"' -tls1_2
  check "$1: is healthy with TLS 1.3" answers '"status":"ok"' -tls1_3
  check "$1: keytool sees a key and two trusted entries" has_entries 3
  exchange_certificate
  check "$1: a new keystore alone changes nothing" test "$before" = "$(served)"
  check "$1: can be restarted over SSH" restart_as_admin
  check "$1: comes back" wait_until answers '"status":"ok"'
  check "$1: serves the new certificate" test "$(served)" = "$(openssl x509 -in "$work/next.pem" -noout -fingerprint -sha256)"
  if [[ $1 == java ]]; then misbehave; fi
  users=$(cat "$folder/service/user" "$folder/ssh/user" 2>/dev/null || true)
  "$here/gateway.sh" stop "$folder"
  check "$1: leaves no process" test -z "$(pgrep -f -- "$folder/")"
  check "$1: leaves no user" test -z "$(for user in $users; do getent passwd "$user"; done)"
  rm -rf "$folder" "$work"/next*
}

misbehave() {
  echo err >"$CONTROL/status"
  check "java: says err" answers '"status":"err"'
  echo 404 >"$CONTROL/status"
  check "java: has no health page" answers '404 Not Found'
  rm "$CONTROL/status"
  echo "job for the gateway failed" >"$CONTROL/restart-fails"
  check "java: a restart can fail" bash -c "! '$RESTART_COMMAND' 2>/dev/null"
  rm "$CONTROL/restart-fails"
  touch "$CONTROL/refuse-start"
  "$RESTART_COMMAND"
  check "java: can refuse to start" refuses
  rm "$CONTROL/refuse-start"
  echo 0.7 >"$CONTROL/listen-delay"
  "$RESTART_COMMAND"
  check "java: can be late" refuses
  check "java: and comes in the end" wait_until answers '"status":"ok"'
}

servers=("$@")
((${#servers[@]})) || servers=(java tomcat)
for server in "${servers[@]}"; do try_server "$server"; done
