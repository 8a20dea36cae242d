# What is installed on a gateway, by the vendor's names: its service user, its configuration, and who may read what. Sourced
# by gateway.sh and fleet.sh after machine.sh.
# shellcheck shell=bash disable=SC2154

# make_service_user: as root a user of its own, else nobody; sets service_user
make_service_user() {
  service_user=''
  if ((EUID == 0)); then
    service_user=umsadm-t-gw-$id
    retry useradd --system --no-create-home --shell /usr/sbin/nologin "$service_user"
    setpriv "--reuid=$service_user" "--regid=$service_user" --clear-groups -- test -x "$sandbox" ||
      die "other users cannot enter $sandbox: choose a folder whose parents are open to them"
  fi
  echo "$service_user" >"$sandbox/service/user"
}

write_config() { # INSTALL-PATH PORT
  local store=$1/usg/keys/keystore.jks
  cat >"$1/usg/conf/application-prod.yml" <<YAML
server:
  port: $2
  address: 127.0.0.1
  ssl:
    enabled: true
    key-store: $store
    key-store-password: $store_password
    key-password: $key_password
    key-alias: $alias
    trust-store: $store
    trust-store-password: $store_password
client:
  auth:
    activated: true
YAML
}

# give_to_service_user INSTALL-PATH...
give_to_service_user() {
  chmod 750 "${@/%//usg/keys}" "${@/%//usg/conf}"
  chmod 640 "${@/%//usg/keys/keystore.jks}" "${@/%//usg/conf/application-prod.yml}"
  [[ -z $service_user ]] || chown -R "$service_user:$service_user" "$@"
}

# The lines of SANDBOX/env about what every gateway of it has. HOSTS is quoted, because it holds ";": the file can be sourced.
install_env() {
  cat <<ENV
STORE_TYPE=$store_type
STORE_PASSWORD=$store_password
KEY_PASSWORD=$key_password
ALIAS=$alias
TLS_HOST=127.0.0.1
HOSTS='$cert_hosts'
ROOT_PEM=$sandbox/ca/root.pem
ROOT_KEY_PEM=$sandbox/ca/root-key.pem
SERVICE_USER=$service_user
SERVER_LOG=$sandbox/service/log
ENV
}
