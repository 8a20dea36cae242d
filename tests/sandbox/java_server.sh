# The Java TLS servers of java/: one gateway for gateway.sh, many for fleet.sh. Sourced by both.
# shellcheck shell=bash disable=SC2034

# What keeps a virtual machine that does little from doing much.
# Without UsePerfData no folder of its user stays behind in /tmp.
java_options=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Xshare:auto)

# java_classes SANDBOX: has them in SANDBOX/service/classes, compiled when that was not done before
java_classes() {
  local java cache classes made
  java=$(dirname "${BASH_SOURCE[0]}")/java
  cache=$(dirname "${BASH_SOURCE[0]}")/../../.cache/sandbox
  classes=$cache/$(cat "$java"/*.java | sha256sum | cut -c1-16)
  if [[ ! -d $classes ]]; then
    mkdir -p "$cache" 2>/dev/null || true
    [[ -w $cache ]] || classes=$1/service/compiled
    made=$(mktemp -d "$(dirname "$classes")/compiling.XXXXXX")
    chmod 755 "$made"
    javac -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -XDstringConcat=inline -d "$made" "$java"/*.java
    # Another sandbox may have compiled the same at the same time: its result is as good.
    mv -T "$made" "$classes" 2>/dev/null || rm -rf "$made"
  fi
  # A copy, because the user of the service need not be able to read this checkout.
  cp -r "$classes" "$1/service/classes"
  chmod -R a+rX "$1/service/classes"
}

# java_server_command SANDBOX: sets server_command
java_server_command() {
  [[ -d $1/service/classes ]] || java_classes "$1"
  server_command=(java "${java_options[@]}" -Xmx64m -cp "$1/service/classes"
    GatewayServer "$1/install/usg/conf/application-prod.yml" "$1/control")
}

# java_fleet_command FLEET: the same for many gateways. Each has threads that do nothing but wait: their stacks are small.
java_fleet_command() {
  server_command=(java "${java_options[@]}" -Xmx256m -Xss256k -cp "$1/service/classes" FleetServer "$1")
}
