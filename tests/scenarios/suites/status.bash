# shellcheck shell=bash disable=SC2154,SC2034
# "status" of a real gateway and a real UMS Server, in every format; and of a site alone.
# shellcheck source=tests/scenarios/sandbox.bash
source "$here/sandbox.bash"
# shellcheck source=tests/scenarios/ums_servers.bash
source "$here/ums_servers.bash"

probe() {
    need_sandbox
    need_ums_servers
}

# One gateway and one server for all of these: it takes seconds to make them.
scenario_what_is_served_is_compared_with_what_was_installed() {
    site_in_service
    all_is_well
    formats_for_machines
    one_that_cannot_be_asked_hides_nobody
    the_server_differs
    a_renewal_that_was_not_deployed
    the_keystore_is_exchanged_behind_our_back
    the_gateway_is_down
    offline_connects_nowhere
}

site_in_service() {
    new_site
    with_gateway --key ec:P-256 --days 200
    with_servers 1
    trap 'stop_servers; stop_gateway' EXIT
    run_ok cert import "$ROOT_PEM" "$ROOT_KEY_PEM"
    root=$(openssl x509 -in "$ROOT_PEM" -noout -subject -nameopt multiline | sed -n 's/ *commonName *= //p')
    run_ok cert create "ICG Berlin" --root "$root" --host "127.0.0.1;localhost;icg.example.com" --key ec:p256
    add_gateway berlin
    put_control pkcs12 backup-format ums1
    add_server ums1
    run_ok id adopt ums1
    run_ok status --offline
    expect_stdout never-deployed
    run_ok keystore update berlin --cert "ICG Berlin" --yes
}

all_is_well() {
    run_ok status
    expect_stdout_matches "^berlin +$TLS_HOST:$TLS_PORT +as-installed +ICG Berlin@1 +20[0-9-]+ +36[0-9] "
    expect_stdout_matches "^ums1 +127\.0\.0\.1 +Running +Main UMS ID "
    expect_stdout_matches "^.*@1 +root +20[0-9-]+ +[0-9]+ +1$"
    expect_stdout "nothing needs attention"
    expect_no_stderr
    run_ok --json status
    expect_json /result/needs_attention false
    expect_json /result/gateways/items/0/state as-installed
    expect_json /result/gateways/items/0/health ok
    expect_same "$(json /result/gateways/items/0/served_fingerprint_sha256)" \
        "$(json /result/gateways/items/0/installed_fingerprint_sha256)"
    expect_json /result/servers/items/0/ums_id_status "Main UMS ID"
    run_ok --machine-readable --no-header status
    expect_stdout_matches '^gateway;berlin;as-installed;ICG Berlin@1;20[0-9TZ:-]+;36[0-9];20'
    expect_stdout_matches '^server;ums1;Main UMS ID;'
}

formats_for_machines() {
    run_ok status --format nagios
    expect_lines 1
    expect_stdout_matches '^UMSADM OK - 1 gateway, 1 server, .*\| days_left=36[0-9];@~:30;@~:7 errors=0 '
    run status --format nagios --warning 400
    expect_exit 1
    expect_stdout "UMSADM WARNING - "
    run status --format nagios --warning 400 --critical 380 --quiet
    expect_exit 2
    expect_stdout "UMSADM CRITICAL - "

    run_ok cert create 'ICG "Süd" \ x' --root "$root" --host icg.example.com --key ec:p256
    run_ok status --format prometheus
    mv stdout printed
    umask 077
    run_ok status --format prometheus -o umsadm.prom
    run_ok status --format prometheus -o umsadm.prom
    umask 022
    expect_no_stdout
    expect_mode 644 umsadm.prom
    expect_same "$(cut -d' ' -f1 printed | sort)" "$(cut -d' ' -f1 umsadm.prom | sort)"
    expect_exposition_format umsadm.prom
    grep -qF 'name="ICG \"Süd\" \\ x",' umsadm.prom || fail "an escaped label"
    grep -qxF 'umsadm_gateway_state{gateway="berlin",state="as-installed"} 1' umsadm.prom || fail "the state of the gateway"
    expect_same "$(date -d "$(openssl s_client -connect "$TLS_HOST:$TLS_PORT" </dev/null 2>/dev/null |
        openssl x509 -noout -enddate | cut -d= -f2)" +%s)" \
        "$(sed -n 's/^umsadm_gateway_certificate_expiry_timestamp_seconds{gateway="berlin".*} //p' umsadm.prom)"
}

