# Words for scenarios with real UMS Servers: tests/sandbox/ums_server.sh in folders of the scenario or of the suite. They are
# called ums1, ums2, ...; ums1 is the main server of the site.
# shellcheck shell=bash disable=SC2154,SC2034
# shellcheck source=tests/scenarios/interrupting.bash
source "$here/interrupting.bash"
# shellcheck source=tests/sandbox/sshd.sh
source "$here/../sandbox/sshd.sh"

ums_server=$here/../sandbox/ums_server.sh

# For probe(): why there can be no UMS Server with a login of its own here.
need_ums_servers() {
    if ((EUID != 0)); then
        echo "the SSH user of the servers needs sudo, which only root can set up"
        return
    fi
    need openssl sshd sudo ss
}

# start_server NAME [OPTION...]: in the present folder. They have one login, that of ums1, and short keys.
start_server() {
    local login=()
    [ "$1" = ums1 ] || login=(--login-of "$PWD/ums1")
    "$ums_server" start "$PWD/$1" --key rsa:2048 "${login[@]}" "${@:2}" >"$1.log" 2>&1 || {
        cat "$1.log"
        return 1
    }
    servers+=("$1")
}

# with_servers NUMBER [OPTION...]: starts so many; they are stopped when the scenario ends, or the suite.
with_servers() {
    local number
    chmod 755 .
    servers=() servers_folder=$PWD
    trap stop_servers EXIT
    for ((number = 1; number <= $1; number++)); do start_server "ums$number" "${@:2}" || return 1; done
}

