#include <catch2/catch.hpp>

#include "unit/error_of.hpp"
#include "unit/keystore/stores.hpp"

using namespace umsadm;
using namespace umsadm::test;

TEST_CASE("what openssl pkcs12 writes is read with its key and its chain", "[keystore][openssl]") {
    if (!has_referees()) return;
    const auto name = GENERATE(as<std::string>{}, "openssl.p12", "openssl-legacy.p12", "openssl-3des.p12",
                               "openssl-nomac.p12", "openssl-clear.p12", "openssl-plain-key.p12", "openssl-600k.p12");
    CAPTURE(name);
    const DecodedKeystore decoded = decode_store(name);
    REQUIRE(decoded.keystore.entries.size() == 1);
    const KeyEntry& entry = key_entry(decoded.keystore, "gateway");
    CHECK(entry.chain.size() == 3);
    CHECK(key_fits(decrypt_entry_key(entry, changeit()), entry.chain.front()));

    const bool old = name == "openssl-legacy.p12" || name == "openssl-3des.p12";
    CHECK(decoded.keystore.profile == (old ? Pkcs12Profile::compatible : Pkcs12Profile::modern));
    const bool no_mac = name == "openssl-nomac.p12";
    CHECK(decoded.integrity_verified == !no_mac);
    CHECK(has_finding(decoded, "keystore-no-mac") == no_mac);
    CHECK(has_finding(decoded, "keystore-plain-key") == (name == "openssl-plain-key.p12"));
}

TEST_CASE("openssl reads what is written, in both profiles", "[keystore][openssl]") {
    if (!has_referees()) return;
    const auto name = GENERATE(as<std::string>{}, "rich.p12", "rich-legacy.p12", "openssl-plain-key.p12");
    CAPTURE(name);
    put("written.p12", encode_keystore(decode_store(name).keystore, changeit()));
    const std::string info = must_run("openssl pkcs12 -in written.p12 -passin pass:changeit -noout -info");
    if (name == "rich-legacy.p12") {
        CHECK_THAT(info, Catch::Contains("MAC: sha1, Iteration 50000"));
        CHECK_THAT(info, Catch::Contains("pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 50000"));
    } else {
        CHECK_THAT(info, Catch::Contains("MAC: sha256, Iteration 10000"));
        CHECK_THAT(info, Catch::Contains("PBES2, PBKDF2, AES-256-CBC, Iteration 10000, PRF hmacWithSHA256"));
    }
    CHECK_THAT(info, !Catch::Contains("Key bag\n"));
    CHECK_THAT(must_run("openssl pkcs12 -in written.p12 -passin pass:changeit -nodes -nocerts"),
               Catch::Contains("PRIVATE KEY"));
}

TEST_CASE("a plain key is encrypted when its store is written", "[keystore][openssl]") {
    if (!has_referees()) return;
    const Keystore plain = decode_store("openssl-plain-key.p12").keystore;
    put("protected.p12", encode_keystore(plain, changeit()));
    const KeyEntry entry = key_entry(decode_store("protected.p12").keystore, "gateway");
    CHECK(entry.encrypted_key != key_entry(plain, "gateway").encrypted_key);
    CHECK(error_of([&] { decrypt_entry_key(entry, Secret(std::string_view("wrong"))); }).code() == Code::invalid_data);
    CHECK_THAT(keytool_list("protected.p12"), Catch::Contains("PrivateKeyEntry"));
}

TEST_CASE("a certificate that belongs to no entry is reported and kept", "[keystore][openssl]") {
    if (!has_referees()) return;
    const DecodedKeystore decoded = decode_store("stray.p12");
    CHECK(has_finding(decoded, "keystore-unused-certificate"));
    REQUIRE(decoded.keystore.entries.size() == 2);
    put("stray-again.p12", encode_keystore(decoded.keystore, changeit()));
    CHECK_THAT(must_run("openssl pkcs12 -in stray-again.p12 -passin pass:changeit -nokeys"),
               Catch::Contains("subject=CN = Other Root"));
}

TEST_CASE("a store of bare certificates has no entries for Java, and they are kept", "[keystore][openssl]") {
    if (!has_referees()) return;
    const DecodedKeystore decoded = decode_store("certs-only.p12");
    REQUIRE(decoded.keystore.entries.size() == 1);
    CHECK(std::holds_alternative<OpaqueEntry>(decoded.keystore.entries.front()));
    put("certs-again.p12", encode_keystore(decoded.keystore, changeit()));
    CHECK_THAT(keytool_list("certs-again.p12"), Catch::Contains("contains 0 entries"));
    CHECK_THAT(must_run("openssl pkcs12 -in certs-again.p12 -passin pass:changeit -nokeys"),
               Catch::Contains("CN = Test Root"));
}

TEST_CASE("a file in BER with indefinite lengths is read", "[keystore][openssl]") {
    if (!has_referees()) return;
    // The outer SEQUENCE alone is turned into the indefinite form: 30 80 ... 00 00.
    const Bytes der = store("openssl.p12");
    REQUIRE(der[1] == 0x82);
    Bytes ber = {0x30, 0x80};
    ber.insert(ber.end(), der.begin() + 4, der.end());
    ber.insert(ber.end(), {0, 0});
    const Secret password = changeit();
    CHECK(detect_format(ber) == StoreFormat::pkcs12);
    const DecodedKeystore decoded = decode_keystore(ber, &password);
    CHECK(decoded.keystore == decode_store("openssl.p12").keystore);
    CHECK(decoded.findings.empty());
}

TEST_CASE("an empty PKCS#12 password is one", "[keystore][openssl]") {
    if (!has_referees()) return;
    const Secret empty;
    const DecodedKeystore decoded = decode_keystore(store("empty-password.p12"), &empty);
    CHECK(decoded.integrity_verified);
    const KeyEntry& entry = key_entry(decoded.keystore, "gateway");
    CHECK(key_fits(decrypt_entry_key(entry, empty), entry.chain.front()));
    put("empty-again.p12", encode_keystore(decoded.keystore, empty));
    CHECK_THAT(must_run("openssl pkcs12 -in empty-again.p12 -passin pass: -nodes"), Catch::Contains("PRIVATE KEY"));
}
