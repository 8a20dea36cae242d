#!/usr/bin/env bash
# Many gateways on this machine, for tests of a rollout: for each the folders of an ICG, a certificate and a keystore of its
# own, a TLS port, and an SSH server with a port and a host key of its own. One Java process serves all of them, and restarts
# one when its restart command says so; one user logs in everywhere. Everything is on 127.0.0.1.
#
#   fleet.sh start FOLDER [option...]      makes it, starts it, writes FOLDER/gateways.tsv and FOLDER/env
#   fleet.sh stop FOLDER                   stops its processes by their ids and removes its users; FOLDER stays
#   fleet.sh change-host-key FOLDER NAME   as if the machine had been installed anew
#   fleet.sh small-disk FOLDER NAME        its keystore stands on a disk of 512 KiB from now on (needs root)
#
#   --count N                     how many                                                   (3)
#   --store-type JKS|PKCS12       of keystore.jks                                            (JKS)
#   --key rsa:BITS|ec:CURVE       of the root, and of the one key that all gateways have     (ec:P-256)
#   --days N                      how long the present certificates are valid                (12)
#   --sudo password|nopasswd      how the SSH user becomes root                              (password)
#
# FOLDER/gateways.tsv has a line for each: name, SSH port, TLS port, SHA-256 of the host key, install path, restart command.
# Their certificates are FOLDER/gateways/NAME/leaf.pem, with the name "ICG NAME". FOLDER/gateways/NAME/control misbehaves on
# demand: see java/FleetServer.java and java/Icg.java. Needs root to log in with a password and sudo; otherwise everything
# belongs to the present user, who logs in with a key.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=certificates.sh
source "$here/certificates.sh"
# shellcheck source=java_server.sh
source "$here/java_server.sh"
# shellcheck source=sshd.sh
source "$here/sshd.sh"
# shellcheck source=machine.sh
source "$here/machine.sh"
# shellcheck source=gateway_install.sh
source "$here/gateway_install.sh"
# shellcheck source=fleet_sshd.sh
source "$here/fleet_sshd.sh"

alias=icg
cert_hosts='127.0.0.1;localhost;icg.example.com'

read_options() {
  count=3 store_type=JKS key=ec:P-256 days=12 sudo_way=password
  while (($#)); do
    (($# > 1)) || die "$1 needs a value" 2
    case $1 in
      --count) count=$2 ;;
      --store-type) store_type=$2 ;;
      --key) key=$2 ;;
      --days) days=$2 ;;
      --sudo) sudo_way=$2 ;;
      *) die "no such option: $1" 2 ;;
    esac
    shift 2
  done
  [[ $count =~ ^[1-9][0-9]{0,2}$ ]] || die "--count is a number from 1 to 999" 2
  [[ $store_type =~ ^(JKS|PKCS12)$ ]] || die "--store-type is JKS or PKCS12" 2
}

# make_folders: sets names and folders (of the gateways)
make_folders() {
  local number
  names=() folders=()
  for ((number = 1; number <= count; number++)); do
    printf -v "names[number - 1]" 'gw%03d' "$number"
    folders+=("$sandbox/gateways/${names[number - 1]}")
  done
  mkdir -p "$sandbox"/{ca,service} "${folders[@]/%//control}" "${folders[@]/%//ssh}" \
    "${folders[@]/%//install/usg/keys}" "${folders[@]/%//install/usg/conf}"
  chmod 755 "$sandbox"
  install -m 755 "$here/service.sh" "$sandbox/fleet-server"
  install -m 755 "$here/restart_of_fleet.sh" "$sandbox/restart-gateway"
}

# One key for all leaves: to make another for each would take longer than everything else.
make_certificates() {
  local ca=$sandbox/ca number
  new_root "$key" "Sandbox Root" "$ca/root-key.pem" "$ca/root.pem"
  new_root ec:P-256 "UMS ID" "$ca/ums-key.pem" "$ca/ums.pem"
  new_key "$key" "$ca/leaf-key.pem"
  openssl pkey -in "$ca/leaf-key.pem" -pubout -out "$ca/leaf-public.pem"
  leaf_extensions "$key" "$cert_hosts" >"$ca/leaf.ext"
  for ((number = 0; number < count; number++)); do
    openssl x509 -new -subj "/CN=ICG ${names[number]}/O=Sandbox/L=Bremen/C=DE" -force_pubkey "$ca/leaf-public.pem" \
      -CA "$ca/root.pem" -CAkey "$ca/root-key.pem" -sha512 -days "$days" -set_serial "$((1000000 + number))" \
      -extfile "$ca/leaf.ext" -out "${folders[number]}/leaf.pem"
  done
}

make_keystores() {
  local folder ca=$sandbox/ca
  for folder in "${folders[@]}"; do echo "$folder/leaf.pem $folder/install/usg/keys/keystore.jks"; done |
    STORE=$store_password java "${java_options[@]}" -cp "$sandbox/service/classes" FleetKeystores "$store_type" "$alias" \
      "$ca/leaf-key.pem" "$ca/root.pem" "$ca/ums.pem"
  rm "$ca/leaf-key.pem" "$ca/ums-key.pem"
}

