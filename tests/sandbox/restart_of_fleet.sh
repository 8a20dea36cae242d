#!/usr/bin/env bash
# The service manager of a fleet: fleet.sh copies it to FLEET/restart-gateway. It asks the one process that is all gateways
# (java/FleetServer.java) to restart one of them, and says what that answers.
#
#   restart-gateway NAME
set -euo pipefail

fleet=${BASH_SOURCE[0]%/*}
exec 3<>"/dev/tcp/127.0.0.1/$(<"$fleet/service/port")"
echo "restart $1" >&3
read -r answer <&3
[[ $answer == ok ]] || {
  echo "$answer" >&2
  exit 1
}
