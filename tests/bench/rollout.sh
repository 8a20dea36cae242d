# The part "rollout" of scripts/bench: the same renewal of many gateways with umsadm, with scp and ssh, and with Ansible. Its
# words are those of scripts/bench. Keys, certificates and keystores are made beforehand and not counted.
# shellcheck shell=bash disable=SC2154
# shellcheck source-path=SCRIPTDIR

# shellcheck source=../sandbox/fleet_records.sh
source "$root/tests/sandbox/fleet_records.sh"

rollout_counts=${ROLLOUT:-20 100 200}
rollout_sides=${SIDES:-umsadm shell shell_mux ansible}
rollout_jobs=${JOBS:-16}
rollout_trip=${TRIP:-50} # milliseconds of a round trip, in the runs with delay
fleet=$work/fleet

stop_fleet() {
  [[ ! -e $fleet/env ]] || "$root/tests/sandbox/fleet.sh" stop "$fleet" || true
  rm -rf "$fleet"
}

# start_fleet COUNT KIND: the gateways, and a site that knows them and what they use
start_fleet() {
  "$root/tests/sandbox/fleet.sh" start "$fleet" --count "$1" --key "$2"
  # shellcheck source=/dev/null
  source "$fleet/env"
  export UMSADM_SITE=$work/fleet-site
  rm -rf "$UMSADM_SITE"
  "$umsadm" --quiet init
  import_fleet "$umsadm" "$fleet"
  add_fleet "$umsadm" "$fleet"
  mapfile -t fleet_names < <(cut -f1 "$fleet/gateways.tsv")
  printf '%s\n' "$STORE_PASSWORD" >"$work/store-password"
  chmod 600 "$work/store-password"
  cut -f1-3 "$fleet/gateways.tsv" >"$work/direct"
}

# through FILE: the ports by which the gateways are reached from now on (NAME SSH-PORT TLS-PORT), for all sides
through() {
  local name ssh_port tls_port
  cp "$1" "$work/reached"
  : >"$work/known_hosts"
  while read -r name ssh_port tls_port; do
    "$umsadm" --quiet gateway edit "$name" --ssh-port "$ssh_port" --port "$tls_port" </dev/null
    printf '[127.0.0.1]:%s %s\n' "$ssh_port" "$(cut -d' ' -f1,2 "$fleet/gateways/$name/ssh/host_ed25519.pub")" >>"$work/known_hosts"
  done <"$1"
}

start_delay() {
  local count
  count=$(wc -l <"$work/direct")
  (
    # shellcheck source=../sandbox/machine.sh
    source "$root/tests/sandbox/machine.sh"
    free_ports $((2 * count))
  ) >"$work/ports"
  paste -d' ' "$work/ports" <(cut -f2 "$work/direct" && cut -f3 "$work/direct") >"$work/proxy.ports"
  paste "$work/direct" <(head -n "$count" "$work/ports") <(tail -n "$count" "$work/ports") | cut -f1,4,5 >"$work/delayed"
  : >"$work/proxy.out"
  "$proxy" --ports "$work/proxy.ports" --delay "$((rollout_trip / 2))" >"$work/proxy.out" &
  echo $! >"$work/proxy.pid"
  until grep -q ready "$work/proxy.out"; do sleep 0.05; done
}

stop_proxy() {
  kill "$(cat "$work/proxy.pid")"
  wait "$(cat "$work/proxy.pid")" 2>/dev/null || true
  : >"$work/proxy.pid"
}

# renew_fleet GATEWAY...: the next generation of their certificates; writes NAME FINGERPRINT of the newest of all into "newest"
renew_fleet() {
  "$umsadm" --quiet cert renew "${@/#/ICG }"
  awk -F'"' '/"name":/ { name = $4 } /"generation":/ { number = $3; gsub(/[^0-9]/, "", number) }
    /"fingerprint_sha256":/ && number + 0 > newest[name] { newest[name] = number + 0; of[name] = $4 }
    END { for (name in of) if (name ~ /^ICG gw/) print substr(name, 5), of[name] }' \
    "$UMSADM_SITE"/certificates/*/record.json | sort >"$work/newest"
}

# What the two others need, a line for each gateway: NAME SSH-PORT TLS-PORT KEYSTORE NEW-KEYSTORE FINGERPRINT RESTART-COMMAND
build_keystores() {
  local name fingerprint
  mkdir -p "$work/new"
  while read -r name fingerprint; do
    "$umsadm" --quiet keystore build "ICG $name" -o "$work/new/$name.jks" --force --store-password "file:$work/store-password" \
      --from "$fleet/gateways/$name/install/usg/keys/keystore.jks" </dev/null
  done <"$work/newest"
  paste -d' ' "$work/reached" "$work/newest" | awk -v fleet="$fleet" -v new="$work/new" \
    '{ print $1, $2, $3, fleet "/gateways/" $1 "/install/usg/keys/keystore.jks", new "/" $1 ".jks", $5,
       "\"" fleet "/restart-gateway " $1 "\"" }' | tr '\t' ' ' >"$work/orders"
}

