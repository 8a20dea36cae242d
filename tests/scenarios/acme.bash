# Words for scenarios with a real ACME server: Let's Encrypt's own test server "pebble", with its name server and
# http-01 responder "pebble-challtestsrv", and the client "dehydrated". All on 127.0.0.1, in the folder "acme".
# shellcheck shell=bash disable=SC2154,SC2034

need_acme() { need pebble pebble-challtestsrv dehydrated curl openssl; }

# Below the range of outgoing connections, and five in a row.
free_acme_ports() {
    local port
    while :; do
        acme_port=$((20000 + RANDOM % 12000))
        for ((port = acme_port; port < acme_port + 6; port++)); do
            if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then continue 2; fi
        done
        return
    done
}

write_acme_config() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout acme/server.key -out acme/server.pem \
        -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>/dev/null
    cat >acme/pebble.json <<JSON
{"pebble": {"listenAddress": "127.0.0.1:$acme_port", "managementListenAddress": "127.0.0.1:$((acme_port + 1))",
 "certificate": "acme/server.pem", "privateKey": "acme/server.key", "httpPort": $((acme_port + 2)),
 "tlsPort": $((acme_port + 3)), "ocspResponderURL": "", "externalAccountBindingRequired": false}}
JSON
    mkdir -p acme/client acme/tokens
    cat >acme/config <<CONFIG
CA=https://127.0.0.1:$acme_port/dir
CURL_OPTS="--cacert $PWD/acme/server.pem"
BASEDIR=$PWD/acme/client
WELLKNOWN=$PWD/acme/tokens
HOOK=$PWD/acme/hook
KEY_ALGO=prime256v1
CONFIG
}

# dehydrated's hook of these tests: challenges go to the responder, everything else to the hook that is shipped.
write_acme_hook() { # COMMAND
    cat >acme/hook <<HOOK
#!/bin/bash
responder=http://127.0.0.1:$((acme_port + 5))
case \$1 in
    deploy_challenge) curl -sS -d "{\"token\": \"\$3\", \"content\": \"\$4\"}" "\$responder/add-http01" ;;
    clean_challenge) curl -sS -d "{\"token\": \"\$3\"}" "\$responder/del-http01" ;;
    *) exec $1 "\$@" ;;
esac
HOOK
    chmod 755 acme/hook
}

# start_acme HOOK: the server and a registered client; every host name is this machine for it. Its root, which is another
# one at each start, is in acme/root.pem.
start_acme() {
    local tries
    mkdir acme
    free_acme_ports
    write_acme_config
    write_acme_hook "$1"
    pebble-challtestsrv -defaultIPv4 127.0.0.1 -defaultIPv6 "" -dns01 "127.0.0.1:$((acme_port + 4))" \
        -http01 "127.0.0.1:$((acme_port + 2))" -https01 "" -tlsalpn01 "" -management "127.0.0.1:$((acme_port + 5))" \
        >acme/responder.log 2>&1 &
    acme_pids=$!
    PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0 pebble -config acme/pebble.json \
        -dnsserver "127.0.0.1:$((acme_port + 4))" >acme/server.log 2>&1 &
    acme_pids+=" $!"
    for ((tries = 0; tries < 300; tries++)); do
        if curl -sS --cacert acme/server.pem -o acme/root.pem "https://127.0.0.1:$((acme_port + 1))/roots/0" \
            2>acme/curl.log; then
            dehydrated --config acme/config --register --accept-terms >acme/client.log 2>&1 || fail "an ACME account"
            return
        fi
        sleep 0.1
    done
    cat acme/*.log
    fail "an ACME server"
}

stop_acme() {
    # shellcheck disable=SC2086  # two of them
    kill $acme_pids 2>/dev/null || true
}

# obtain HOST: a new certificate, however young the present one is, and then the hook. Sets exit_code.
obtain() {
    last_command="(of dehydrated for $1)"
    exit_code=0
    dehydrated --config acme/config --cron --force --domain "$1" >stdout 2>stderr || exit_code=$?
    cat stdout stderr >>all_output
}
