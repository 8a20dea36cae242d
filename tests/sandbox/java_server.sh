# The Java TLS server of java/GatewayServer.java as the server of a sandbox. Sourced by gateway.sh.
# shellcheck shell=bash

# java_server_command SANDBOX: sets server_command
java_server_command() {
  local source cache classes
  source=$(dirname "${BASH_SOURCE[0]}")/java/GatewayServer.java
  cache=$(dirname "${BASH_SOURCE[0]}")/../../.cache/sandbox
  classes=$cache/$(sha256sum "$source" | cut -c1-16)
  if [[ ! -d $classes ]]; then
    mkdir -p "$cache" 2>/dev/null || true
    [[ -w $cache ]] || cache=$1/service
    classes=$(mktemp -d "$cache/compiling.XXXXXX")
    chmod 755 "$classes"
    javac -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -XDstringConcat=inline -d "$classes" "$source"
    # Another sandbox may have compiled the same at the same time: its result is as good.
    mv -T "$classes" "$cache/$(sha256sum "$source" | cut -c1-16)" 2>/dev/null || rm -rf "$classes"
    classes=$cache/$(sha256sum "$source" | cut -c1-16)
  fi
  # A copy, because the user of the service need not be able to read this checkout.
  cp -r "$classes" "$1/service/classes"
  chmod -R a+rX "$1/service/classes"
  # shellcheck disable=SC2034  # for the caller
  server_command=(java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Xmx64m -cp "$1/service/classes"
    GatewayServer "$1/install/usg/conf/application-prod.yml" "$1/control")
}
