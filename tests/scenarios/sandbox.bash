# Words for scenarios with a real gateway: tests/sandbox/gateway.sh in the folder of the scenario.
# shellcheck shell=bash disable=SC2154

sandbox_tools=$here/../sandbox

# For probe(): why there can be no gateway with a login of its own here.
need_sandbox() {
    if ((EUID != 0)); then
        echo "the SSH user of the gateway needs sudo, which only root can set up"
        return
    fi
    need keytool java javac openssl sshd sudo
}

# with_gateway [OPTION...]: starts a gateway and sets the variables of its env; it is stopped when the scenario ends.
with_gateway() {
    chmod 755 .
    gateway_folder=$PWD/gateway
    trap stop_gateway EXIT
    "$sandbox_tools/gateway.sh" start "$gateway_folder" "$@" >start.log 2>&1 || {
        cat start.log
        return 1
    }
    # shellcheck source=/dev/null
    source "$gateway_folder/env"
}

stop_gateway() { "$sandbox_tools/gateway.sh" stop "$gateway_folder" >"$gateway_folder.stop.log" 2>&1 || true; }

# add_gateway NAME [OPTION...]: makes the gateway known to the site, with its host key trusted.
add_gateway() {
    run_ok gateway add "$1" --host "$TLS_HOST" --port "$TLS_PORT" --install-path "$INSTALL_PATH" \
        --restart-command "$RESTART_COMMAND" --ssh-port "$SSH_PORT" --ssh-user "$SSH_USER" --ssh-key "$SSH_KEY" \
        --sudo-password "file:$SSH_PASSWORD_FILE" --host-key "$HOST_KEY" "${@:2}"
}