served_is() { # TLS-PORT FINGERPRINT
  [[ $(openssl s_client -connect "127.0.0.1:$1" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256) == *"=$2" ]]
}

# All gateways (or the one) serve their newest certificates, in the eyes of openssl.
expect_served() {
  local name ssh_port tls_port fingerprint
  while read -r name ssh_port tls_port _ fingerprint; do
    served_is "$tls_port" "$fingerprint" || {
      echo "bench: $name does not serve its new certificate" >&2
      exit 1
    }
  done < <(paste -d' ' "$work/direct" "$work/newest" | tr '\t' ' ')
}

sshds() { cat "$fleet"/gateways/*/ssh/pid | paste -sd,; }

# The CPU time in milliseconds that the SSH servers, and what they started, have used up to now. See show.sh.
fleet_sshd_cpu() {
  local files
  mapfile -t files < <(sed 's|.*|/proc/&/stat|' "$fleet"/gateways/*/ssh/pid)
  awk -v hertz="$(getconf CLK_TCK)" -v orphanage="/proc/$PPID/stat" \
    '{ sub(/.*\) /, ""); sum += $14 + $15; if (FILENAME != orphanage) sum += $12 + $13 } END { print 1000 * sum / hertz }' \
    "/proc/$PPID/stat" "${files[@]}"
}

# That of the gateways themselves.
fleet_java_cpu() {
  awk -v hertz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print 1000 * ($12 + $13) / hertz }' "/proc/$(cat "$fleet/service/pid")/stat"
}

wait_for_sessions() {
  local tries
  for ((tries = 0; tries < 400; tries++)); do
    pgrep -P "$(sshds)" >/dev/null || return 0
    sleep 0.05
  done
  echo "bench: an SSH session does not end" >&2
  exit 1
}

