# shellcheck shell=bash disable=SC2154,SC2034
# What other tools write: openssl, keytool, certtool, Java. And every format that can be exported, imported again.
# shellcheck source=tests/sandbox/certificates.sh
source "$here/../sandbox/certificates.sh"

probe() { need openssl keytool certtool java; }

# A chain and its files in every format, made once: root.pem ca.pem leaf.pem leaf.key and the stores of them.
begin_suite() {
    make_chain && make_stores >make.log 2>&1 || {
        cat make.log
        return 1
    }
    made=$PWD
}

make_chain() {
    new_root ec:P-256 "UMS Root" root.key root.pem
    new_key ec:P-256 ca.key
    openssl req -new -key ca.key -subj "/CN=UMS CA" | openssl x509 -req -CA root.pem -CAkey root.key -days 900 -out ca.pem \
        -extfile <(printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign') 2>/dev/null
    new_leaf ec:P-256 "ICG" "icg.example.com;10.0.0.5" 300 ca.key ca.pem leaf.key leaf.pem
    cat ca.pem root.pem >chain.pem
    cat leaf.pem chain.pem >full.pem
    echo marker-Store-1 >pass
    echo marker-Key-2 >key.pass
    echo marker-Other-3 >other.pass
    chmod 600 ./*pass
}

make_stores() {
    openssl x509 -in leaf.pem -outform der -out leaf.der
    openssl x509 -in root.pem -outform der -out root.der
    openssl pkey -in leaf.key -outform der -out leaf.key.der
    openssl pkcs8 -topk8 -in leaf.key -outform der -passout file:key.pass -out leaf.enc.der
    openssl pkcs8 -topk8 -in leaf.key -passout file:key.pass -out leaf.enc.key
    openssl ec -in leaf.key -aes128 -passout file:key.pass -out leaf.old.key
    openssl genrsa -aes128 -traditional -passout file:other.pass -out rsa.old.key 2048
    openssl crl2pkcs7 -nocrl -certfile leaf.pem -certfile chain.pem -outform der -out all.p7b
    openssl crl2pkcs7 -nocrl -certfile leaf.pem -certfile chain.pem -out all.p7c
    local p12=(openssl pkcs12 -export -in leaf.pem -inkey leaf.key -certfile chain.pem -name icg -passout file:pass)
    "${p12[@]}" -out modern.p12
    "${p12[@]}" -legacy -out legacy.p12
    "${p12[@]}" -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 -out 3des.p12
    openssl pkcs12 -export -in leaf.pem -inkey leaf.key -certfile chain.pem -passout pass: -out no-password.p12
    certtool --to-p12 --load-certificate full.pem --load-privkey leaf.key --p12-name icg \
        --password "$(cat pass)" --outder --outfile gnutls.p12
    certtool --to-p12 --load-certificate full.pem --load-privkey leaf.key --p12-name icg \
        --pkcs-cipher 3des-pkcs12 --password "$(cat pass)" --outder --outfile gnutls-3des.p12
    certtool --p7-generate --load-certificate leaf.pem --load-privkey leaf.key --infile ca.pem \
        --outder --outfile signed.p7b --p7-include-cert
    new_keystore JKS store.jks icg "$(cat pass)" "$(cat key.pass)" leaf.key leaf.pem chain.pem
    new_keystore JCEKS store.jceks icg "$(cat pass)" "$(cat pass)" leaf.key leaf.pem chain.pem
    write_java
    java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC TwoKeys.java
}

# What keytool cannot do: two entries in one JCEKS, each with a password of its own, and a certificate under two aliases.
write_java() {
    openssl pkcs8 -topk8 -nocrypt -in ca.key -outform der -out ca.p8
    openssl pkcs8 -topk8 -nocrypt -in leaf.key -outform der -out leaf.p8
    cat >TwoKeys.java <<'JAVA'
import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.cert.Certificate;
import java.security.spec.PKCS8EncodedKeySpec;

public class TwoKeys {
    static PrivateKey key(String file) throws Exception {
        byte[] der = Files.readAllBytes(Path.of(file));
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    static Certificate certificate(String file) throws Exception {
        try (InputStream in = new FileInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    static char[] password(String file) throws Exception {
        return Files.readString(Path.of(file)).strip().toCharArray();
    }

    public static void main(String[] args) throws Exception {
        Certificate root = certificate("root.pem"), ca = certificate("ca.pem"), leaf = certificate("leaf.pem");
        KeyStore store = KeyStore.getInstance("JCEKS");
        store.load(null, null);
        store.setKeyEntry("Gateway", key("leaf.p8"), password("key.pass"), new Certificate[] {leaf, ca, root});
        store.setKeyEntry("authority", key("ca.p8"), password("other.pass"), new Certificate[] {ca, root});
        store.setCertificateEntry("root", root);
        store.setCertificateEntry("root again", root);
        try (OutputStream out = new FileOutputStream("two-keys.jceks")) {
            store.store(out, password("pass"));
        }
    }
}
JAVA
}

# What a site holds, whatever the order of its folders.
content_of() { (cd "$1/certificates" && find . -name '*.pem' ! -type d | sort | xargs sha256sum | sha256sum); }

empty_site() { # NAME
    [ -d "$made/empty-site" ] || UMSADM_SITE=$made/empty-site "$umsadm" init >/dev/null
    cp -a "$made/empty-site" "$1"
    export UMSADM_SITE=$PWD/$1
}

passwords=(--password "file:pass" --key-password "file:key.pass")
# Each line: what is imported; all give the same three certificates and the key of the gateway.
sources=(
    "leaf.pem chain.pem leaf.key" "leaf.der ca.pem root.der leaf.key.der" "all.p7b leaf.enc.der"
    "modern.p12" "legacy.p12" "store.jks" "store.jceks"
)
more_sources=("all.p7c leaf.old.key" "leaf.enc.key full.pem" "3des.p12" "gnutls.p12" "gnutls-3des.p12")

# export_as FORMAT FOLDER: of the gateway's certificate, as files that hold everything.
export_as() {
    mkdir "$2"
    case $1 in
        pem | der)
            run_ok cert export ICG -o "$2/leaf" --format "$1"
            run_ok cert export ICG -o "$2/chain" --format chain
            run_ok cert export ICG -o "$2/key" --format key
            ;;
        fullchain)
            run_ok cert export ICG -o "$2/fullchain" --format fullchain
            run_ok cert export ICG -o "$2/key" --format key
            ;;
        legacy) run_ok cert export ICG -o "$2/store" --format pkcs12 --password file:pass --legacy ;;
        *) run_ok cert export ICG -o "$2/store" --format "$1" --password file:pass ;;
    esac
}

# import_source NUMBER SOURCE: into a site of its own. Sets wanted: what every site has to hold.
import_source() {
    empty_site "from-$1"
    # shellcheck disable=SC2086  # several files
    run_ok cert import $2 "${passwords[@]}"
    wanted=${wanted:-$(content_of "from-$1")}
    expect_same "$wanted" "$(content_of "from-$1")"
}

scenario_every_pair_of_formats() {
    cp "$made"/* . 2>/dev/null || true
    local format wanted='' number=0 source
    for source in "${sources[@]}"; do
        number=$((number + 1))
        import_source "$number" "$source"
        for format in pem der fullchain pkcs12 legacy jks; do
            UMSADM_SITE=$PWD/from-$number
            export_as "$format" "$number-$format"
            empty_site "to-$number-$format"
            run_ok cert import "$number-$format" --password file:pass
            expect_same "$wanted" "$(content_of "to-$number-$format")"
        done
    done
}

scenario_files_of_other_tools() {
    cp "$made"/* . 2>/dev/null || true
    local wanted='' number=0 source
    for source in "${sources[0]}" "${more_sources[@]}"; do
        number=$((number + 1))
        import_source "$number" "$source"
    done
    expect_json_of_gateway
}

expect_json_of_gateway() {
    run_ok --json cert show ICG
    expect_json /result/has_private_key true
    expect_json /result/hosts/0 dns:icg.example.com
}

scenario_several_passwords_in_one_call() {
    cp "$made"/* . 2>/dev/null || true
    new_site
    run cert import two-keys.jceks --password file:other.pass --key-password file:key.pass
    expect_error 1 two-keys.jceks
    run cert import two-keys.jceks --password file:pass --key-password file:key.pass
    expect_error 1 "two-keys.jceks (authority)"
    run_ok --json cert import two-keys.jceks leaf.enc.key modern.p12 --password file:other.pass --password file:pass \
        --key-password file:key.pass --key-password file:other.pass
    expect_json /result/items/1/name "UMS CA"
    expect_json /result/items/1/has_private_key true
    expect_json /result/items/2/has_private_key true
    run cert import rsa.old.key --key-password file:key.pass
    expect_error 1 rsa.old.key
    run cert import rsa.old.key --key-password file:key.pass --key-password file:other.pass
    expect_error 1 "belongs to no certificate"
}

scenario_a_pkcs12_that_was_made_without_a_password() {
    cp "$made"/* . 2>/dev/null || true
    new_site
    run_ok cert import no-password.p12
    run cert import modern.p12
    expect_error 2 "--password"
}

scenario_a_ca_key_in_encrypted_der_stays_encrypted() {
    cp "$made"/* . 2>/dev/null || true
    openssl pkcs8 -topk8 -in root.key -outform der -passout file:key.pass -out root.enc.der
    new_site
    run cert import root.pem root.enc.der
    expect_error 2 "--key-password"
    run cert import root.pem root.enc.der --key-password file:pass
    expect_error 1 root.enc.der
    run_ok cert import root.pem root.enc.der --key-password file:pass --key-password file:key.pass
    openssl pkey -in "$UMSADM_SITE"/certificates/*/key.pem -passin file:key.pass -noout || fail "the same password"
}

scenario_a_signed_pkcs7_gives_its_certificates() {
    cp "$made"/* . 2>/dev/null || true
    new_site
    run_ok --json cert import signed.p7b chain.pem
    expect_json /result/items/2/name ICG
}

scenario_a_folder_is_read_and_what_is_nothing_is_passed_over() {
    mkdir -p live/more
    cat "$made/leaf.pem" "$made/chain.pem" >live/fullchain.pem
    cp "$made/leaf.pem" live/cert.pem
    cp "$made/chain.pem" live/chain.pem
    ln -s "$made/leaf.key" live/privkey.pem
    ln -s nowhere live/dangling.pem
    echo "This directory contains your keys and certificates." >live/README
    cp "$made/rsa.old.key" live/more
    new_site
    run_ok --json cert import --name "ICG Berlin" live
    expect_json /result/items/2/name "ICG Berlin"
    expect_json /result/items/2/has_private_key true
    expect_json /result/passed_over/0 live/README
    expect_json /result/passed_over/1 live/dangling.pem
    expect_json /result/passed_over/2 live/more
    expect_stderr 'passed over "live/README"'
    run_ok cert import --name "ICG Berlin" live
    expect_stdout 'already there: "ICG Berlin@1"'
    run_ok cert list --machine-readable --no-header
    expect_lines 3
    mkdir empty
    run cert import empty
    expect_error 1 empty
    run cert import live/README
    expect_error 1 README
}

scenario_a_dry_run_says_what_would_be_stored_and_stores_nothing() {
    cp "$made"/* . 2>/dev/null || true
    new_site
    run_ok cert import leaf.pem chain.pem leaf.key --name "ICG Berlin" --dry-run
    expect_stdout 'would import "ICG Berlin@1"'
    run_ok --json cert import leaf.pem chain.pem leaf.key --dry-run
    expect_json /result/dry_run true
    expect_json /result/items/2/has_private_key true
    run_ok cert list --machine-readable --no-header
    expect_lines 0
    [ -z "$(ls "$UMSADM_SITE/certificates")" ] || fail "nothing in the site"
    run cert import leaf.pem leaf.key --dry-run
    expect_error 1 "UMS CA"
}

scenario_a_public_root_comes_from_the_system() {
    cp "$made"/* . 2>/dev/null || true
    new_root ec:P-256 "Another Root" another.key another.pem
    cat another.pem root.pem >system.pem
    cat leaf.pem ca.pem >fullchain.pem
    export SSL_CERT_FILE=$PWD/system.pem
    new_site
    run cert import fullchain.pem leaf.key
    expect_error 1 "UMS Root"
    expect_stderr "--system-roots"
    run_ok --json cert import fullchain.pem leaf.key --system-roots
    expect_json /result/items/0/name "UMS Root"
    run_ok cert list --machine-readable --no-header
    expect_lines 3
    export SSL_CERT_FILE=$PWD/none.pem UMSADM_SITE=$PWD/second
    new_site
    run cert import fullchain.pem leaf.key
    expect_error 1 "UMS Root"
    expect_not_stderr "--system-roots"
    run cert import fullchain.pem leaf.key --system-roots
    expect_error 3 none.pem
}

scenario_a_key_that_belongs_to_nothing_can_be_passed_over() {
    cp "$made"/* . 2>/dev/null || true
    new_site
    run cert import root.pem ca.key
    expect_error 1 ca.key
    run_ok cert import root.pem ca.key --partial
    expect_stderr ca.key
    run_ok cert list --machine-readable --no-header
    expect_lines 1
}

scenario_the_wished_name_gets_the_next_generation_with_other_hosts() {
    cp "$made"/* . 2>/dev/null || true
    new_site
    run_ok cert import leaf.pem chain.pem leaf.key --name "ICG Berlin"
    new_leaf ec:P-256 "Other" "icg.example.com;10.0.0.5;new.example.com" 300 ca.key ca.pem more.key more.pem
    run_ok --json cert import more.pem more.key --name "ICG Berlin"
    expect_json /result/items/0/generation 2
    run_ok cert delete "ICG Berlin@2" --yes
    run_ok --json cert import more.pem more.key --name "ICG Berlin"
    expect_json /result/items/0/generation 3
}

# How long a thousand take is measured by scripts/bench.
scenario_a_bundle_of_one_common_name() {
    cp "$made"/{ca.pem,ca.key,root.pem} .
    openssl req -new -key ca.key -subj "/CN=many" -out many.csr
    for ((i = 0; i < 40; ++i)); do
        openssl x509 -req -in many.csr -CA ca.pem -CAkey ca.key -days $((100 + i)) \
            -extfile <(echo "subjectAltName=DNS:host$((i % 20)).example.com") 2>/dev/null
    done >bundle.pem
    cat root.pem ca.pem >>bundle.pem
    new_site
    run_ok cert import bundle.pem
    expect_stderr "42 certificates are too many to judge here"
    run_ok cert list --machine-readable --no-header
    expect_lines 42
    run_ok cert show "many 20@2"
    expect_same 42 "$(grep -c '"cert import"' "$UMSADM_SITE/audit.jsonl")"
}
