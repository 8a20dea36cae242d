# shellcheck shell=bash disable=SC2154,SC2034
# A certificate of a public CA, from an ACME server onto a gateway: the first issue, renewals, and what goes wrong.
# shellcheck source=tests/scenarios/sandbox.bash
source "$here/sandbox.bash"
# shellcheck source=tests/scenarios/acme.bash
source "$here/acme.bash"

host=icg.sandbox.invalid
hook=$(realpath "$here/../../scripts/hooks/acme-deploy")

probe() {
    need_sandbox
    need_acme
    unshare --mount true 2>/dev/null || echo "this machine does not allow mounting"
}

# What runs under this knows the gateway by its name; nobody else does. sudo looks its own host up.
knows_the_gateway() {
    { cat /etc/hosts && printf '127.0.0.1 %s %s\n' "$host" "$(uname -n)"; } >hosts
    # shellcheck disable=SC2016
    printf '#!/bin/sh\nexec unshare --mount sh -c '\''mount --bind "$0" /etc/hosts && exec "$@"'\'' %s "$@"\n' \
        "$PWD/hosts" >with-name
    chmod 755 with-name
    wrapper=("$PWD/with-name")
}

write_settings() {
    mkdir -p settings
    cat >"settings/$host.env" <<ENV
CERTIFICATE="ICG Berlin"
GATEWAYS="berlin"
UPDATE_OPTIONS="$*"
UMSADM="$umsadm"
UMSADM_SITE="$UMSADM_SITE"
SSL_CERT_FILE="$PWD/acme/root.pem"
ENV
    export UMSADM_ACME_FOLDER=$PWD/settings
}

begin() {
    with_gateway --hosts "$host" --key ec:P-256
    trap 'stop_acme; stop_gateway' EXIT
    knows_the_gateway
    start_acme "$PWD/with-name $hook"
    new_site
    run_ok gateway add berlin --host "$host" --port "$TLS_PORT" --install-path "$INSTALL_PATH" \
        --restart-command "$RESTART_COMMAND" --ssh-host 127.0.0.1 --ssh-port "$SSH_PORT" --ssh-user "$SSH_USER" \
        --ssh-key "$SSH_KEY" --sudo-password "file:$SSH_PASSWORD_FILE" --host-key "$HOST_KEY"
    write_settings
}

served() { openssl s_client -connect "127.0.0.1:$TLS_PORT" -servername "$host" </dev/null 2>/dev/null | sha256_of; }
sha256_of() { openssl x509 -noout -fingerprint -sha256 | cut -d= -f2; }
obtained() { sha256_of <"acme/client/certs/$host/cert.pem"; }
root_of_acme() { sha256_of <acme/root.pem; }

scenario_the_first_issue_and_a_renewal() {
    begin
    # The gateway has a root of the UMS: the root of the CA needs to be allowed, once.
    old=$(served)
    obtain "$host"
    expect_same "$old" "$(served)"
    expect_stderr "root-differs"
    run_ok --json cert show "ICG Berlin"
    expect_json /result/generation 1
    run_ok keystore update berlin --cert "ICG Berlin" --allow-root-change "$(root_of_acme)" --yes
    expect_same "$(obtained)" "$(served)"

    obtain "$host"
    expect_exit 0
    expect_same "$(obtained)" "$(served)"
    run_ok --json cert show "ICG Berlin"
    expect_json /result/generation 2
    expect_json /result/fingerprint_sha256 "$(obtained)"
    # What is served is trusted by who trusts the root of the CA alone.
    openssl s_client -connect "127.0.0.1:$TLS_PORT" -servername "$host" -verify_hostname "$host" -verify_return_error \
        -CAfile acme/root.pem </dev/null >/dev/null 2>&1 || fail "a chain that openssl trusts"
    run_ok keystore verify berlin
}

# certbot keeps symbolic links to the newest generation in live/NAME, and a README.
as_certbot_keeps_it() {
    local file
    mkdir -p "archive/$host" "live/$host"
    for file in cert chain fullchain privkey; do
        cp -L "acme/client/certs/$host/$file.pem" "archive/$host/${file}1.pem"
        ln -sf "../../archive/$host/${file}1.pem" "live/$host/$file.pem"
    done
    echo "This directory contains your keys and certificates." >"live/$host/README"
}

run_hook() {
    last_command="(hook for $1)"
    exit_code=0
    RENEWED_LINEAGE=$1 "${wrapper[@]}" "$hook" >stdout 2>stderr </dev/null || exit_code=$?
    cat stdout stderr >>all_output
}

scenario_the_hook_of_certbot_and_what_goes_wrong() {
    begin
    obtain "$host"
    as_certbot_keeps_it
    write_settings --allow-root-change "$(root_of_acme)" --yes
    run_hook "$PWD/live/$host"
    expect_exit 0
    expect_stderr README
    expect_same "$(obtained)" "$(served)"
    # Again: nothing new, and no restart.
    before=$(cat "$gateway_folder/service/pid")
    write_settings
    run_hook "$PWD/live/$host"
    expect_exit 0
    expect_stdout "already there: \"ICG Berlin@1\""
    expect_same "$before" "$(cat "$gateway_folder/service/pid")"

    run_hook "$PWD/live/other.example.com"
    expect_exit 0
    expect_stderr "not for a gateway"
    echo 'GATEWAYS=' >>"settings/$host.env"
    run_hook "$PWD/live/$host"
    expect_exit 2
    write_settings
    # The exit code of umsadm is the one of the hook: 5, no connection.
    run_ok gateway edit berlin --ssh-port 1
    run_hook "$PWD/live/$host"
    expect_exit 5
    SSL_CERT_FILE=/nowhere UMSADM_SITE=$PWD/other run init
    expect_exit 0
    sed -i "s|^UMSADM_SITE=.*|UMSADM_SITE=$PWD/other|; s|^SSL_CERT_FILE=.*|SSL_CERT_FILE=/nowhere/roots.pem|" \
        "settings/$host.env"
    run_hook "$PWD/live/$host"
    expect_exit 3
    expect_stderr /nowhere/roots.pem
}