# The text format 0.0.4 of Prometheus, stricter than its readers: HELP, then TYPE, then all samples of that metric, none
# twice. promtool judges where there is one.
expect_exposition_format() {
    awk '
        function bad(why) { print FILENAME ":" NR ": " why ": " $0; wrong = 1 }
        /^# HELP / { if ($3 in known) bad("twice"); known[$3]; help = $3; type = ""; next }
        /^# TYPE / { if ($3 != help || NF != 4 || $4 != "gauge") bad("TYPE"); type = $3; samples[type] = 0; next }
        {
            if ($0 !~ /^[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\["\\n])*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\["\\n])*")*\})? -?[0-9]+$/) bad("no sample")
            name = $0; sub(/[{ ].*/, "", name)
            series = $0; sub(/ -?[0-9]+$/, "", series)
            if (name != type) bad("not below its TYPE")
            if (series in seen) bad("twice")
            seen[series]; samples[name]++
        }
        END { for (name in samples) if (!samples[name]) { print name " has no sample"; wrong = 1 }; exit wrong || !NR }
    ' "$1" || fail "the text format of Prometheus"
    [ -z "$(tail -c 1 "$1")" ] || fail "a newline at the end"
    if command -v promtool >/dev/null; then promtool check metrics <"$1" || fail "what promtool likes"; fi
}

one_that_cannot_be_asked_hides_nobody() {
    run_ok gateway add far --host far.invalid --local
    run status
    expect_exit 4
    expect_stdout_matches "^far +far\.invalid:8443 +unknown +- "
    expect_stdout_matches "^berlin .* as-installed "
    expect_stdout_matches '^error +port-unreachable +gateway "far" '
    expect_stdout "next: umsadm gateway check far"
    run status --format nagios
    expect_exit 3
    expect_stdout "UMSADM UNKNOWN - gateway \"far\": "
    expect_stdout "gateways_unknown=1"
    run_ok --yes gateway remove far

    run_ok server edit ums1 --ssh-user nobody-of-this-name
    run --json status
    expect_exit 4
    expect_json /result/servers/items/0/ums_id_status Unknown
    expect_json /result/servers/items/0/server_status Running
    expect_json /result/gateways/items/0/state as-installed
    expect_json /result/findings/0/code login-refused
    run_ok server edit ums1 --ssh-user "$(of ums1 SSH_USER)"
}

the_server_differs() {
    local file
    file=$(folder_of ums1)/data/ums-id.pem
    cp "$file" kept.pem
    openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.crt -subj "/CN=other" -days 100 2>/dev/null
    cat other.crt other.key >"$file"
    run status
    expect_exit 4
    expect_stdout_matches '^error +ums-id-differs +server "ums1" '
    expect_stdout_matches "^berlin .* as-installed "
    run status --format nagios
    expect_exit 2
    expect_stdout "servers_not_in_sync=1"
    cat kept.pem >"$file"
    run_ok status
}

a_renewal_that_was_not_deployed() {
    run_ok cert renew "ICG Berlin"
    run status
    expect_exit 4
    expect_stdout_matches '^warning +not-deployed +gateway "berlin" +the site has "ICG Berlin@2" for it, and "ICG Berlin@1" was installed$'
    expect_stdout "next: umsadm keystore update berlin"
    run status --format nagios
    expect_exit 1
    run_ok --yes cert delete "ICG Berlin@2"
    run_ok status
}

the_keystore_is_exchanged_behind_our_back() {
    echo "$STORE_PASSWORD" >store.pw
    chmod 600 store.pw
    run_ok cert create Foreign --root "$root" --host "127.0.0.1;localhost;icg.example.com" --key ec:p256 --days 20
    run_ok keystore build Foreign -o foreign.jks --from "$KEYSTORE" --store-password file:store.pw
    cp "$KEYSTORE" kept.jks
    cat foreign.jks >"$KEYSTORE"
    restart_gateway
    run status
    expect_exit 4
    expect_stdout_matches "^berlin .* differs +Foreign@1 "
    expect_stdout_matches '^error +served-differs +gateway "berlin" +it serves "Foreign@1", and "ICG Berlin@1" was installed$'
    expect_stdout_matches '^warning +expires-soon +gateway "berlin" '
    expect_stdout "next: umsadm gateway check berlin"
    run status --format nagios
    expect_exit 2
    expect_stdout 'UMSADM CRITICAL - gateway "berlin": it serves "Foreign@1"'
    expect_stdout "gateways_differ=1"
    run status --format prometheus
    expect_exit 4
    expect_exposition_format stdout
    expect_stdout 'umsadm_finding{kind="gateway",name="berlin",code="served-differs",severity="error"} 1'
    cat kept.jks >"$KEYSTORE"
    restart_gateway
    run_ok status
}

restart_gateway() {
    "$RESTART_COMMAND" >restart.log 2>&1
    wait_until serves_something
}
serves_something() { openssl s_client -connect "$TLS_HOST:$TLS_PORT" </dev/null >/dev/null 2>&1; }

the_gateway_is_down() {
    "$RESTART_COMMAND" stop >stop.log 2>&1
    run status
    expect_exit 4
    expect_stdout_matches "^berlin .* nothing-served +ICG Berlin@1 "
    expect_stdout_matches '^error +not-served +gateway "berlin" +it serves nothing: '
    expect_stdout_matches "^ums1 .* Main UMS ID "
    run status --format nagios
    expect_exit 2
}

# The gateway is still down, and nobody notices.
offline_connects_nowhere() {
    command -v strace >/dev/null && wrapper=(strace -f -qq -e trace=connect -e signal=none -o connects)
    run_ok status --offline
    wrapper=()
    expect_stdout_matches "^berlin .* not-asked +ICG Berlin@1 "
    expect_stdout_matches "^ums1 .* Main UMS ID "
    expect_stdout "as far as the site knows"
    if [ -e connects ]; then expect_same "" "$(grep AF_INET connects || true)"; fi
    run_ok status --offline --format nagios
    expect_stdout "UMSADM OK - "
    run_ok status --offline --format prometheus
    expect_exposition_format stdout
    expect_stdout 'umsadm_status_offline 1'
}

scenario_a_site_without_hosts() {
    new_site
    run_ok status
    expect_stderr "umsadm gateway add"
    run_ok --json status --offline
    expect_json /result/main null
    run_ok status --format nagios
    expect_stdout "UMSADM OK - 0 gateways, 0 servers | days_left=U;"
    run_ok status --format prometheus
    expect_exposition_format stdout
}

scenario_what_expires_needs_attention_offline() {
    site_with_certificate
    run_ok cert create Short --root Root --host icg.example.com --key ec:p256 --days 5
    make_used berlin Short
    run status --offline
    expect_exit 4
    expect_stdout_matches '^warning +expires-soon +gateway "berlin" '
    expect_stdout "next: umsadm cert renew --gateway berlin"
    run status --offline --format nagios
    expect_exit 2
    run status --offline --format nagios --critical 3
    expect_exit 1
}

scenario_wrong_options() {
    run status --format nagios
    expect_exit 3
    expect_stdout "UMSADM UNKNOWN - "
    run status
    expect_error 3 "no site"
    new_site
    run status --format xml
    expect_error 2 "text, nagios, prometheus"
    run status --warning 3
    expect_error 2 "--format nagios only"
    run status --format nagios --warning 3 --critical 4
    expect_error 2 "more days"
    run status -o file
    expect_error 2 "--format prometheus only"
    run --json status --format nagios
    expect_error 2 "cannot be used together"
    run status --offline --format prometheus -o missing/umsadm.prom
    expect_exit 1
}
