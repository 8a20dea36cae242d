#!/bin/sh
# shellcheck disable=SC2086  # the variables hold several words
# Makes the keystores of the tests in the current folder: only keytool and openssl, nothing of ours.
set -eu

pass='-storepass changeit'
log=make_stores.log
exec 3>&1 >"$log" 2>&1
trap 'if [ $? -ne 0 ]; then cat "$log" >&3; fi' EXIT

# A root, an intermediate and a leaf; the root as old gateways have it, without key identifiers.
ec='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
cat >ca.cnf <<CNF
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = CA:TRUE
[int]
basicConstraints = critical, CA:TRUE
subjectKeyIdentifier = hash
[leaf]
subjectAltName = DNS:icg.example.com
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
CNF
openssl req -config ca.cnf -x509 $ec -keyout root.key -out root.crt -subj '/CN=Test Root' -extensions root -days 3650
openssl req -config ca.cnf -x509 $ec -keyout other.key -out other.crt -subj '/CN=Other Root' -extensions root -days 3650
openssl req -config ca.cnf $ec -keyout int.key -out int.csr -subj '/CN=Test Intermediate'
openssl x509 -req -in int.csr -CA root.crt -CAkey root.key -extfile ca.cnf -extensions int -out int.crt -days 3650
openssl req -config ca.cnf $ec -keyout leaf.key -out leaf.csr -subj '/CN=icg.example.com'
openssl x509 -req -in leaf.csr -CA int.crt -CAkey int.key -extfile ca.cnf -extensions leaf -out leaf.crt -days 365
cat int.crt root.crt >chain.pem
cat root.crt int.crt >reversed.pem

export_p12() {
    name=$1
    shift
    openssl pkcs12 -export -inkey leaf.key -in leaf.crt -certfile chain.pem -name gateway -passout pass:changeit \
        -out "$name" "$@"
}
export_p12 openssl.p12
export_p12 openssl-legacy.p12 -legacy
export_p12 openssl-3des.p12 -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1
export_p12 openssl-nomac.p12 -nomac
export_p12 openssl-clear.p12 -certpbe NONE
export_p12 openssl-plain-key.p12 -keypbe NONE
export_p12 openssl-600k.p12 -iter 600000
openssl pkcs12 -export -inkey leaf.key -in leaf.crt -certfile reversed.pem -passout pass:changeit -out nameless.p12
openssl pkcs12 -export -inkey leaf.key -in leaf.crt -certfile chain.pem -name gateway -passout pass: -out empty-password.p12
cat chain.pem other.crt >more.pem
openssl pkcs12 -export -inkey leaf.key -in leaf.crt -certfile more.pem -name gateway -passout pass:changeit -out stray.p12
openssl pkcs12 -export -nokeys -in root.crt -passout pass:changeit -out certs-only.p12

# A gateway's keystore: several keys, one with a chain, trusted entries, an alias beyond ASCII.
$KT -genkeypair -keystore rich.jks -storetype JKS $pass -alias rsa -keyalg RSA -keysize 2048 -dname CN=rsa
$KT -genkeypair -keystore rich.jks $pass -alias ed -keyalg Ed25519 -dname CN=ed
$KT -genkeypair -keystore rich.jks $pass -alias 'Gateway ÄÖ 𝄞' -keyalg EC -groupname secp384r1 -dname CN=umlaut
$KT -importkeystore -srckeystore openssl.p12 -srcstorepass changeit -destkeystore rich.jks -deststorepass changeit
$KT -importcert -noprompt -keystore rich.jks $pass -alias root -file root.crt
$KT -importcert -noprompt -keystore rich.jks $pass -alias Other -file other.crt

$KT -importkeystore -noprompt -srckeystore rich.jks -srcstorepass changeit -deststorepass changeit \
    -destkeystore rich.p12 -deststoretype PKCS12
$KT -J-Dkeystore.pkcs12.legacy -importkeystore -noprompt -srckeystore rich.jks -srcstorepass changeit \
    -deststorepass changeit -destkeystore rich-legacy.p12 -deststoretype PKCS12

# A secret key before the others, so that a reader has to get past it.
$KT -genseckey -keystore rich.jceks -storetype JCEKS $pass -alias secret -keyalg AES -keysize 256
$KT -importkeystore -noprompt -srckeystore rich.jks -srcstorepass changeit -deststorepass changeit \
    -destkeystore rich.jceks -deststoretype JCEKS
cp rich.p12 secret.p12
$KT -genseckey -keystore secret.p12 $pass -alias Secret -keyalg AES -keysize 256

$KT -genkeypair -keystore own-key-password.jks -storetype JKS $pass -keypass keypass -alias gateway -keyalg EC \
    -dname CN=own
$KT -genkeypair -keystore unicode.jks -storetype JKS -storepass 'pässwörd €' -alias gateway -keyalg EC -dname CN=unicode
cp own-key-password.jks empty.jks
cp openssl.p12 empty.p12
$KT -delete -keystore empty.jks $pass -alias gateway
$KT -delete -keystore empty.p12 $pass -alias gateway
