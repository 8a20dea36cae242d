#!/usr/bin/env bash
# Proves that a UMS Server sandbox is what the tests take it for: openssl finds real keys and certificates in it, its
# umsadmin-cli does what the vendor's help says and refuses everything else, the running server keeps what it loaded, and
# nothing is left behind.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=checks.sh
source "$here/checks.sh"
work=$(mktemp -d /var/tmp/umsadm-sandbox.XXXXXX)
chmod 755 "$work"

clean_up() {
  local code=$? folder
  trap - EXIT
  if ((code != 0)); then
    echo "FAILED: ${name:-start}" >&2
    cat "$work/said" >&2 || true
    tail -n 20 "$work"/*/service/log >&2 || true
  fi
  for folder in "$work"/c "$work"/b "$work"/a; do [[ ! -e $folder/env ]] || "$here/ums_server.sh" stop "$folder" || true; done
  rm -rf "$work"
  exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# use NAME: the variables of this sandbox
use() {
  # shellcheck source=/dev/null
  source "$work/$1/env"
}

cli() { "$UMSADMIN_CLI" "$@" >"$work/said" 2>&1; }
refuses() { # CODE TEXT ARGUMENT...
  local code=0
  cli "${@:3}" || code=$?
  [[ $code == "$1" ]] && grep -qF -- "$2" "$work/said"
}
lists() { cli --machine-readable licensing list && grep -qF -- "$1" "$work/said"; }
lists_nothing() { cli --machine-readable --no-header licensing list && [[ ! -s $work/said ]]; }
says_nothing() { cli --quiet licensing list && [[ ! -s $work/said ]]; }

fingerprint_of() { # FILE DIGEST
  local line
  line=$(openssl x509 -in "$1" -noout -fingerprint "-${2:-sha256}")
  echo "${line#*=}"
}

stored() { fingerprint_of "$SANDBOX/data/ums-id.pem"; }

# What the running server loaded when it started.
loaded() {
  printf 'GET /ums-id.crt HTTP/1.0\r\n\r\n' | openssl s_client -quiet -connect "$HOST:$WEB_PORT" 2>/dev/null >"$work/answer"
  fingerprint_of "$work/answer" 2>/dev/null
}
has_loaded() { [[ $(loaded) == "$1" ]]; }
listens() { openssl s_client -connect "$HOST:$WEB_PORT" </dev/null >/dev/null 2>&1; }
silent() { ! listens; }
listener_is_the_service() { ss -Hltnp "sport = :$WEB_PORT" | grep -qF "pid=$(cat "$SANDBOX/service/pid"),"; }

key_fits() {
  [[ $(openssl x509 -in "$SANDBOX/data/ums-id.pem" -noout -pubkey) == "$(openssl pkey -in "$SANDBOX/data/ums-id.pem" -pubout)" ]]
}

looks_like_the_vendors() {
  openssl x509 -in "$SANDBOX/data/ums-id.pem" -noout -text >"$work/text"
  grep -q 'Signature Algorithm: sha512WithRSAEncryption' "$work/text" && grep -q 'Public-Key: (4096 bit)' "$work/text" &&
    openssl x509 -in "$SANDBOX/data/ums-id.pem" -noout -checkend $((19 * 365 * 86400)) >/dev/null &&
    openssl verify -check_ss_sig -partial_chain -trusted "$SANDBOX/data/ums-id.pem" "$SANDBOX/data/ums-id.pem" >/dev/null
}

password_file() {
  (umask 077 && echo "$2" >"$work/$1")
  echo "$work/$1"
}

try_parser() {
  check "parser: a global option comes first" refuses 2 "Unknown option: '--machine-readable'" licensing list --machine-readable
  check "parser: an unknown option" refuses 2 "Unknown option: '-x'" licensing export -x
  check "parser: an unknown command" refuses 2 "Unmatched" licensing frobnicate
  check "parser: a value that is missing" refuses 2 "parameter for option '-o'" licensing export -o
  check "parser: an option that is missing" refuses 2 "Missing required option: '-o'" licensing backup --password:file "$good"
  check "parser: a password that is missing" refuses 2 "--password:file or --password:in" licensing backup -o "$work/x"
  check "parser: two passwords" refuses 2 exclusive licensing backup -o "$work/x" --password:in --password:file "$good"
  check "parser: an option that is there twice" refuses 2 "only once" licensing export -o "$work/x" -o "$work/y"
  check "parser: a password is no argument" refuses 2 "Unmatched argument" licensing backup -o "$work/x" --password:in secret
  check "parser: nothing was written" test ! -e "$work/x"
}

try_list() {
  local pem=$SANDBOX/data/ums-id.pem plain=${FINGERPRINT//:/}
  check "list: the fingerprint that openssl computes" lists "$(fingerprint_of "$pem")"
  check "list: quiet" says_nothing
  echo plain >"$CONTROL/fingerprint"
  check "list: plain" lists ";${plain,,};"
  echo spaced >"$CONTROL/fingerprint"
  check "list: spaced" lists ";${FINGERPRINT//:/ };"
  echo base64 >"$CONTROL/fingerprint"
  check "list: Base64" lists ";$(bytes_of "$plain" | openssl base64);"
  echo sha1-only >"$CONTROL/fingerprint"
  check "list: only SHA-1" lists ";$(fingerprint_of "$pem" sha1);"
  check "list: and no SHA-256" bash -c "! grep -qF '$FINGERPRINT' '$work/said'"
  echo columns >"$CONTROL/fingerprint"
  check "list: other columns" lists ";$FINGERPRINT;true"
  rm "$CONTROL/fingerprint"
  touch "$CONTROL/extra-lines"
  check "list: among other lines" lists ";$FINGERPRINT;"
  check "list: and they are there" grep -q WARNING "$work/said"
  rm "$CONTROL/extra-lines"
}

bytes_of() { printf '%b' "$(sed 's/../\\x&/g' <<<"$1")"; }

# The UMS ID goes into a backup, another one is made, and it comes back.
try_backup() { # FORMAT
  local before backup=$work/backup-$1
  before=$(stored)
  echo "$1" >"$CONTROL/backup-format"
  check "$1: a backup" cli licensing backup -o "$backup" --password:file "$good"
  check "$1: a file that exists is refused" refuses 1 "already exists" licensing backup -o "$backup" --password:file "$good"
  check "$1: a folder that is missing is refused" refuses 1 "does not exist" licensing backup -o "$work/n/b" --password:file "$good"
  check "$1: unless asked for" cli licensing backup -p -o "$work/n/b" --password:file "$good"
  rm -r "$work/n"
  check "$1: a new UMS ID" cli licensing create
  check "$1: is another one" test "$(stored)" != "$before"
  check "$1: with its key" key_fits
  check "$1: a wrong password is refused" refuses 1 "wrong" licensing restore -f "$backup" --password:file "$bad"
  cp "$backup" "$work/damaged"
  printf 'XXXX' | dd of="$work/damaged" bs=1 seek=300 conv=notrunc 2>/dev/null
  check "$1: a damaged backup is refused" refuses 1 damaged licensing restore -f "$work/damaged" --password:file "$good"
  head -c 700 "$backup" >"$work/damaged"
  check "$1: and a cut off one" refuses 1 damaged licensing restore -f "$work/damaged" --password:file "$good"
  check "$1: and nothing changed" test "$(stored)" != "$before"
  touch "$CONTROL/lie-restore"
  check "$1: restore can lie" cli licensing restore -f "$backup" --password:file "$good"
  check "$1: and then nothing changed" test "$(stored)" != "$before"
  rm "$CONTROL/lie-restore"
  echo 1 >"$CONTROL/foreign-restore"
  check "$1: restore can make another one" cli licensing restore -f "$backup" --password:file "$good"
  check "$1: and then it is another one" test "$(stored)" != "$before"
  check "$1: restore" cli licensing restore -f "$backup" --password:file "$good"
  check "$1: brings it back" test "$(stored)" = "$before"
  check "$1: with its key" key_fits
}

opaque_is_opaque() { ! openssl pkcs12 -in "$work/backup-opaque" -passin "file:$good" -nokeys >/dev/null 2>&1; }
pkcs12_is_pkcs12() {
  openssl pkcs12 -in "$work/backup-pkcs12" -passin "file:$good" -nodes >"$work/opened" && openssl pkey -in "$work/opened" -noout
}
has_no_secret_inside() { ! grep -qa 'PRIVATE KEY\|BEGIN' "$work"/backup-*; }

try_export() { # ARGUMENT...
  rm -f "$work/x.crt"
  check "export: $1 $2" cli "$@" "$work/x.crt"
  check "export: is the certificate" test "$(fingerprint_of "$work/x.crt")" = "$(stored)"
}

try_versions() {
  try_export licensing export -o
  check "export: a file that exists is refused" refuses 1 "already exists" licensing export -o "$work/x.crt"
  check "export: unless asked for" cli licensing export -o "$work/x.crt" -f
  try_export web-cert export-cert -c
  touch "$CONTROL/old-version"
  check "old version: has no export" refuses 2 Unmatched licensing export -o "$work/y.crt"
  try_export web-cert export-cert -c
  check "old version: has no server restart" refuses 2 Unmatched server restart
  check "old version: has restart-server" cli restart-server
  check "old version: and runs again" wait_until listens
  rm "$CONTROL/old-version"
  touch "$CONTROL/no-export-at-all"
  check "no export: licensing" refuses 2 Unmatched licensing export -o "$work/y.crt"
  check "no export: web-cert" refuses 2 Unmatched web-cert export-cert -c "$work/y.crt"
  rm "$CONTROL/no-export-at-all"
  echo "the database is not reachable" >"$CONTROL/fail-list"
  check "a command can fail" refuses 1 "the database is not reachable" licensing list
  rm "$CONTROL/fail-list"
  echo "but" >"$CONTROL/fail-late-create"
  local before
  before=$(stored)
  check "a command can fail late" refuses 1 "but" licensing create
  check "and it was done" test "$(stored)" != "$before"
  rm "$CONTROL/fail-late-create"
}

try_service() {
  local before
  check "service: TLS" wait_until listens
  check "service: is the process that listens" listener_is_the_service
  check "service: has loaded its UMS ID" has_loaded "$FINGERPRINT"
  cli licensing create
  check "service: keeps what it loaded" has_loaded "$FINGERPRINT"
  check "service: restart" cli server restart
  check "service: uses the new one then" wait_until has_loaded "$(stored)"
  before=$(cat "$SANDBOX/service/pid")
  check "service: start does nothing when it runs" cli server start
  check "service: and it is the same" test "$before" = "$(cat "$SANDBOX/service/pid")"
  check "service: stop" cli server stop
  check "service: and nobody listens" silent
  check "service: start" cli server start
  check "service: and it listens" wait_until listens
  echo "the unit is masked" >"$CONTROL/restart-fails"
  check "service: a restart can fail" refuses 1 "the unit is masked" server restart
  check "service: and it goes on running" listens
  rm "$CONTROL/restart-fails"
  touch "$CONTROL/never-starts"
  check "service: a restart without an end" cli server restart
  sleep 0.3
  check "service: never comes back" silent
  rm "$CONTROL/never-starts"
  echo 0.7 >"$CONTROL/slow-start"
  check "service: a slow start" cli server restart
  check "service: is late" silent
  check "service: and comes in the end" wait_until listens
  rm "$CONTROL/slow-start"
}

as_root_there() {
  if ((EUID == 0)); then
    as_admin "sudo -S -p '' $*" <"$SSH_PASSWORD_FILE"
  else
    as_admin "$*" </dev/null
  fi >"$work/said" 2>&1
}

only_root_may() {
  local code=0
  ((EUID == 0)) || return 0
  as_admin "$UMSADMIN_CLI licensing list" </dev/null >"$work/said" 2>&1 || code=$?
  [[ $code == 1 ]] && grep -q 'as root' "$work/said"
}

keytool_reads() { # ALIAS
  keytool -list -keystore "$UMS_ID_PATH" -storetype PKCS12 -storepass:file "$UMS_ID_PASSWORD_FILE" -alias "$1" >"$work/said" 2>&1
}

shows() { as_root_there "$UMSADMIN_CLI --machine-readable licensing list" && grep -qF -- "$1" "$work/said"; }

good=$(password_file good 'correct horse')
bad=$(password_file bad 'wrong')

"$here/ums_server.sh" start "$work/a"
use a
check "a: the key and certificate of a UMS" looks_like_the_vendors
check "a: over SSH" shows "$FINGERPRINT"
check "a: only root may" only_root_may
echo rsa:2048 >"$CONTROL/key"
try_parser
try_list
try_service
try_backup opaque
try_backup pkcs12
check "opaque: no PKCS#12" opaque_is_opaque
check "pkcs12: PKCS#12" pkcs12_is_pkcs12
check "backups: no key in clear" has_no_secret_inside
try_versions
check "calls: no password in them" bash -c "! grep -rqF 'correct horse' '$SANDBOX/service'"

"$here/ums_server.sh" start "$work/b" --store file --ums-id-of "$work/a" --login-of "$work/a"
first=$(stored)
user=$SSH_USER
use b
check "b: the UMS ID of a" test "$FINGERPRINT" = "$first"
check "b: a file that keytool reads" keytool_reads ums-id
check "b: the login of a" test "$SSH_USER" = "$user"
check "b: has loaded it" has_loaded "$first"
check "b: restart over SSH" as_root_there "$RESTART_COMMAND"
check "b: comes back" wait_until has_loaded "$first"
"$here/ums_server.sh" start "$work/c" --no-ums-id --no-sshd --key rsa:2048
use c
check "c: no UMS ID" lists_nothing
check "c: nothing to back up" refuses 1 "no UMS ID" licensing backup -o "$work/x" --password:file "$good"
check "c: makes one" cli licensing create
check "c: with its key" key_fits
for each in c b a; do "$here/ums_server.sh" stop "$work/$each"; done
check "leaves no process" test -z "$(pgrep -f -- "$work/[abc]/")"
((EUID != 0)) || check "leaves no user" test -z "$(getent passwd "$user")"