# The one that has the login is the last.
stop_servers() {
    local number
    for ((number = ${#servers[@]} - 1; number >= 0; number--)); do
        "$ums_server" stop "$servers_folder/${servers[number]}" >"$servers_folder/stop.log" 2>&1 || true
    done
}

# share_servers NUMBER [OPTION...]: for begin_suite.
share_servers() {
    local name
    with_servers "$@" || return 1
    trap 'stop_servers; [ "$failed" -ne 0 ] || rm -rf "$suite_folder"' EXIT
    for name in "${servers[@]}"; do cp -a "$name/data" "$name/pristine"; done
}

# share_another NAME [OPTION...]: one more of another kind
share_another() {
    start_server "$@" || return 1
    cp -a "$1/data" "$1/pristine"
}

folder_of() { echo "$servers_folder/$1"; }
# of NAME VARIABLE: a variable of the env of a server
of() { sed -n "s/^$2=//p" "$servers_folder/$1/env"; }
control() { echo "$servers_folder/$1/control/$2"; }

# put_control VALUE FILE NAME...: makes these servers misbehave, or another version; the file is empty without a value
put_control() {
    local name
    for name in "${@:3}"; do printf '%s' "${1:+$1$'\n'}" >"$(control "$name" "$2")"; done
}
take_control() { # FILE NAME...
    local name
    for name in "${@:2}"; do rm -f "$(control "$name" "$1")"; done
}

fingerprint_of() { # FILE
    local line
    line=$(openssl x509 -in "$1" -noout -fingerprint -sha256 2>/dev/null) || return 0
    echo "${line#*=}"
}

# certificate_of NAME FILE: the UMS ID that is stored on the server, in the eyes of openssl
certificate_of() {
    local data=$servers_folder/$1/data
    if [ -e "$data/ums-id.p12" ]; then
        openssl pkcs12 -in "$data/ums-id.p12" -passin "file:$(of "$1" UMS_ID_PASSWORD_FILE)" -nokeys -out "$2" 2>/dev/null
    else
        openssl x509 -in "$data/ums-id.pem" -out "$2" 2>/dev/null
    fi
}

# The fingerprint of what is stored on the server; nothing when there is no UMS ID.
stored() {
    if certificate_of "$1" looked-at.pem; then fingerprint_of looked-at.pem; fi
}

# What the running server loaded at its start. Nothing when it does not run.
loaded() {
    { printf 'GET /ums-id.crt HTTP/1.0\r\n\r\n' | openssl s_client -quiet -connect "127.0.0.1:$(of "$1" WEB_PORT)"; } \
        >loaded.answer 2>/dev/null || true
    fingerprint_of loaded.answer
}

has_loaded() { [ "$(loaded "$1")" = "$2" ]; }
# How often umsadmin-cli was called with these words since the scenario began.
calls_of() { grep -c -- " $2" "$servers_folder/$1/service/calls" || true; } # NAME WORDS
expect_calls() { expect_same "$3" "$(calls_of "$1" "$2")"; }               # NAME WORDS NUMBER

called() { [ "$(calls_of "$1" "$2")" -gt 0 ]; } # NAME WORDS
run_in_background() { # NAME ARGUMENT...: what it says goes to NAME.out and NAME.err
    # A shell lets its background programs ignore SIGINT.
    setsid --wait env --default-signal=INT "$umsadm" "${@:2}" >"$1.out" 2>"$1.err" </dev/null &
}

listens() { (: <"/dev/tcp/127.0.0.1/$(of "$1" WEB_PORT)") 2>/dev/null; }

# The whole UMS ID: its key belongs to its certificate.
expect_whole() { # NAME...
    local name data
    for name; do
        data=$servers_folder/$name/data
        if [ -e "$data/ums-id.p12" ]; then
            openssl pkcs12 -in "$data/ums-id.p12" -passin "file:$(of "$name" UMS_ID_PASSWORD_FILE)" -nodes -out whole.pem 2>/dev/null ||
                fail "a PKCS#12 file on $name that openssl reads"
        else
            cp "$data/ums-id.pem" whole.pem
        fi
        expect_same "$(openssl x509 -in whole.pem -noout -pubkey)" "$(openssl pkey -in whole.pem -pubout)"
        rm whole.pem
    done
}

expect_stored() { # NAME FINGERPRINT
    local found
    found=$(stored "$1")
    [ "$found" = "$2" ] || fail "the UMS ID $2 stored on $1, not $found"
    [ -z "$2" ] || expect_whole "$1"
}

expect_loaded() { # NAME FINGERPRINT
    wait_until has_loaded "$1" "$2"
}

# expect_in_sync FINGERPRINT NAME...: stored and used by them
expect_in_sync() {
    local name
    for name in "${@:2}"; do
        expect_stored "$name" "$1"
        expect_loaded "$name" "$1"
    done
}

# What may lie in the state folder of a server: backups with their passwords, and the two stamps.
expect_nothing_left() { # NAME...
    local name left state
    for name; do
        state=$(of "$name" STATE_PATH)
        [ -d "$state" ] || continue
        expect_mode 700 "$state"
        left=$(find "$state" -mindepth 1 ! -path "$state/backups" ! -path "$state/backups/*" ! -name given ! -name restarted ! -name lock)
        [ -z "$left" ] || fail "nothing left on $name: $left"
        left=$(find "$state" -type f ! -perm 600 ! -name given ! -name restarted ! -name lock)
        [ -z "$left" ] || fail "files on $name that only root can read: $left"
        left=$(find "$(of "$name" SANDBOX)/data" -name '*.umsadm-*' -o -name '.umsadm*')
        [ -z "$left" ] || fail "no temporary file beside the UMS ID of $name: $left"
    done
}

backups_on() { find "$(of "$1" STATE_PATH)/backups" -mindepth 1 -maxdepth 1 -type d 2>/dev/null | sort; }
expect_backups_on() { expect_same "$2" "$(backups_on "$1" | wc -l)"; } # NAME NUMBER

# expect_kept NAME FINGERPRINT: the newest backup on this server is this UMS ID, in the eyes of its own umsadmin-cli
expect_kept() {
    local folder copy=$PWD/referee
    folder=$(backups_on "$1" | tail -n 1)
    rm -rf "$copy"
    mkdir -p "$copy"/{bin,control,data,service}
    cp "$(folder_of "$1")"/bin/* "$copy/bin"
    cp "$(folder_of "$1")"/control/backup-format "$copy/control" 2>/dev/null || true
    "$copy/bin/umsadmin-cli" licensing restore -f "$folder/backup" --password:file "$folder/password" >/dev/null ||
        fail "a backup in $folder that umsadmin-cli restores"
    expect_same "$2" "$(fingerprint_of "$copy/data/ums-id.pem")"
}

# A shared server as it was made: UMS ID, control, state folder, SSH server; its process runs and has loaded its UMS ID.
reset_server() {
    local folder=$servers_folder/$1
    rm -rf "$folder"/control "$folder"/state "$folder"/data "$folder"/passwords
    mkdir "$folder/control"
    echo rsa:2048 >"$folder/control/key"
    cp -a "$folder/pristine" "$folder/data"
    : >"$folder/service/calls"
    reset_sshd "$folder"
    if ! listens "$1" || ! has_loaded "$1" "$(stored "$1")"; then
        "$folder/restart-server"
        wait_until has_loaded "$1" "$(stored "$1")"
    fi
}

# It gets another port when it was stopped.
reset_sshd() { # FOLDER
    local key
    if [ ! -e "$1/ssh/pid" ]; then
        sshd_start "$1/ssh"
        key=$(ssh-keygen -lf "$1/ssh/host_ed25519.pub" | cut -d' ' -f2)
        sed -i "s|^SSH_PORT=.*|SSH_PORT=$SSHD_PORT|; s|^HOST_KEY=.*|HOST_KEY=$key|" "$1/env"
    fi
}

# add_server NAME [OPTION...]: makes the server known to the site, with its host key trusted.
add_server() {
    local kind=(--umsadmin-cli "$(of "$1" UMSADMIN_CLI)")
    if [ "$(of "$1" STORE)" = file ]; then
        kind=(--ums-id-store file --ums-id-path "$(of "$1" UMS_ID_PATH)"
            --ums-id-password "file:$(of "$1" UMS_ID_PASSWORD_FILE)" --restart-command "$(of "$1" RESTART_COMMAND)")
    fi
    run_ok server add "$1" --host 127.0.0.1 --web-port "$(of "$1" WEB_PORT)" "${kind[@]}" \
        --state-path "$(of "$1" STATE_PATH)" --ssh-port "$(of "$1" SSH_PORT)" --ssh-user "$(of "$1" SSH_USER)" \
        --ssh-key "$(of "$1" SSH_KEY)" --sudo-password "file:$(of "$1" SSH_PASSWORD_FILE)" \
        --host-key "$(of "$1" HOST_KEY)" --wait 10 "${@:2}"
}

# A site that knows the servers; "main" is the UMS ID of ums1, "second" and "third" are those of the others, and "journal"
# is that of ums2.
site_of_servers() {
    local name
    new_site
    for name in "${servers[@]}"; do add_server "$name"; done
    main=$(stored ums1)
    second=$(stored ums2)
    third=$(stored ums3)
    journal=$(journal_of ums2)
}

# For scenarios of a suite that shares its servers.
begin_with_servers() {
    local name
    rm -rf "$UMSADM_SITE"
    for name in "${servers[@]}"; do reset_server "$name"; done
    site_of_servers
}

# The site gets the Main UMS ID of ums1, with its key: the backups of all servers are PKCS#12.
begin_with_adopted() {
    begin_with_servers
    put_control pkcs12 backup-format "${servers[@]}"
    run_ok id adopt ums1
}

# The same, and the key stays on ums1: its backups are in a format of its own.
begin_with_opaque() {
    begin_with_servers
    run id adopt ums1
    expect_exit 1
}

# number_of NAME: where the server stands in /result/servers/items of the last command
number_of() {
    local number
    for ((number = 0; number < 100; number++)); do
        case $(json "/result/servers/items/$number/name" 2>&1) in
            "$1")
                echo "$number"
                return
                ;;
            *JSON* | *"out of range"*) break ;;
        esac
    done
    fail "server $1 in the result"
}

# expect_of NAME FIELD VALUE: in the servers of the last command
expect_of() { expect_json "/result/servers/items/$(number_of "$1")/$2" "$3"; }

# expect_status NAME STATUS [NAME STATUS]...: in "id show"
expect_status() {
    run_ok --json id show
    while (($#)); do
        expect_of "$1" ums_id_status "$2"
        shift 2
    done
}

needs_restart="Not in sync, please restart server"

# The lines that a sync with --restart writes into the journal of a server, in this order.
journal_lines=(begin "backup started" "backup done" "replace started" "replace done" "verify started" "verify done"
    "restart started" "restart done" "wait started" "wait done" end)

journal_of() { echo "$UMSADM_SITE/journal/servers/$1.jsonl"; }
