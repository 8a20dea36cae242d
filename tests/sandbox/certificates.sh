# Certificates and keystores for the sandboxes, made by openssl and keytool. Sourced by gateway.sh, fleet.sh,
# ums_server.sh and umsadmin-cli.
# shellcheck shell=bash

keytool_options=(-J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -J-XX:-UsePerfData -J-Xshare:auto -noprompt)

# new_key KIND FILE: an unencrypted private key; KIND is rsa:BITS or ec:CURVE
new_key() {
  case $1 in
    rsa:*) openssl genpkey -quiet -algorithm RSA -pkeyopt "rsa_keygen_bits:${1#rsa:}" -out "$2" ;;
    ec:*) openssl genpkey -quiet -algorithm EC -pkeyopt "ec_paramgen_curve:${1#ec:}" -out "$2" ;;
    *)
      echo "no such kind of key: $1 (rsa:BITS or ec:CURVE)" >&2
      return 2
      ;;
  esac
}

# new_root KIND NAME KEY CERTIFICATE: a root as the UMS makes it: CA:TRUE, not critical, and no other extension
new_root() {
  new_key "$1" "$3"
  openssl req -x509 -new -key "$3" -subj "/CN=$2/O=Sandbox/C=DE" -sha512 -days 3650 -out "$4" -config - <<'CONFIG'
[req]
distinguished_name = subject
x509_extensions = root
[subject]
[root]
basicConstraints = CA:TRUE
CONFIG
}

# new_ums_id KIND KEY CERTIFICATE: self-signed for 20 years, and nothing of the host in it
new_ums_id() {
  new_key "$1" "$2"
  openssl req -x509 -new -key "$2" -subj "/CN=UMS/O=Sandbox/C=DE" -sha512 -days 7305 -out "$3" -config - <<'CONFIG'
[req]
distinguished_name = subject
x509_extensions = ums_id
[subject]
[ums_id]
subjectKeyIdentifier = hash
CONFIG
}

# san_of HOSTS: the hosts, separated by ";", as openssl wants them
san_of() {
  local host hosts san=''
  IFS=';' read -ra hosts <<<"$1"
  for host in "${hosts[@]}"; do
    case $host in
      *:* | *[0-9].[0-9]*.[0-9]*.[0-9]*) san+=",IP:$host" ;;
      *) san+=",DNS:$host" ;;
    esac
  done
  printf '%s' "${san#,}"
}

# leaf_extensions KIND HOSTS: of a certificate of a gateway, as openssl wants them in a file
leaf_extensions() {
  local usage=digitalSignature
  [[ $1 != rsa:* ]] || usage+=,keyEncipherment
  printf '%s\n' 'basicConstraints = critical,CA:FALSE' "keyUsage = critical,$usage" 'extendedKeyUsage = serverAuth' \
    "subjectAltName = $(san_of "$2")"
}

# new_leaf KIND NAME HOSTS DAYS ROOT-KEY ROOT KEY CERTIFICATE
new_leaf() {
  new_key "$1" "$7"
  openssl req -new -key "$7" -subj "/CN=$2/O=Sandbox/L=Bremen/C=DE" |
    openssl x509 -req -CA "$6" -CAkey "$5" -sha512 -days "$4" -set_serial "0x$(openssl rand -hex 16 | sed 's/^./1/')" \
      -out "$8" -extfile <(leaf_extensions "$1" "$3") 2>/dev/null
}

# new_keystore TYPE FILE ALIAS STORE-PASSWORD KEY-PASSWORD KEY LEAF ROOT: a key entry with the chain leaf, root
new_keystore() {
  local pkcs12
  pkcs12=$(mktemp "$2.XXXXXX")
  STORE=$4 openssl pkcs12 -export -inkey "$6" -in "$7" -certfile "$8" -name "$3" -passout env:STORE -out "$pkcs12"
  STORE=$4 KEY=$5 keytool "${keytool_options[@]}" -importkeystore -srckeystore "$pkcs12" -srcstoretype PKCS12 \
    -srcstorepass:env STORE -srcalias "$3" -destkeystore "$2" -deststoretype "$1" -deststorepass:env STORE \
    -destkeypass:env KEY >"$pkcs12.log" 2>&1 || {
    cat "$pkcs12.log" >&2
    return 1
  }
  rm -f "$pkcs12" "$pkcs12.log"
}

# add_trusted FILE ALIAS STORE-PASSWORD CERTIFICATE
add_trusted() {
  local log
  log=$(STORE=$3 keytool "${keytool_options[@]}" -importcert -keystore "$1" -alias "$2" -file "$4" -storepass:env STORE 2>&1) || {
    printf '%s\n' "$log" >&2
    return 1
  }
}
