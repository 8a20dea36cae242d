# An SSH server for each gateway of a fleet, with a port and a host key of its own. Sourced by fleet.sh. sshd.sh starts one
# with every kind of host key and waits until it answers; here all are started at once from one configuration.
# shellcheck shell=bash disable=SC2154

# fleet_sshd_configure: before any is started
fleet_sshd_configure() {
  if ((EUID == 0)); then mkdir -p /run/sshd; fi # where it locks itself in
  touch "$sandbox/ssh/authorized_keys"
  sshd_write_config "$sandbox/ssh" 'HostKey /nonexistent' 'LogLevel INFO'
  sed -i '/^HostKey /d' "$sandbox/ssh/sshd_config"
  sshd=$(sshd_program)
}

fleet_host_key() { ssh-keygen -q -t ed25519 -N '' -C sandbox -f "$1/host_ed25519"; } # FOLDER

# fleet_sshd_launch FOLDER PORT: returns at once
fleet_sshd_launch() {
  "$sshd" -D -f "$sandbox/ssh/sshd_config" -h "$1/host_ed25519" -p "$2" -E "$1/log" </dev/null >/dev/null 2>&1 &
  echo $! >"$1/pid"
  echo "$2" >"$1/port"
}

# ports_not_listening PORT...: prints those that nobody listens on
ports_not_listening() {
  awk 'FNR == NR { listening[$1]; next } !($1 in listening)' <(ss -tln | awk '{ sub(/.*:/, "", $4); print $4 }') \
    <(printf '%s\n' "$@")
}

# fleet_sshd_wait FOLDER...: until each listens
fleet_sshd_wait() {
  local folder tries ports=()
  for folder; do ports+=("$(<"$folder/port")"); done
  for ((tries = 0; tries < 300; tries++)); do
    [[ -n $(ports_not_listening "${ports[@]}") ]] || break
    sleep 0.1
  done
  ((tries < 300)) || return 1
  # A port that listens may be somebody else's, who was faster: then ours has ended.
  for folder; do
    if ! is_ours "$(<"$folder/pid")"; then
      cat "$folder/log" >&2
      return 1
    fi
  done
}

# is_ours PID: the number may belong to a stranger by now; each of our processes names the fleet in its arguments
is_ours() { [[ -r /proc/$1/cmdline ]] && tr '\0' '\n' 2>/dev/null <"/proc/$1/cmdline" | grep -qF -- "$sandbox/"; }

# fleet_sshd_stop FOLDER...: those that listen end, and their ports are free afterwards; sessions end with their connections
fleet_sshd_stop() {
  local folder pid pids=() tries
  for folder; do
    pid=$(cat "$folder/pid" 2>/dev/null) || continue
    rm -f "$folder/pid"
    if is_ours "$pid"; then pids+=("$pid"); fi
  done
  ((${#pids[@]})) || return 0
  kill "${pids[@]}" 2>/dev/null || true
  for pid in "${pids[@]}"; do
    for ((tries = 0; tries < 200; tries++)); do
      is_ours "$pid" || break
      sleep 0.02
    done
  done
}
