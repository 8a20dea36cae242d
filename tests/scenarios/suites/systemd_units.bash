# shellcheck shell=bash disable=SC2154,SC2034,SC2016
# The units of the timer: systemd itself reads them, with every drop-in of docs/timer.md, and judges how much they allow.
# No systemd runs here, so what the service does is run by hand, with what it may not do taken away.
# shellcheck source=tests/scenarios/renewing.bash
source "$here/renewing.bash"

page=$here/../../docs/timer.md
units=$(dirname "$umsadm")/systemd
timer=$here/../../scripts/systemd/umsadm-renew.timer
threshold=20 # of systemd-analyze security, in tenths: 2.0 of 10

probe() { need systemd-analyze; }
# What begin_suite makes is for the scenarios with a gateway.
begin_suite() {
    if [ -z "$(need_sandbox)" ]; then share_gateway; fi
}

# The service with this program instead of the one that is not installed.
prepare_units() {
    mkdir -p units/umsadm-renew.service.d
    sed "s|^ExecStart=[^ ]*|ExecStart=$umsadm|" "$units/umsadm-renew.service" >units/umsadm-renew.service
    cp "$timer" units
}

expect_verified() { # UNIT
    systemd-analyze verify "$@" >verified 2>&1 || fail "units that systemd takes: $(cat verified)"
    [ ! -s verified ] || fail "nothing to complain about: $(cat verified)"
}

# Writes every unit and drop-in of the page as examples/N, with its path in examples/N.path.
take_examples() {
    mkdir -p examples
    awk '
        /^```ini$/ { inside = 1; n++; next }
        /^```$/ { inside = 0 }
        inside && /^# \// { print $2 >("examples/" n ".path"); next }
        inside { print >("examples/" n) }
    ' "$page"
}

scenario_systemd_takes_the_units() {
    prepare_units
    expect_verified units/umsadm-renew.service units/umsadm-renew.timer
    # It would have complained.
    echo "NoSuchThing=yes" >>units/umsadm-renew.service
    ! (expect_verified units/umsadm-renew.service) >complaint || fail "a complaint about a line that there is not"
}

scenario_the_service_is_locked_up() {
    prepare_units
    systemd-analyze security --no-pager --offline=true "--threshold=$threshold" units/umsadm-renew.service >report 2>&1 ||
        fail "no more than $threshold: $(tail -n 1 report)"
    grep -q "Overall exposure level" report || fail "a judgement: $(cat report)"
}

scenario_systemd_takes_every_example_of_the_page() {
    prepare_units
    take_examples
    local number=0 path name
    while [ -e "examples/$((number + 1))" ]; do
        number=$((number + 1))
        path=$(cat "examples/$number.path")
        case $path in
            */umsadm-renew.service.d/*.conf)
                cp "examples/$number" "units/umsadm-renew.service.d/$(basename "$path")"
                # The unit that OnFailure= names comes next on the page.
                [[ $path != */on-failure.conf ]] || continue
                expect_verified units/umsadm-renew.service
                expect_options_are_understood "units/umsadm-renew.service.d/$(basename "$path")"
                ;;
            */umsadm-renew-failed.service)
                cp "examples/$number" units/umsadm-renew-failed.service
                expect_verified units/umsadm-renew.service units/umsadm-renew-failed.service
                rm units/umsadm-renew.service.d/on-failure.conf
                ;;
            *) fail "a place for example $number: $path" ;;
        esac
        rm -f "units/umsadm-renew.service.d/$(basename "$path")"
    done
    [ "$number" -ge 7 ] || fail "the examples of the page, not $number"
}

