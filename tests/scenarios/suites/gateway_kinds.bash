# shellcheck shell=bash disable=SC2154,SC2034
# The whole way, update and rollback, on the kinds of gateways there are.
# shellcheck source=tests/scenarios/survive.bash
source "$here/survive.bash"

probe() { need_sandbox; }

# Each has a gateway of its own.
begin_with_gateway_of_kind() { # [OPTION...]
    suite_folder=$PWD failed=1
    share_gateway "$@"
    trap stop_gateway EXIT
    site_for_gateway
}

updated_and_rolled_back() {
    run_ok keystore update berlin
    expect_stdout 'gateway "berlin" updated: it serves'
    expect_gateway_has A
    expect_used_is A
    run_ok keystore verify berlin
    run_ok keystore update berlin
    expect_stdout "already current"
    run_ok --yes keystore rollback berlin
    expect_gateway_has old
    expect_not_used A
    run_ok --yes keystore rollback berlin
    expect_gateway_has A
    expect_no_leftovers
}

scenario_tomcat() {
    [ -e /usr/share/tomcat10/bin/bootstrap.jar ] || {
        echo "not tested: Debian's tomcat10-common is not installed" >&2
        return 0
    }
    begin_with_gateway_of_kind --server tomcat
    run_ok --yes cert delete B
    updated_and_rolled_back
}

scenario_pkcs12() {
    begin_with_gateway_of_kind --store-type PKCS12
    run_ok --yes cert delete B
    updated_and_rolled_back
    grep -q "Keystore type: PKCS12" list || fail "the keystore is PKCS#12 still"
}

scenario_a_key_with_a_password_of_its_own() {
    begin_with_gateway_of_kind --separate-key-password --alias "my-gate"
    run_ok --yes cert delete B
    updated_and_rolled_back
    # The server could not start with another one; keytool agrees.
    STORE=$STORE_PASSWORD KEY=$KEY_PASSWORD keytool "${keytool_options[@]:0:3}" -certreq -alias "$ALIAS" \
        -keystore "$KEYSTORE" -storepass:env STORE -keypass:env KEY >request.pem
}

# On the gateway itself there is no SSH; and the key is one of RSA, as a gateway comes with.
scenario_on_the_gateway_itself() {
    suite_folder=$PWD failed=1
    begin_suite_without_ssh
    new_site
    run_ok cert import "$ROOT_PEM" "$ROOT_KEY_PEM"
    run_ok --json cert create A --root "Sandbox Root" --host "$HOSTS" --key rsa:2048
    leaf[A]=$(json /result/fingerprint_sha256)
    run_ok gateway add berlin --host "$TLS_HOST" --port "$TLS_PORT" --install-path "$INSTALL_PATH" \
        --restart-command "$RESTART_COMMAND" --local
    updated_and_rolled_back
}

begin_suite_without_ssh() {
    share_gateway --no-sshd --key rsa:2048
    trap stop_gateway EXIT
}
