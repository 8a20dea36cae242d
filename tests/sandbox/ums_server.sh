#!/usr/bin/env bash
# A UMS Server on this machine, for tests and demonstrations: a UMS ID behind a stand-in of the vendor's umsadmin-cli, or in
# a PKCS#12 file, a process that loads it at start and serves TLS on the web port, and an SSH server to reach it all.
# Everything is on 127.0.0.1.
#
#   ums_server.sh start FOLDER [option...]    makes it, starts it, writes FOLDER/env (NAME=VALUE lines)
#   ums_server.sh stop FOLDER                 stops its processes by their ids and removes its user; FOLDER stays
#
#   --store umsadmin-cli|file     where it keeps its UMS ID                                  (umsadmin-cli)
#   --key rsa:BITS|ec:CURVE       of its UMS ID, and of those that it makes later            (rsa:4096)
#   --no-ums-id                   it has none
#   --ums-id-of FOLDER            has the UMS ID of another sandbox
#   --sudo password|nopasswd      how the SSH user becomes root                              (password)
#   --login-of FOLDER             the SSH user, password and key of another sandbox, which has to be stopped last
#   --no-sshd                     without SSH server
#
# As root, the SSH login is a temporary user with a password and sudo, and only root can use umsadmin-cli. Otherwise
# everything belongs to the present user, who logs in with a key, and may use umsadmin-cli. FOLDER/control makes it another
# version, or misbehave on demand: see umsadmin-cli, ums_web_server and service.sh. Any number can run side by side.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=certificates.sh
source "$here/certificates.sh"
# shellcheck source=sshd.sh
source "$here/sshd.sh"
# shellcheck source=machine.sh
source "$here/machine.sh"

read_options() {
  store=umsadmin-cli key=rsa:4096 with_ums_id=yes ums_id_of='' sudo_way=password login_of='' with_sshd=yes
  while (($#)); do
    case $1 in
      --no-ums-id) with_ums_id=no ;;
      --no-sshd) with_sshd=no ;;
      --store | --key | --ums-id-of | --sudo | --login-of)
        (($# > 1)) || die "$1 needs a value" 2
        case $1 in
          --store) store=$2 ;;
          --key) key=$2 ;;
          --ums-id-of) ums_id_of=$2 ;;
          --sudo) sudo_way=$2 ;;
          --login-of) login_of=$2 ;;
        esac
        shift
        ;;
      *) die "no such option: $1" 2 ;;
    esac
    shift
  done
  [[ $store =~ ^(umsadmin-cli|file)$ ]] || die "--store is umsadmin-cli or file" 2
}

# pem_of FOLDER: certificate and key of the UMS ID of another sandbox
pem_of() {
  if [[ -e $1/data/ums-id.pem ]]; then
    cat "$1/data/ums-id.pem"
  else
    openssl pkcs12 -in "$1/data/ums-id.p12" -passin "file:$1/ums-id-password" -nodes
  fi
}

make_ums_id() {
  local data=$sandbox/data
  (umask 077 && random_word 12 >"$sandbox/ums-id-password")
  [[ $with_ums_id == yes ]] || return 0
  if [[ -n $ums_id_of ]]; then
    pem_of "$ums_id_of" >"$data/ums-id.pem"
  else
    new_ums_id "$key" "$data/key.pem" "$data/certificate.pem"
    cat "$data/certificate.pem" "$data/key.pem" >"$data/ums-id.pem"
    rm "$data/key.pem" "$data/certificate.pem"
  fi
  fingerprint=$(openssl x509 -in "$data/ums-id.pem" -noout -fingerprint -sha256)
  fingerprint=${fingerprint#*=}
  if [[ $store == file ]]; then
    openssl pkcs12 -export -in "$data/ums-id.pem" -name ums-id -passout "file:$sandbox/ums-id-password" -out "$data/ums-id.p12"
    rm "$data/ums-id.pem"
  fi
}

make_web_certificate() {
  new_root ec:P-256 "UMS Web Server" "$sandbox/data/web-key.pem" "$sandbox/data/web-certificate.pem"
  cat "$sandbox"/data/web-{certificate,key}.pem >"$sandbox/data/web.pem"
  rm "$sandbox"/data/web-{certificate,key}.pem
}

install_programs() {
  install -m 755 "$here/service.sh" "$sandbox/restart-server"
  install -m 755 "$here/ums_web_server" "$sandbox/bin/ums-web-server"
  [[ $store == umsadmin-cli ]] || return 0
  install -m 755 "$here/umsadmin-cli" "$sandbox/bin/umsadmin-cli"
  install -m 644 "$here/certificates.sh" "$sandbox/bin/certificates.sh"
  [[ $key == rsa:4096 ]] || echo "$key" >"$sandbox/control/key"
}

start_server() {
  local tries
  printf '%s\0' "$sandbox/bin/ums-web-server" >"$sandbox/service/command"
  : >"$sandbox/service/user"
  for tries in 1 2 3 4 5; do
    web_port=$(free_port)
    echo "$web_port" >"$sandbox/service/port"
    : >"$sandbox/service/log"
    "$sandbox/restart-server"
    if wait_until_served "$web_port"; then return; fi
    grep -qi 'address already in use' "$sandbox/service/log" || break
    echo "port $web_port was taken by somebody else (try $tries)" >&2
  done
  cat "$sandbox/service/log" >&2
  die "the server of $sandbox did not start (its log is above)"
}

write_env() {
  local cli=$sandbox/bin/umsadmin-cli ums_id_path='' restart_command=''
  if [[ $store == file ]]; then
    cli='' ums_id_path=$sandbox/data/ums-id.p12 restart_command=$sandbox/restart-server
  fi
  cat >"$sandbox/env" <<ENV
SANDBOX=$sandbox
HOST=127.0.0.1
WEB_PORT=$web_port
STORE=$store
UMSADMIN_CLI=$cli
STATE_PATH=$sandbox/state
UMS_ID_PATH=$ums_id_path
UMS_ID_PASSWORD_FILE=$sandbox/ums-id-password
RESTART_COMMAND=$restart_command
FINGERPRINT=$fingerprint
CONTROL=$sandbox/control
SERVER_LOG=$sandbox/service/log
ENV
  [[ $with_sshd == no ]] || ssh_env >>"$sandbox/env"
}

start() {
  begin_sandbox
  mkdir -p "$sandbox"/{bin,control,service}
  mkdir -m 700 "$sandbox/data"
  chmod 755 "$sandbox"
  fingerprint=''
  install_programs
  make_ums_id
  make_web_certificate
  start_server
  if [[ $with_sshd == yes ]]; then
    if [[ -n $login_of ]]; then start_ssh_of "$login_of"; else start_ssh "umsadm-t-$(random_word 4)" "$sudo_way"; fi
  fi
  write_env
}

stop() {
  [[ -d $sandbox/service ]] || die "there is no sandbox in $sandbox"
  [[ ! -e $sandbox/service/command ]] || "$sandbox/restart-server" stop
  [[ ! -d $sandbox/ssh ]] || sshd_stop "$sandbox/ssh"
  remove_users "$sandbox/ssh/user"
  rm -f "$sandbox/env"
}

(($# >= 2)) || usage
verb=$1
sandbox=$(realpath -m "$2")
shift 2
case $verb in
  start)
    read_options "$@"
    start
    ;;
  stop) stop ;;
  *) usage ;;
esac
