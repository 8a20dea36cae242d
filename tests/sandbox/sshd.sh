#!/usr/bin/env bash
# A real sshd on a free loopback port, and users with a password and sudo, for tests. Source it for the functions, or run it:
#
#   sshd.sh start DIR ['CONFIG LINE'...]   starts one in DIR (made if missing) and prints its port
#   sshd.sh stop DIR                       stops it
#   sshd.sh user-add NAME PASSWORD SUDO    SUDO: none | password | nopasswd | restricted | requiretty
#   sshd.sh user-remove NAME
#
# DIR holds sshd_config, host_ed25519, host_ecdsa, host_rsa (and .pub), authorized_keys, log, port and pid. A CONFIG LINE wins
# over the line of the same keyword here, for sshd takes the first. A script that sources this says
# `trap sshd_cleanup EXIT` to stop and remove all that it started and made.
# Users need root. Their names should start with "umsadm-t-", which user-remove insists on.

SSHD_FOLDERS=()
SSHD_USERS=()

sshd_cleanup() {
  local each
  for each in "${SSHD_FOLDERS[@]}"; do sshd_stop "$each"; done
  for each in "${SSHD_USERS[@]}"; do sshd_user_remove "$each"; done
}

sshd_program() {
  local candidate
  for candidate in "$(command -v sshd)" /usr/sbin/sshd /usr/local/sbin/sshd; do
    if [[ -x "$candidate" ]]; then
      echo "$candidate"
      return 0
    fi
  done
  echo "no sshd on this machine: install openssh-server" >&2
  return 1
}

sshd_answers() { # PORT
  local banner=""
  exec 8<>"/dev/tcp/127.0.0.1/$1" || return 1
  read -r -t 2 banner <&8
  exec 8>&-
  [[ "$banner" == SSH-2.0-* ]]
}

sshd_make_keys() { # DIR
  local type
  for type in ed25519 ecdsa rsa; do
    [[ -f "$1/host_$type" ]] && continue
    # A short RSA key: it is made anew for every sshd, and nobody connects to it from elsewhere.
    ssh-keygen -q -t "$type" -b "$([[ $type == rsa ]] && echo 2048 || echo 256)" -N "" -C sandbox -f "$1/host_$type" || return 1
  done
  touch "$1/authorized_keys"
  chmod 644 "$1/authorized_keys"
}

sshd_write_config() { # DIR [CONFIG LINE...]
  local dir=$1 line
  shift
  {
    for line in "$@"; do echo "$line"; done
    # One HostKey line of the caller replaces all of these: they add up otherwise.
    if ! printf '%s\n' "$@" | grep -qi '^HostKey '; then
      printf 'HostKey %s\n' "$dir/host_ed25519" "$dir/host_ecdsa" "$dir/host_rsa"
    fi
    # Of this keyword sshd takes the last line.
    printf '%s\n' "$@" | grep -qi '^MaxStartups ' || echo "MaxStartups 100:30:200"
    cat <<END
ListenAddress 127.0.0.1
PidFile none
AuthorizedKeysFile $dir/authorized_keys
StrictModes no
PermitRootLogin yes
PasswordAuthentication yes
KbdInteractiveAuthentication no
UsePAM $([[ $EUID -eq 0 ]] && echo yes || echo no)
UseDNS no
PrintMotd no
LogLevel VERBOSE
Subsystem sftp internal-sftp
END
  } >"$dir/sshd_config"
}

