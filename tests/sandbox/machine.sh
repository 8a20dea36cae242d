# What every sandbox takes from this machine: a folder, a free port, users, an SSH server with a login. Sourced by
# gateway.sh, fleet.sh and ums_server.sh after sshd.sh. "sandbox" is the folder of the sandbox, "stop" stops it.
# shellcheck shell=bash disable=SC2154

die() {
  printf '%s: error: %s\n' "${0##*/}" "$1" >&2
  exit "${2:-1}"
}

# usage: the lines at the top of the script that say how it is called
usage() {
  sed -n "/^#   ${0##*/}/,/^\$/{/^#/!q;s/^# \{0,3\}//p}" "$0" >&2
  exit 2
}

# begin_sandbox: refuses a folder that cannot be one, or is one; what is made from here on is stopped when it fails
begin_sandbox() {
  [[ $sandbox =~ ^[A-Za-z0-9._/-]+$ ]] || die "the path of the folder may hold letters, digits and ._- only: $sandbox" 2
  [[ ! -e $sandbox/env ]] || die "there is a sandbox in $sandbox already: stop it and remove the folder first"
  trap 'clean_up_failure $?' EXIT
  trap 'exit 130' INT TERM
  umask 022
}

clean_up_failure() {
  trap - EXIT
  (($1 == 0)) || stop || true
  exit "$1"
}

random_word() { openssl rand -hex "$1"; }

# Below the range of outgoing connections. The server is asked again with another port when somebody was faster.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

# free_ports COUNT: so many, each on a line, that nobody has at the moment
free_ports() {
  awk -v wanted="$1" 'FNR == NR { taken[$1]; next } !($1 in taken) && printed < wanted { print; printed++ }' \
    <(ss -tan | awk '{ sub(/.*:/, "", $4); print $4 }') <(shuf -i 20000-31999)
}

# Adding and removing users gives up at once when another program is doing so.
retry() {
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    "$@" 2>"$sandbox/service/retry.log" && return
    sleep 0.1
  done
  cat "$sandbox/service/retry.log" >&2
  return 1
}

add_admin() {
  sshd_user_add "$@" || {
    sshd_user_remove "$1"
    return 1
  }
}

# make_login USER SUDO: the user (as root; else it is the present one) with a password and a key; sets ssh_user
make_login() {
  local ssh=$sandbox/ssh ssh_password=''
  mkdir -p "$ssh"
  ssh_user=$(id -un)
  if ((EUID == 0)); then
    ssh_user=$1
    ssh_password=$(random_word 8)
    echo "$ssh_user" >"$ssh/user"
    retry add_admin "$ssh_user" "$ssh_password" "$2"
  fi
  echo "$ssh_user" >"$ssh/login"
  (umask 077 && echo "$ssh_password" >"$ssh/password")
  ssh-keygen -q -t ed25519 -N '' -C sandbox -f "$ssh/id_ed25519"
  cp "$ssh/id_ed25519.pub" "$ssh/authorized_keys"
}

# start_ssh USER SUDO: the same, and an SSH server for it
start_ssh() {
  make_login "$@"
  sshd_start "$sandbox/ssh"
}

# start_ssh_of SANDBOX: the same with the login of another sandbox, which has to outlive this one. Its host keys that
# nobody asks for are taken over: they cost time to make.
start_ssh_of() {
  local ssh=$sandbox/ssh
  mkdir -p "$ssh"
  cp -p "$1"/ssh/{login,password,id_ed25519,authorized_keys} "$1"/ssh/host_{ecdsa,rsa}{,.pub} "$ssh"
  ssh_user=$(cat "$ssh/login")
  sshd_start "$ssh"
}

# The lines of SANDBOX/env about the login.
ssh_env() {
  cat <<ENV
SSH_HOST=127.0.0.1
SSH_PORT=$SSHD_PORT
SSH_USER=$ssh_user
SSH_KEY=$sandbox/ssh/id_ed25519
SSH_PASSWORD_FILE=$sandbox/ssh/password
HOST_KEY=$(ssh-keygen -lf "$sandbox/ssh/host_ed25519.pub" | cut -d' ' -f2)
ENV
}

# wait_until_served PORT: by the process of the service
wait_until_served() {
  local tries
  for ((tries = 0; tries < 600; tries++)); do
    (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
    kill -0 "$(cat "$sandbox/service/pid")" 2>/dev/null || return 1
    sleep 0.05
  done
  return 1
}

# remove_user NAME: ends what still runs as this user, which is ours alone
remove_user() {
  local pid
  id -u "$1" >/dev/null 2>&1 || return 0
  for pid in $(pgrep -u "$1"); do kill -KILL "$pid" 2>/dev/null || true; done
  if [[ $1 == umsadm-t-gw-* ]]; then userdel "$1"; else sshd_user_remove "$1"; fi
  ! id -u "$1" >/dev/null 2>&1
}

# remove_users FILE...: those whose names are in the files
remove_users() {
  local file user
  for file; do
    user=$(cat "$file" 2>/dev/null || true)
    [[ -z $user ]] || retry remove_user "$user"
    rm -f "$file"
  done
}