# The options of UMSADM_RENEW_OPTIONS in a drop-in, one a line, as systemd splits them.
options_of() {
    local value
    value=$(sed -nE 's/^Environment="UMSADM_RENEW_OPTIONS=(.*)"$/\1/p' "$1")
    value=${value//'%d'/$CREDENTIALS_DIRECTORY}
    value=${value//'%%'/%}
    xargs -n 1 printf '%s\n' <<<"$value" # words and quotes as systemd has them
}

expect_options_are_understood() {
    local -a options
    [ -e site/site.json ] || new_site
    CREDENTIALS_DIRECTORY=$PWD/credentials
    mapfile -t options < <(options_of "$1")
    [ -n "${options[0]-}" ] || return 0
    if [[ ${options[*]} == *--label* ]]; then
        [ -e site/gateways/there.json ] || run_ok gateway add there --host icg.example.com --local --label site=berlin
    fi
    run_ok renew "${options[@]}"
}

# What the unit says of one thing; the last line counts, but lists grow.
unit_values() { sed -n "s/^$1=//p" units/umsadm-renew.service; }

# The service as systemd starts it, as far as this machine allows without it: its variables and nothing else, no
# privilege, a read-only system but for the site, a time limit; its system calls are written down.
run_as_service() { # [OPTION...]: what UMSADM_RENEW_OPTIONS holds
    local -a words
    read -r -a words <<<"$(unit_values ExecStart | sed 's/ \$UMSADM_RENEW_OPTIONS//')"
    cat >in_service <<'SERVICE'
#!/bin/bash
# in_service FOLDER COMMAND...: FOLDER can be written to, nothing else.
set -e
mount --make-rprivate /
mount --bind "$1" "$1"
mount -o remount,bind,ro /
shift
exec setpriv --bounding-set=-all --inh-caps=-all --ambient-caps=-all --no-new-privs "$@"
SERVICE
    chmod +x in_service
    exit_code=0
    last_command="(as a service) ${words[*]:1} $*"
    setsid --wait strace -f -qq -o calls -e signal=none unshare --mount ./in_service "$UMSADM_SITE" \
        env -i "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin" HOME=/root USER=root LOGNAME=root \
        "UMSADM_SITE=$UMSADM_SITE" "CREDENTIALS_DIRECTORY=$PWD/credentials" \
        "${words[@]}" "$@" >stdout 2>stderr </dev/null || exit_code=$?
}

need_namespaces() {
    need_sandbox
    need strace setpriv unshare
    unshare --mount mount -o remount,bind,ro / 2>/dev/null || echo "no mount namespaces here"
}

# The calls that the service may make, one a line.
allowed_calls() {
    systemd-analyze --no-pager syscall-filter >sets
    members_of @system-service | sort -u >allowed
    for set in $(unit_values SystemCallFilter | sed -n 's/^~//p'); do members_of "$set"; done | sort -u >taken_away
    comm -23 allowed taken_away
}
members_of() {
    local member
    while read -r member; do
        case $member in
            @*) members_of "$member" ;;
            *) echo "$member" ;;
        esac
    done < <(awk -v set="$1" '$0 == set { inside = 1; next } /^[^ ]/ { inside = 0 } inside && $1 !~ /^#/ { print $1 }' sets)
}

scenario_the_service_renews_with_what_it_may_do() {
    local reason
    reason=$(need_namespaces)
    [ -z "$reason" ] || {
        echo "left out: $reason"
        return 0
    }
    begin_with_deployed 20
    run_ok gateway edit berlin --sudo-password file:/none
    prepare_units
    mkdir -m 0700 credentials
    install -m 0400 "$SSH_PASSWORD_FILE" credentials/sudo-password
    run_as_service --sudo-password "file:$PWD/credentials/sudo-password"
    expect_exit 0
    expect_stdout 'gateway "berlin" updated: it serves "ICG@2"'
    know_generation 2
    expect_gateway_has ICG@2
    expect_no_stderr_but_progress

    # After the last execve, it is umsadm.
    awk '/execve\(.*umsadm/ { found = NR } { line[NR] = $0 } END { for (i = found + 1; i <= NR; i++) print line[i] }' calls >ours
    [ "$(wc -l <ours)" -gt 100 ] || fail "the system calls of umsadm"
    sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' ours | sort -u >made
    allowed_calls | sort -u >may
    grep -qx openat may || fail "the calls that systemd allows"
    expect_same "" "$(comm -23 made may)"
    expect_same "" "$(grep -E ' socket\(' ours | grep -vE 'AF_(INET6?|UNIX)\b' || true)"
    expect_same "" "$(grep -E 'PROT_WRITE\|PROT_EXEC|PROT_EXEC\|PROT_WRITE' ours || true)"

    # The same again: nothing to do, nothing said.
    run_as_service --sudo-password "file:$PWD/credentials/sudo-password"
    expect_exit 0
    expect_no_stdout
    expect_no_stderr
}

expect_no_stderr_but_progress() { ! grep -q "^umsadm: " stderr || fail "no warning and no error"; }

scenario_cmake_installs_them() {
    local build
    build=$(dirname "$umsadm")
    [ -e "$build/cmake_install.cmake" ] || return 0
    command -v cmake >/dev/null || return 0
    cmake "-DCMAKE_INSTALL_PREFIX=$PWD/there" -P "$build/apps/umsadm/cmake_install.cmake" >install.log 2>&1 || fail "$(cat install.log)"
    [ -e there/lib/systemd/system/umsadm-renew.timer ] || fail "the timer"
    grep -q "^ExecStart=/[^ ]*/umsadm renew " there/lib/systemd/system/umsadm-renew.service || fail "the service"
}