# wait_for_server: until all gateways listen
wait_for_server() {
  local tries
  for ((tries = 0; tries < 1200; tries++)); do
    [[ ! -e $sandbox/service/port ]] || return 0
    is_ours "$(<"$sandbox/service/pid")" || return 1
    sleep 0.05
  done
  return 1
}

# start_servers: those of Java and of OpenSSH; again with other ports when somebody was faster with one
start_servers() {
  local tries number
  java_fleet_command "$sandbox"
  printf '%s\0' "${server_command[@]}" >"$sandbox/service/command"
  for tries in 1 2 3; do
    mapfile -t ports < <(free_ports $((2 * count)))
    for ((number = 0; number < count; number++)); do
      write_config "${folders[number]}/install" "${ports[count + number]}"
    done
    give_to_service_user "${folders[@]/%//install}"
    [[ -z $service_user ]] || chown -R "$service_user:$service_user" "$sandbox/service"
    "$sandbox/fleet-server" start
    for ((number = 0; number < count; number++)); do
      fleet_sshd_launch "${folders[number]}/ssh" "${ports[number]}"
    done
    if fleet_sshd_wait "${folders[@]/%//ssh}" && wait_for_server; then return; fi
    tail -n 20 "$sandbox/service/log" >&2
    echo "not all servers of $sandbox started (try $tries)" >&2
    fleet_sshd_stop "${folders[@]/%//ssh}"
    "$sandbox/fleet-server" stop
    rm -f "$sandbox/service/port"
  done
  die "the servers of $sandbox did not start"
}

write_list() {
  local number fingerprints
  cat "${folders[@]/%//ssh/host_ed25519.pub}" >"$sandbox/ssh/host_keys"
  mapfile -t fingerprints < <(ssh-keygen -lf "$sandbox/ssh/host_keys" | cut -d' ' -f2)
  for ((number = 0; number < count; number++)); do
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "${names[number]}" "${ports[number]}" "${ports[count + number]}" \
      "${fingerprints[number]}" "${folders[number]}/install" "$sandbox/restart-gateway ${names[number]}"
  done >"$sandbox/gateways.tsv"
}

write_env() {
  cat >"$sandbox/env" <<ENV
FLEET=$sandbox
SSH_HOST=127.0.0.1
SSH_USER=$ssh_user
SSH_KEY=$sandbox/ssh/id_ed25519
SSH_PASSWORD_FILE=$sandbox/ssh/password
ENV
  install_env >>"$sandbox/env"
}

start() {
  begin_sandbox
  make_folders
  id=$(random_word 4)
  make_service_user
  store_password=$(random_word 12)
  key_password=$store_password
  java_classes "$sandbox"
  make_certificates
  make_keystores
  make_login "umsadm-t-$id" "$sudo_way"
  fleet_sshd_configure
  local folder
  for folder in "${folders[@]/%//ssh}"; do fleet_host_key "$folder"; done
  start_servers
  write_list
  write_env
}

stop() {
  [[ -d $sandbox/service ]] || die "there is no fleet in $sandbox"
  local keys
  fleet_sshd_stop "$sandbox"/gateways/*/ssh
  [[ ! -e $sandbox/fleet-server ]] || "$sandbox/fleet-server" stop
  for keys in "$sandbox"/gateways/*/install/usg/keys; do
    if mountpoint -q "$keys"; then umount "$keys"; fi
  done
  remove_users "$sandbox/service/user" "$sandbox/ssh/user"
  rm -f "$sandbox/env"
}

# gateway_folder NAME: sets folder
gateway_folder() {
  folder=$sandbox/gateways/$1
  [[ -e $sandbox/env && -d $folder ]] || die "there is no gateway $1 in $sandbox"
}

change_host_key() {
  local port
  gateway_folder "$1"
  port=$(<"$folder/ssh/port")
  sshd=$(sshd_program)
  fleet_sshd_stop "$folder/ssh"
  rm "$folder"/ssh/host_ed25519*
  fleet_host_key "$folder/ssh"
  fleet_sshd_launch "$folder/ssh" "$port"
  fleet_sshd_wait "$folder/ssh"
}

small_disk() {
  local keys
  gateway_folder "$1"
  keys=$folder/install/usg/keys
  cp -p "$keys/keystore.jks" "$folder/keystore.moved"
  mount -t tmpfs -o "size=512k,mode=750,uid=$(stat -c %u "$keys"),gid=$(stat -c %g "$keys")" none "$keys"
  cp -p "$folder/keystore.moved" "$keys/keystore.jks"
  rm "$folder/keystore.moved"
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
  change-host-key) change_host_key "${1:?}" ;;
  small-disk) small_disk "${1:?}" ;;
  *) usage ;;
esac
