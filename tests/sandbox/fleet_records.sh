# Makes the gateways of a fleet known to a site. Sourced by scenarios and scripts/bench.
# shellcheck shell=bash disable=SC2154

# add_fleet UMSADM FLEET [OPTION...]: all of them, with their host keys trusted, in the site that umsadm takes by itself
# ($UMSADM_SITE).
add_fleet() {
  local program=$1 name ssh_port tls_port host_key install_path restart_command
  # shellcheck source=/dev/null
  source "$2/env"
  while IFS=$'\t' read -r name ssh_port tls_port host_key install_path restart_command; do
    "$program" --quiet gateway add "$name" --host "$TLS_HOST" --port "$tls_port" --ssh-port "$ssh_port" \
      --ssh-user "$SSH_USER" --ssh-key "$SSH_KEY" --sudo-password "file:$SSH_PASSWORD_FILE" --host-key "$host_key" \
      --install-path "$install_path" --restart-command "$restart_command" "${@:3}" </dev/null
  done <"$2/gateways.tsv"
}

# import_fleet UMSADM FLEET: the root with its key, and the present certificates, which have the names "ICG NAME"
import_fleet() {
  "$1" --quiet cert import "$2"/ca/root.pem "$2"/ca/root-key.pem "$2"/gateways/*/leaf.pem
}