# Starts an sshd in DIR; sets SSHD_PORT and SSHD_PID.
sshd_start() { # DIR [CONFIG LINE...]
  local dir=$1 program attempt
  program=$(sshd_program) || return 1
  mkdir -p "$dir" && chmod 755 "$dir" || return 1
  dir=$(cd "$dir" && pwd) || return 1
  shift
  if [[ $EUID -eq 0 ]]; then mkdir -p /run/sshd; fi # where it locks itself in
  sshd_make_keys "$dir" && sshd_write_config "$dir" "$@" || return 1
  "$program" -t -f "$dir/sshd_config" || return 1
  for attempt in 1 2 3 4 5 6 7 8 9 10; do
    SSHD_PORT=$((20000 + (RANDOM + attempt) % 12000))
    if (exec 8<>"/dev/tcp/127.0.0.1/$SSHD_PORT") 2>/dev/null; then continue; fi # somebody else's
    : >"$dir/log"
    "$program" -D -f "$dir/sshd_config" -p "$SSHD_PORT" -E "$dir/log" </dev/null >/dev/null 2>&1 &
    SSHD_PID=$!
    if sshd_wait; then
      echo "$SSHD_PORT" >"$dir/port"
      echo "$SSHD_PID" >"$dir/pid"
      SSHD_FOLDERS+=("$dir")
      return 0
    fi
  done
  echo "sshd did not start; its log:" >&2
  cat "$dir/log" >&2
  return 1
}

sshd_wait() {
  local tries
  for ((tries = 0; tries < 100; ++tries)); do
    kill -0 "$SSHD_PID" 2>/dev/null || return 1
    if sshd_answers "$SSHD_PORT" 2>/dev/null; then return 0; fi
    sleep 0.05
  done
  kill "$SSHD_PID"
  return 1
}

# The number may belong to another process by now.
sshd_is() { tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -q sshd; } # PID

# The process that listens ends, and its port is free afterwards; sessions end with their connections.
sshd_stop() { # DIR
  local pid tries
  pid=$(cat "$1/pid" 2>/dev/null) || return 0
  rm -f "$1/pid"
  sshd_is "$pid" || return 0
  kill "$pid" 2>/dev/null
  for ((tries = 0; tries < 200; ++tries)); do
    sshd_is "$pid" || return 0
    sleep 0.02
  done
  return 1
}

sshd_sudoers_file() { echo "/etc/sudoers.d/$1"; } # NAME

sshd_user_add() { # NAME PASSWORD SUDO
  local name=$1 password=$2 sudo=$3 rules=""
  if [[ $EUID -ne 0 ]]; then
    echo "making a user needs root" >&2
    return 1
  fi
  SSHD_USERS+=("$name")
  useradd --create-home --shell /bin/bash "$name" || return 1
  printf '%s:%s\n' "$name" "$password" | chpasswd || return 1
  case $sudo in
    none) return 0 ;;
    password) rules="$name ALL=(ALL:ALL) ALL" ;;
    nopasswd) rules="$name ALL=(ALL:ALL) NOPASSWD: ALL" ;;
    restricted) rules="$name ALL=(root) /usr/bin/true" ;;
    requiretty) rules="Defaults:$name requiretty"$'\n'"$name ALL=(ALL:ALL) ALL" ;;
    *)
      echo "no such kind of sudo: $sudo" >&2
      return 1
      ;;
  esac
  (umask 0227 && printf '%s\n' "$rules" >"$(sshd_sudoers_file "$name")") || return 1
  visudo -cqf "$(sshd_sudoers_file "$name")"
}

sshd_user_remove() { # NAME
  local name=$1
  if [[ "$name" != umsadm-t-* ]]; then
    echo "not a user of a test: $name" >&2
    return 1
  fi
  rm -f "$(sshd_sudoers_file "$name")" "/run/sudo/ts/$name" "/var/lib/sudo/lectured/$name"
  id -u "$name" >/dev/null 2>&1 || return 0
  userdel --force --remove "$name" 2>/dev/null
  return 0
}

if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then
  case ${1:-} in
    start) shift && sshd_start "$@" && echo "$SSHD_PORT" ;;
    stop) sshd_stop "$2" ;;
    user-add) sshd_user_add "$2" "$3" "$4" ;;
    user-remove) sshd_user_remove "$2" ;;
    *)
      sed -n '2,12p' "$0" >&2
      exit 2
      ;;
  esac
fi
