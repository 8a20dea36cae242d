#include <catch2/catch.hpp>

#include "unit/error_of.hpp"
#include "unit/keystore/stores.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

Secret secret(std::string_view text) { return Secret(text); }

}  // namespace

TEST_CASE("a wrong store password is told in one error", "[keystore][keytool]") {
    if (!has_referees()) return;
    const auto name = GENERATE(as<std::string>{}, "rich.jks", "rich.jceks", "rich.p12", "rich-legacy.p12",
                               "openssl-legacy.p12", "openssl-clear.p12");
    CAPTURE(name);
    for (const std::string_view wrong : {"", "changei", "changeit ", "Changeit", "ü"}) {
        const Secret password = secret(wrong);
        const Error error = error_of([&] { decode_keystore(store(name), &password); });
        CHECK(error.code() == Code::invalid_data);
        CHECK(error.message() == "wrong password, or the file is damaged");
    }
}

TEST_CASE("without a password what is in the clear is read, and said to be unverified", "[keystore][keytool]") {
    if (!has_referees()) return;
    for (const std::string name : {"rich.jks", "rich.jceks", "openssl-clear.p12"}) {
        CAPTURE(name);
        const DecodedKeystore decoded = decode_keystore(store(name), nullptr);
        CHECK_FALSE(decoded.integrity_verified);
        CHECK(decoded.keystore == decode_store(name).keystore);
    }
    const Error error = error_of([] { decode_keystore(store("rich.p12"), nullptr); });
    CHECK(error.code() == Code::invalid_data);
    CHECK(error.message() == "the certificates of this keystore are encrypted: its password is needed");
}

TEST_CASE("a JKS password may be any Unicode text", "[keystore][keytool]") {
    if (!has_referees()) return;
    const Secret password = secret("pässwörd €");
    const DecodedKeystore decoded = decode_keystore(store("unicode.jks"), &password);
    CHECK(decoded.integrity_verified);
    const KeyEntry& entry = key_entry(decoded.keystore, "gateway");
    CHECK(key_fits(decrypt_entry_key(entry, password), entry.chain.front()));

    put("unicode-again.jks", encode_keystore(decoded.keystore, password));
    CHECK_THAT(keytool_list("unicode-again.jks", "pässwörd €"), Catch::Contains("PrivateKeyEntry"));
    const Secret not_utf8 = secret("p\xE4ssword");
    CHECK(error_of([&] { decode_keystore(store("unicode.jks"), &not_utf8); }).code() == Code::invalid_data);
}

TEST_CASE("a PKCS#12 password beyond printable ASCII is not written", "[keystore]") {
    Keystore empty;
    empty.format = StoreFormat::pkcs12;
    for (const std::string_view password : {"pässword", "tab\t", "line\n", "\x7F"}) {
        const Error error = error_of([&] { encode_keystore(empty, secret(password)); });
        CHECK(error.code() == Code::failed);
        CHECK(error.message() == "the password of a PKCS#12 keystore must be printable ASCII: Java refuses any other");
    }
    CHECK_NOTHROW(encode_keystore(empty, secret(" !~")));
}

TEST_CASE("a key with a password of its own stays as it is", "[keystore][keytool]") {
    if (!has_referees()) return;
    const Secret key_password = secret("keypass");
    const DecodedKeystore decoded = decode_store("own-key-password.jks");
    const KeyEntry& entry = key_entry(decoded.keystore, "gateway");
    CHECK(error_of([&] { decrypt_entry_key(entry, changeit()); }).message() ==
          "wrong key password, or the key is damaged");
    CHECK(key_fits(decrypt_entry_key(entry, key_password), entry.chain.front()));

    put("own-again.jks", encode_keystore(decoded.keystore, changeit()));
    CHECK(run("$KT -importkeystore -srckeystore own-again.jks -srcstorepass changeit -srckeypass keypass -srcalias "
              "gateway "
              "-destkeystore own-1.p12 -deststorepass changeit")
              .status == 0);
    CHECK(run("$KT -importkeystore -srckeystore own-again.jks -srcstorepass changeit -srckeypass changeit -srcalias "
              "gateway "
              "-destkeystore own-2.p12 -deststorepass changeit")
              .status != 0);
}

TEST_CASE("a PKCS#12 key may have another password than its store", "[keystore][keytool]") {
    if (!has_referees()) return;
    const auto profile = GENERATE(Pkcs12Profile::modern, Pkcs12Profile::compatible);
    Keystore keystore = decode_store("openssl.p12").keystore;
    keystore.profile = profile;
    auto& entry = std::get<KeyEntry>(keystore.entries.front());
    const Secret plain = decrypt_entry_key(entry, changeit());
    entry.encrypted_key = encrypt_entry_key(plain.reveal_bytes(), StoreFormat::pkcs12, profile, secret("keypass"));

    put("two-passwords.p12", encode_keystore(keystore, changeit()));
    const DecodedKeystore decoded = decode_store("two-passwords.p12");
    CHECK(decoded.keystore == keystore);
    const KeyEntry& again = key_entry(decoded.keystore, "gateway");
    CHECK(error_of([&] { decrypt_entry_key(again, changeit()); }).code() == Code::invalid_data);
    CHECK(decrypt_entry_key(again, secret("keypass")).reveal() == plain.reveal());
    // Java as the judge: keytool takes no key password for PKCS#12, the API does.
    must_run(R"(cat >OpenKey.java <<'JAVA'
import java.io.File;
import java.security.KeyStore;

class OpenKey {
    public static void main(String[] arguments) throws Exception {
        KeyStore store = KeyStore.getInstance(new File(arguments[0]), "changeit".toCharArray());
        System.out.println(store.getKey("gateway", "keypass".toCharArray()).getAlgorithm());
    }
}
JAVA
)");
    CHECK(must_run("java -XX:TieredStopAtLevel=1 OpenKey.java two-passwords.p12") == "EC\n");
}

TEST_CASE("a wrong key password is told for every way to protect a key", "[keystore][keytool]") {
    if (!has_referees()) return;
    for (const std::string name : {"rich.jks", "rich.jceks", "rich.p12", "rich-legacy.p12", "openssl-legacy.p12"}) {
        CAPTURE(name);
        const KeyEntry entry = key_entry(decode_store(name).keystore, "gateway");
        for (const std::string_view wrong : {"", "wrong", "changeit1"}) {
            CHECK(error_of([&] { decrypt_entry_key(entry, secret(wrong)); }).code() == Code::invalid_data);
        }
    }
}
