#!/usr/bin/env bash
# The service manager of a sandbox, in the place of systemd. gateway.sh copies it to SANDBOX/restart-gateway, ums_server.sh
# to SANDBOX/restart-server.
#
#   restart-...                stops the server by its process id, starts it again and returns at once, as systemctl does
#   restart-... start          starts it when it does not run
#   restart-... stop           only stops it
#
# Files in SANDBOX/control make it misbehave: restart-fails (its text is the error message), restart-delay (seconds).
set -euo pipefail

sandbox=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
service=$sandbox/service # command (NUL-separated), user (may be empty), log, pid
control=$sandbox/control

# A process id may have been given to a stranger since: ours names the sandbox in its arguments.
is_running() {
  local pid=$1
  [[ -n $pid && -r /proc/$pid/cmdline ]] && tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- "$sandbox/"
}

stop_server() {
  local pid tries
  pid=$(cat "$service/pid" 2>/dev/null || true)
  for ((tries = 0; tries < 500; tries++)); do
    is_running "$pid" || break
    if ((tries == 0)); then kill "$pid" 2>/dev/null || true; fi
    if ((tries == 400)); then kill -KILL "$pid" 2>/dev/null || true; fi
    sleep 0.02
  done
  rm -f "$service/pid"
}

# In a session of its own and without any descriptor of the caller: an SSH connection ends when the last one is closed.
start_server() {
  local command user
  mapfile -d '' -t command <"$service/command"
  user=$(cat "$service/user")
  [[ -z $user ]] || command=(setpriv "--reuid=$user" "--regid=$user" --clear-groups -- "${command[@]}")
  (
    cd /
    exec </dev/null >>"$service/log" 2>&1
    for descriptor in /proc/self/fd/*; do
      descriptor=${descriptor##*/}
      if ((descriptor > 2)); then eval "exec $descriptor>&-"; fi
    done
    exec setsid "${command[@]}"
  ) &
  echo $! >"$service/pid"
}

exec {lock}>"$service/lock"
flock "$lock"
case ${1:-restart} in
  restart)
    if [[ -e $control/restart-fails ]]; then
      cat "$control/restart-fails" >&2
      exit 1
    fi
    [[ ! -e $control/restart-delay ]] || sleep "$(cat "$control/restart-delay")"
    stop_server
    start_server
    ;;
  start) is_running "$(cat "$service/pid" 2>/dev/null || true)" || start_server ;;
  stop) stop_server ;;
  *)
    echo "usage: $(basename "$0") [restart|start|stop]" >&2
    exit 2
    ;;
esac