by_umsadm() {
  measured "$1" "$umsadm" --json keystore update --all --jobs "$rollout_jobs"
  [[ $(grep -c '"outcome": "updated"' "$work/out") -eq ${#fleet_names[@]} &&
    $(tail -qn 1 "$UMSADM_SITE"/journal/gateways/*.jsonl | grep -c '"outcome":"updated","verified":true') -eq ${#fleet_names[@]} ]] || {
    echo "bench: umsadm did not record that all of them were updated and verified" >&2
    exit 1
  }
}

# A connection for each call of ssh and scp, and one for all of them.
by_shell() { with_rollout_one "$1" ''; }
by_shell_mux() { with_rollout_one "$1" "$work/cm"; }

with_rollout_one() { # NAME CONTROL-PATH
  mkdir -p "$work/cm"
  export KNOWN_HOSTS=$work/known_hosts CONTROL_PATH=$2 SSH_USER SSH_KEY SSH_PASSWORD_FILE
  measured "$1" xargs -a "$work/orders" -P "$rollout_jobs" -L 1 "$root/tests/bench/rollout_one.sh"
}

by_ansible() {
  mkdir -p "$work/ansible" "$work/cm"
  {
    echo '[gateways]'
    sed -E 's/^(\S+) (\S+) (\S+) (\S+) (\S+) (\S+) (.*)/\1 ansible_port=\2 tls_port=\3 keystore=\4 new_keystore=\5 new_fingerprint=\6 restart_command=\7/' "$work/orders"
    printf '%s\n' '[gateways:vars]' 'ansible_host=127.0.0.1' 'address=127.0.0.1' "ansible_user=$SSH_USER" \
      "ansible_ssh_private_key_file=$SSH_KEY"
  } >"$work/ansible/inventory"
  cat >"$work/ansible/ansible.cfg" <<CONFIG
[defaults]
inventory = $work/ansible/inventory
forks = $rollout_jobs
gathering = explicit
interpreter_python = /usr/bin/python3
host_key_checking = True
retry_files_enabled = False
local_tmp = $work/ansible/tmp
[ssh_connection]
pipelining = True
control_path_dir = $work/cm
ssh_args = -F none -o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=$work/known_hosts -o IdentitiesOnly=yes -o PreferredAuthentications=publickey
CONFIG
  HOME=$work/ansible ANSIBLE_CONFIG=$work/ansible/ansible.cfg measured "$1" ansible-playbook \
    --become-password-file "$SSH_PASSWORD_FILE" "$root/tests/bench/rollout.yml"
}

# measured NAME COMMAND...: runs it, and writes "rollout.NAME": wall, CPU, peak memory, CPU of the SSH servers, CPU of Java
measured() {
  local name=$1 sshd java
  shift
  wait_for_sessions
  sshd=$(fleet_sshd_cpu) java=$(fleet_java_cpu)
  "$client_usage" "$work/usage" "$@" >"$work/out" 2>"$work/err" || {
    tail -n 50 "$work/out" "$work/err" >&2
    echo "bench: failed: $*" >&2
    exit 1
  }
  wait_for_sessions
  awk -v sshd="$sshd" -v sshd_now="$(fleet_sshd_cpu)" -v java="$java" -v java_now="$(fleet_java_cpu)" \
    '{ print $0, sshd_now - sshd, java_now - java }' "$work/usage" >"$work/rollout.$name"
}

got() { cut -d' ' -f"$2" "$work/rollout.$1"; } # NAME COLUMN
per() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", b == 0 ? 0 : a / b }'; }

# renewed_by SIDE NAME
renewed_by() {
  renew_fleet "${fleet_names[@]}"
  if [[ $1 != umsadm ]]; then build_keystores; fi
  "by_$1" "$2"
  expect_served
}

# compare COUNT GOAL-ANSIBLE GOAL-SHELL
compare() {
  local side wall=() cpu=() each=() peak=() sshd=() java=() less=()
  for side in $rollout_sides; do
    renewed_by "$side" "$side"
    wall+=("$(got "$side" 1)") cpu+=("$(got "$side" 2)") peak+=("$(got "$side" 3)") sshd+=("$(got "$side" 4)")
    java+=("$(got "$side" 5)") each+=("$(per "$(got "$side" 2)" "$1")")
    if [[ $side != umsadm ]]; then less+=("$(per "$(got "$side" 1)" "${wall[0]}")"); fi
  done
  # shellcheck disable=SC2086
  row '' $rollout_sides
  row 'wall ms' "${wall[@]}"
  row "wall: times less (goals: $3 shell, $2 Ansible)" 1 "${less[@]}"
  row 'client CPU ms' "${cpu[@]}"
  row 'client CPU ms for each gateway (goal: 10)' "${each[@]}"
  row 'memory of the largest client process, KiB' "${peak[@]}"
  row 'CPU ms of the SSH servers' "${sshd[@]}"
  row 'CPU ms of the gateways' "${java[@]}"
}

# one_gateway NAME: wall and so on of a run with a single gateway
one_gateway() {
  renew_fleet gw001
  measured "$1" "$umsadm" --json keystore update gw001
  expect_served
}

# floor COUNT: how near umsadm came to what cannot be less
floor() {
  local bound
  one_gateway one
  bound=$(awk -v one="$(got one 1)" -v count="$1" -v jobs="$rollout_jobs" -v sshd="$(got umsadm 4)" -v cores="$(nproc)" \
    'BEGIN { turns = int((count + jobs - 1) / jobs) * one; shared = sshd / cores; print (turns > shared ? turns : shared) }')
  row "umsadm: wall ms with one gateway" "$(got one 1)"
  row "umsadm: CPU ms of the SSH servers, by $(nproc) cores" "$(per "$(got umsadm 4)" "$(nproc)")"
  row "umsadm: wall, times the floor (goal with delay: 1.2)" "$(ratio "$(got umsadm 1)" "$bound")"
}

round_trips() {
  local port
  port=$(source "$root/tests/sandbox/machine.sh" && free_ports 1)
  renew_fleet gw001
  # shellcheck disable=SC2034 # start_proxy uses it
  SSH_PORT=$(awk '$1 == "gw001" { print $2 }' "$work/direct")
  start_proxy "$port"
  "$umsadm" --quiet keystore update gw001 --ssh-port "$port"
  stop_proxy
  expect_served
  row 'umsadm: SSH round trips for one gateway' "$(sed -n 's/.*round_trips //p' "$work/proxy.out")"
}

# Each renewal leaves more certificates in the site: the one by one runs are before and after the other.
memory() {
  local jobs=$rollout_jobs rollout_jobs=1
  renewed_by umsadm memory.before
  rollout_jobs=$jobs
  renewed_by umsadm memory.many
  rollout_jobs=1
  renewed_by umsadm memory.after
  row "umsadm: KiB for each of $jobs at a time beyond the first (goal: 256)" \
    "$(per "$(($(got memory.many 3) - ($(got memory.before 3) + $(got memory.after 3)) / 2))" "$((jobs - 1))")"
}

heading() { echo "rollout: $1 gateways, $2, $rollout_jobs at a time, $(nproc) cores$3"; }

bench_rollout() {
  local count
  if ((EUID != 0)); then
    echo "rollout: skipped: needs root, for an SSH login with sudo"
    return
  fi
  [[ $rollout_sides != *ansible* ]] || "$root/scripts/install-packages" bench
  for count in $rollout_counts; do
    start_fleet "$count" ec:P-256
    through "$work/direct"
    heading "$count" 'EC P-256' ''
    compare "$count" 5 3
    floor "$count"
    if [[ $count == "${rollout_counts%% *}" ]]; then
      memory
      round_trips
    fi
    start_delay
    through "$work/delayed"
    heading "$count" 'EC P-256' ", $rollout_trip ms for a round trip"
    compare "$count" 10 5
    floor "$count"
    stop_proxy
    stop_fleet
    echo
  done
  bench_rollout_rsa
}

bench_rollout_rsa() {
  local count=${ROLLOUT_RSA:-20}
  start_fleet "$count" rsa:4096
  through "$work/direct"
  heading "$count" 'RSA 4096' ''
  renewed_by umsadm rsa
  row 'umsadm: client CPU ms for each gateway (goal: 40)' "$(per "$(got rsa 2)" "$count")"
  stop_fleet
  echo
}
