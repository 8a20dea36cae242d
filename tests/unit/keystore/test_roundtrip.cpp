#include <catch2/catch.hpp>

#include "umsadm/base/text.hpp"

#include "unit/keystore/stores.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

// What keytool says about a store, without the lines that say something about the file alone.
std::string listing(const std::string& name, const std::string& password = "changeit") {
    std::string kept;
    for (const std::string& line : split(keytool_list(name, password), '\n')) {
        if (line.find("proprietary format") == std::string::npos) kept += line + "\n";
    }
    return kept;
}

std::size_t entry_count(const DecodedKeystore& decoded) { return decoded.keystore.entries.size(); }

}  // namespace

TEST_CASE("keytool sees the same in a store before and after it was read and written", "[keystore][keytool]") {
    if (!has_referees()) return;
    const auto name =
        GENERATE(as<std::string>{}, "rich.jks", "rich.p12", "rich-legacy.p12", "secret.p12", "empty.jks", "empty.p12",
                 "openssl.p12", "openssl-legacy.p12", "openssl-clear.p12", "nameless.p12", "stray.p12");
    CAPTURE(name);
    const DecodedKeystore decoded = decode_store(name);
    CHECK(decoded.integrity_verified);
    const Bytes written = encode_keystore(decoded.keystore, changeit());
    put("again-" + name, written);
    CHECK(listing("again-" + name) == listing(name));

    const Secret password = changeit();
    const DecodedKeystore again = decode_keystore(written, &password);
    CHECK(again.integrity_verified);
    CHECK(again.keystore == decoded.keystore);
    CHECK(encode_keystore(again.keystore, password).size() == written.size());
}

TEST_CASE("a key that keytool made is read and fits its certificate", "[keystore][keytool]") {
    if (!has_referees()) return;
    const auto name = GENERATE(as<std::string>{}, "rich.jks", "rich.p12", "rich-legacy.p12", "rich.jceks");
    CAPTURE(name);
    const DecodedKeystore decoded = decode_store(name);
    for (const std::string alias : {"rsa", "ed", "gateway äö 𝄞", "gateway"}) {
        CAPTURE(alias);
        const KeyEntry& entry = key_entry(decoded.keystore, alias);
        CHECK(key_fits(decrypt_entry_key(entry, changeit()), entry.chain.front()));
        CHECK(entry.created > 1'700'000'000'000);
    }
    CHECK(key_entry(decoded.keystore, "gateway").chain.size() == 3);
    CHECK_FALSE(has_finding(decoded, "keystore-chain-order"));
}

TEST_CASE("a secret key of a JCEKS store is stepped over and kept as it is", "[keystore][keytool]") {
    if (!has_referees()) return;
    const DecodedKeystore decoded = decode_store("rich.jceks");
    CHECK(decoded.integrity_verified);
    REQUIRE(entry_count(decoded) == 7);
    std::size_t opaque = 0;
    for (const KeystoreEntry& entry : decoded.keystore.entries) {
        if (const auto* secret = std::get_if<OpaqueEntry>(&entry)) {
            ++opaque;
            CHECK(secret->alias == "secret");
            CHECK(as_text(secret->content).find("SealedObject") != std::string_view::npos);
        }
    }
    CHECK(opaque == 1);
    CHECK_THROWS_WITH(encode_keystore(decoded.keystore, changeit()), Catch::Contains("JCEKS"));
}

TEST_CASE("a secret key of a PKCS#12 store is kept for Java", "[keystore][keytool]") {
    if (!has_referees()) return;
    put("kept-secret.p12", encode_keystore(decode_store("secret.p12").keystore, changeit()));
    CHECK_THAT(must_run("$KT -list -keystore kept-secret.p12 -storepass changeit -alias secret"),
               Catch::Contains("SecretKeyEntry"));
}

TEST_CASE("keytool can use every key of a store that was written", "[keystore][keytool]") {
    if (!has_referees()) return;
    const auto name = GENERATE(as<std::string>{}, "rich.jks", "rich.p12", "rich-legacy.p12");
    CAPTURE(name);
    put("used-" + name, encode_keystore(decode_store(name).keystore, changeit()));
    // Converting a store makes Java decrypt each key with the store's password.
    const std::string output =
        must_run("rm -f converted.jks; $KT -importkeystore -noprompt -srckeystore used-" + name +
                 " -srcstorepass changeit -destkeystore converted.jks -deststoretype JKS -deststorepass changeit");
    CHECK_THAT(output, Catch::Contains("6 entries successfully imported, 0 entries failed"));
    CHECK(entry_count(decode_store("converted.jks")) == 6);
}

TEST_CASE("an entry may change its format when its key is encrypted again", "[keystore][keytool]") {
    if (!has_referees()) return;
    const auto [from, to] = GENERATE(table<std::string, StoreFormat>(
        {{"rich.jks", StoreFormat::pkcs12}, {"rich.p12", StoreFormat::jks}, {"rich.jceks", StoreFormat::jks}}));
    CAPTURE(from);
    Keystore keystore = decode_store(from).keystore;
    keystore.format = to;
    std::erase_if(keystore.entries, [](const auto& entry) { return std::holds_alternative<OpaqueEntry>(entry); });
    CHECK_THROWS_WITH(encode_keystore(keystore, changeit()), Catch::Contains("is encrypted in a way"));

    for (KeystoreEntry& entry : keystore.entries) {
        auto* key = std::get_if<KeyEntry>(&entry);
        if (key == nullptr) continue;
        const Secret plain = decrypt_entry_key(*key, changeit());
        key->encrypted_key = encrypt_entry_key(plain.reveal_bytes(), to, keystore.profile, changeit());
    }
    put("moved", encode_keystore(keystore, changeit()));
    CHECK(decode_store("moved").keystore == keystore);
    CHECK_THAT(must_run("rm -f converted.p12; $KT -importkeystore -noprompt -srckeystore moved -srcstorepass changeit "
                        "-destkeystore converted.p12 -deststoretype PKCS12 -deststorepass changeit"),
               Catch::Contains("6 entries successfully imported, 0 entries failed"));
}
