#!/usr/bin/env bash
# A gateway on this machine, for tests and demonstrations: the folders of an ICG, a keystore made by keytool, a real Java
# TLS server that loads it at start, and an SSH server to reach it all. Everything is on 127.0.0.1.
#
#   gateway.sh start FOLDER [option...]    makes it, starts it, writes FOLDER/env (NAME=VALUE lines)
#   gateway.sh stop FOLDER                 stops its processes by their ids and removes its users; FOLDER stays
#
#   --server java|tomcat          java: tests/sandbox/java/GatewayServer.java, tomcat: Debian's Tomcat 10
#   --store-type JKS|PKCS12       of keystore.jks                                            (JKS)
#   --key rsa:BITS|ec:CURVE       of root and certificate                                    (rsa:2048)
#   --alias NAME                  of the key entry                                           (icg)
#   --hosts "a;b"                 names of the present certificate                           (127.0.0.1;localhost;icg.example.com)
#   --days N                      how long the present certificate is valid                  (12)
#   --separate-key-password       the key entry has a password of its own (JKS)
#   --root-of FOLDER              has the root of another sandbox
#   --sudo password|nopasswd      how the SSH user becomes root                              (password)
#   --no-sshd                     without SSH server
#
# As root, the server runs as a user of its own, and the SSH login is a temporary user with a password and sudo. Otherwise
# everything belongs to the present user, who logs in with a key. FOLDER/control misbehaves on demand: see
# java/GatewayServer.java and service.sh. Any number of sandboxes can run side by side.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=certificates.sh
source "$here/certificates.sh"
# shellcheck source=java_server.sh
source "$here/java_server.sh"
# shellcheck source=tomcat.sh
source "$here/tomcat.sh"
# shellcheck source=sshd.sh
source "$here/sshd.sh"
# shellcheck source=machine.sh
source "$here/machine.sh"
# shellcheck source=gateway_install.sh
source "$here/gateway_install.sh"

read_options() {
  server=java store_type=JKS key=rsa:2048 alias=icg cert_hosts='127.0.0.1;localhost;icg.example.com' days=12
  separate_key_password=no root_of='' sudo_way=password with_sshd=yes
  while (($#)); do
    case $1 in
      --separate-key-password) separate_key_password=yes ;;
      --no-sshd) with_sshd=no ;;
      --server | --store-type | --key | --alias | --hosts | --days | --root-of | --sudo)
        (($# > 1)) || die "$1 needs a value" 2
        case $1 in
          --server) server=$2 ;;
          --store-type) store_type=$2 ;;
          --key) key=$2 ;;
          --alias) alias=$2 ;;
          --hosts) cert_hosts=$2 ;;
          --days) days=$2 ;;
          --root-of) root_of=$2 ;;
          --sudo) sudo_way=$2 ;;
        esac
        shift
        ;;
      *) die "no such option: $1" 2 ;;
    esac
    shift
  done
  [[ $server =~ ^(java|tomcat)$ ]] || die "--server is java or tomcat" 2
  [[ $store_type =~ ^(JKS|PKCS12)$ ]] || die "--store-type is JKS or PKCS12" 2
  [[ $store_type == JKS || $separate_key_password == no ]] || die "in PKCS#12 the key has the password of the store" 2
}

make_certificates() {
  local ca=$sandbox/ca
  if [[ -n $root_of ]]; then
    cp "$root_of"/ca/root.pem "$root_of"/ca/root-key.pem "$ca"
  else
    new_root "$key" "Sandbox Root" "$ca/root-key.pem" "$ca/root.pem"
  fi
  new_leaf "$key" "ICG Sandbox" "$cert_hosts" "$days" "$ca/root-key.pem" "$ca/root.pem" "$ca/leaf-key.pem" "$ca/leaf.pem"
  # A UMS that the gateway trusts; its key is of no use to anybody.
  new_root ec:P-256 "UMS ID" "$ca/ums-key.pem" "$ca/ums.pem"
  rm "$ca/ums-key.pem"
}

make_keystore() {
  local store=$sandbox/install/usg/keys/keystore.jks ca=$sandbox/ca
  new_keystore "$store_type" "$store" "$alias" "$store_password" "$key_password" "$ca/leaf-key.pem" "$ca/leaf.pem" \
    "$ca/root.pem"
  add_trusted "$store" icg-root "$store_password" "$ca/root.pem"
  add_trusted "$store" ums "$store_password" "$ca/ums.pem"
  rm "$ca/leaf-key.pem"
}

start_server() {
  local tries
  for tries in 1 2 3 4 5; do
    tls_port=$(free_port)
    write_config "$sandbox/install" "$tls_port"
    server_command=()
    case $server in
      java) java_server_command "$sandbox" ;;
      tomcat) tomcat_command "$sandbox" "$tls_port" "$alias" "$store_password" "$key_password" ;;
    esac
    printf '%s\0' "${server_command[@]}" >"$sandbox/service/command"
    give_to_service_user "$sandbox/install"
    [[ -z $service_user || ! -e $sandbox/tomcat ]] || chown -R "$service_user:$service_user" "$sandbox/tomcat"
    "$sandbox/restart-gateway"
    if wait_until_served "$tls_port"; then return; fi
    grep -q 'Address already in use' "$sandbox/service/log" || break
    echo "port $tls_port was taken by somebody else (try $tries)" >&2
  done
  cat "$sandbox/service/log" >&2
  die "the server of $sandbox did not start (its log is above)"
}

write_env() {
  cat >"$sandbox/env" <<ENV
SANDBOX=$sandbox
INSTALL_PATH=$sandbox/install
KEYSTORE=$sandbox/install/usg/keys/keystore.jks
TLS_PORT=$tls_port
LEAF_PEM=$sandbox/ca/leaf.pem
CONTROL=$sandbox/control
RESTART_COMMAND=$sandbox/restart-gateway
ENV
  install_env >>"$sandbox/env"
  [[ $with_sshd == yes ]] || return 0
  ssh_env >>"$sandbox/env"
}

start() {
  begin_sandbox
  mkdir -p "$sandbox"/{ca,control,service,install/usg/{keys,conf}}
  chmod 755 "$sandbox"
  install -m 755 "$here/service.sh" "$sandbox/restart-gateway"
  id=$(random_word 4)
  make_service_user
  store_password=$(random_word 12)
  key_password=$store_password
  [[ $separate_key_password == no ]] || key_password=$(random_word 12)
  make_certificates
  make_keystore
  start_server
  [[ $with_sshd == no ]] || start_ssh "umsadm-t-$id" "$sudo_way"
  write_env
}

stop() {
  [[ -d $sandbox/service ]] || die "there is no sandbox in $sandbox"
  [[ ! -e $sandbox/restart-gateway ]] || "$sandbox/restart-gateway" stop
  [[ ! -d $sandbox/ssh ]] || sshd_stop "$sandbox/ssh"
  remove_users "$sandbox/service/user" "$sandbox/ssh/user"
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
