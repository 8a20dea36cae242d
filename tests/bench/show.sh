# The part "show" of scripts/bench: "id show" over many UMS Servers. Its words are those of scripts/bench.
# shellcheck shell=bash disable=SC2154

# All of them have the login of the first one, which is stopped last.
stop_servers() {
  local number
  for ((number = servers; number >= 1; number--)); do
    [[ ! -e $work/ums$number/env ]] || "$root/tests/sandbox/ums_server.sh" stop "$work/ums$number" || true
  done
}

# start_servers SITE: the servers, and a site that knows them
start_servers() {
  local number login=()
  "$umsadm" --site "$1" --quiet init
  for ((number = 1; number <= servers; number++)); do
    ((number == 1)) || login=(--login-of "$work/ums1" --ums-id-of "$work/ums1")
    "$root/tests/sandbox/ums_server.sh" start "$work/ums$number" "${login[@]}"
    # shellcheck source=/dev/null
    source "$work/ums$number/env"
    "$umsadm" --site "$1" --quiet server add "ums$number" --host "$HOST" --web-port "$WEB_PORT" --ssh-port "$SSH_PORT" \
      --ssh-user "$SSH_USER" --ssh-key "$SSH_KEY" --sudo-password "file:$SSH_PASSWORD_FILE" --host-key "$HOST_KEY" \
      --umsadmin-cli "$UMSADMIN_CLI" --state-path "$STATE_PATH"
    printf '[127.0.0.1]:%s %s\n' "$SSH_PORT" "$(cut -d' ' -f1,2 "$work/ums$number/ssh/host_ed25519.pub")" >>"$work/known_hosts"
  done
}

cpu_ticks() { # PROCESS: of its own, and of its children that have ended
  sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 + $14 + $15 }'
}

# The CPU time in milliseconds that the SSH servers have used up to now, with all that they started and that has ended.
# What a session left to itself has ended as a child of the orphanage, our parent.
sshd_cpu() {
  local number sum
  sum=$(sed 's/.*) //' "/proc/$PPID/stat" | awk '{ print $14 + $15 }')
  for ((number = 1; number <= servers; number++)); do
    sum=$((sum + $(cpu_ticks "$(cat "$work/ums$number/ssh/pid")")))
  done
  echo $((sum * 1000 / $(getconf CLK_TCK)))
}

no_session() {
  local number
  for ((number = 1; number <= servers; number++)); do
    [[ -z $(pgrep -P "$(cat "$work/ums$number/ssh/pid")") ]] || return 1
  done
  # Nobody but those servers and their web servers is left in the orphanage: no umsadmin-cli that still works.
  [[ $(pgrep -c -P "$PPID") -eq $((2 * servers + 1)) ]]
}

shell_show() {
  local number
  for ((number = 1; number <= servers; number++)); do
    # shellcheck source=/dev/null
    source "$work/ums$number/env"
    ssh -F none -i "$SSH_KEY" -p "$SSH_PORT" -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=yes \
      -o "UserKnownHostsFile=$work/known_hosts" "$SSH_USER@$HOST" \
      "sudo -k -S -p '' $UMSADMIN_CLI --machine-readable licensing list" <"$SSH_PASSWORD_FILE"
  done
}

bench_show() {
  if ((EUID != 0)); then
    echo "show: skipped: needs root, for an SSH login with sudo"
    return
  fi
  echo "id show over $servers UMS Servers on this machine ($(nproc) cores)"
  local site=$work/site-show before bound
  start_servers "$site"
  # The site knows the Main UMS ID from then on; without its key where the backup is in a format of its own.
  "$umsadm" --site "$site" --quiet id adopt ums1 >/dev/null 2>&1 || true
  "$umsadm" --site "$work/site-one" --quiet init
  cp "$site/servers/ums1.json" "$work/site-one/servers"
  cp -r "$site/ums-id" "$site/site.json" "$work/site-one"
  for _ in $(seq "$runs"); do
    measure "$work/show.one" "$umsadm" --site "$work/site-one" --json id show --check
    until no_session; do sleep 0.05; done
    before=$(sshd_cpu)
    measure "$work/show.ours" "$umsadm" --site "$site" --json id show --check
    until no_session; do sleep 0.05; done
    echo "$(($(sshd_cpu) - before))" >>"$work/show.cpu"
  done
  measure "$work/show.theirs" shell_show
  bound=$(awk -v one="$(median "$work/show.one" 1)" -v cpu="$(median "$work/show.cpu" 1)" -v cores="$(nproc)" \
    'BEGIN { shared = cpu / cores; print (one > shared ? one : shared) }')
  row '' umsadm 'ssh loop'
  row 'wall ms' "$(median "$work/show.ours" 1)" "$(median "$work/show.theirs" 1)"
  row 'client CPU ms' "$(median "$work/show.ours" 2)" "$(median "$work/show.theirs" 2)"
  row 'wall: times less' "$(ratio "$(median "$work/show.theirs" 1)" "$(median "$work/show.ours" 1)")" 1
  row 'wall ms with one server' "$(median "$work/show.one" 1)" ''
  row "CPU ms of the SSH servers, by $(nproc) cores" "$(ratio "$(median "$work/show.cpu" 1)" "$(nproc)")" ''
  row 'wall: times the larger of both (at most 1.5)' "$(ratio "$(median "$work/show.ours" 1)" "$bound")" ''
  stop_servers
  echo
}
