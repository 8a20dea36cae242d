#!/usr/bin/env bash
# Proves that a fleet is what the tests take it for: gateways that are told apart, each of which restarts and misbehaves
# without the others, can be reached over SSH, and leaves nothing behind.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=checks.sh
source "$here/checks.sh"
work=$(mktemp -d /var/tmp/umsadm-fleet.XXXXXX)
chmod 755 "$work"
fleet=$work/fleet

clean_up() {
  local code=$?
  trap - EXIT
  if ((code != 0)); then
    echo "FAILED: ${name:-start}" >&2
    tail -n 20 "$fleet/service/log" >&2 || true
  fi
  [[ ! -d $fleet/service ]] || "$here/fleet.sh" stop "$fleet" || true
  rm -rf "$work"
  exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

field() { awk -v name="$1" -v column="$2" '$1 == name { print $column }' "$fleet/gateways.tsv"; }
control() { echo "$fleet/gateways/$1/control/$2"; }
keystore() { echo "$fleet/gateways/$1/install/usg/keys/keystore.jks"; }

ask() { # NAME: what openssl says about the connection, and the answer to a request for the health page
  printf 'GET /usg/check-status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' |
    openssl s_client -connect "$TLS_HOST:$(field "$1" 3)" -CAfile "$ROOT_PEM" -verify_return_error -verify_ip 127.0.0.1 \
      -ign_eof 2>&1
}

fingerprint() { openssl x509 -noout -fingerprint -sha256; }
leaf() { fingerprint <"$fleet/gateways/$1/leaf.pem"; }
serves() { [[ $(ask "$1" | fingerprint) == "$(leaf "$2")" ]]; }
says() { ask "$1" | grep -q -- "$2"; }
refuses() { ! says "$1" CONNECTED; }
restarts() { "$fleet/restart-gateway" "$1"; }
restart_fails() { ! restarts "$1" 2>"$work/said" && grep -qx "$2" "$work/said"; }
shows_its_key() {
  ssh-keyscan -p "$(field "$1" 2)" -t ed25519 127.0.0.1 2>/dev/null | ssh-keygen -lf - | grep -qF " $(field "$1" 4) "
}
shows_another_key() { ! shows_its_key "$1"; }

restarts_over_ssh() { # NAME
  # shellcheck disable=SC2034 # as_admin uses it
  SSH_PORT=$(field "$1" 2)
  if ((EUID == 0)); then
    as_admin "sudo -S -p '' $fleet/restart-gateway $1" <"$SSH_PASSWORD_FILE"
  else
    as_admin "$fleet/restart-gateway $1" </dev/null
  fi
}

try_one() { # NAME
  check "$1: serves a certificate of its own" serves "$1" "$1"
  check "$1: is healthy" says "$1" '"status":"ok"'
  check "$1: keytool sees a key and two trusted entries" bash -c "STORE=$STORE_PASSWORD keytool -list -keystore '$(keystore "$1")' \
    -storepass:env STORE 2>&1 | grep -q '3 entries'"
  check "$1: shows a host key of its own" shows_its_key "$1"
  check "$1: can be restarted over SSH" restarts_over_ssh "$1"
}

# gw002 is told to, gw001 is well all the time.
misbehave() {
  cat "$(keystore gw003)" >"$(keystore gw002)"
  check "a new keystore alone changes nothing" serves gw002 gw002
  check "the restart of another does not, either" restarts gw001
  check "still" serves gw002 gw002
  check "its own restart does" restarts gw002
  check "it serves what it was given" serves gw002 gw003
  echo err >"$(control gw002 status)"
  check "says err" says gw002 '"status":"err"'
  rm "$(control gw002 status)"
  keystore gw001 >"$(control gw002 keystore)"
  restarts gw002
  check "comes up with another certificate" serves gw002 gw001
  rm "$(control gw002 keystore)"
  echo "job failed" >"$(control gw002 restart-fails)"
  check "a restart can fail" restart_fails gw002 "job failed"
  check "and it goes on running" serves gw002 gw001
  rm "$(control gw002 restart-fails)"
  touch "$(control gw002 restart-hangs)"
  check "a restart can hang" test "$(timeout 0.5 "$fleet/restart-gateway" gw002 || echo $?)" = 124
  check "and nobody else waits" restarts gw001
  rm "$(control gw002 restart-hangs)"
  touch "$(control gw002 refuse-start)"
  check "a restart without a start" restarts gw002
  check "nobody listens" refuses gw002
  rm "$(control gw002 refuse-start)"
  echo 0.7 >"$(control gw002 listen-delay)"
  restarts gw002
  check "can be late" refuses gw002
  check "and comes in the end" wait_until serves gw002 gw003
  rm "$(control gw002 listen-delay)"
  check "an unknown gateway is refused" restart_fails gw009 "no such command: restart gw009"
  check "gw001 never noticed" serves gw001 gw001
}

change_hosts() {
  "$here/fleet.sh" change-host-key "$fleet" gw003
  check "gw003: has another host key" shows_another_key gw003
  check "gw001: has not" shows_its_key gw001
  if ((EUID == 0)) && "$here/fleet.sh" small-disk "$fleet" gw003 2>"$work/said"; then
    check "gw003: serves from a small disk" restarts gw003
    check "gw003: the same" serves gw003 gw003
    check "gw003: can be full" bash -c "! head -c 600000 /dev/zero >'$(dirname "$(keystore gw003)")/filler' 2>/dev/null"
  fi
}

"$here/fleet.sh" start "$fleet" --count 3
# shellcheck source=/dev/null
source "$fleet/env"
for each in gw001 gw002 gw003; do try_one "$each"; done
misbehave
change_hosts
"$here/fleet.sh" stop "$fleet"
check "leaves no process" test -z "$(pgrep -f -- "$fleet/")"
check "leaves no mount" bash -c "! grep -qF ' $fleet/' /proc/mounts"
((EUID != 0)) || check "leaves no user" test -z "$(getent passwd "$SSH_USER" "$SERVICE_USER")"
