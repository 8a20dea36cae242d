#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/jobs/exchange_entry.hpp"
#include "umsadm/jobs/ums_id.hpp"

#include "unit/crypto/openssl_referee.hpp"
#include "unit/error_of.hpp"
#include "unit/jobs/ums_id_fixture.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

const Secret& password() {
    static const Secret secret{std::string_view("backup-secret")};
    return secret;
}

Bytes bytes_in(const OpensslReferee& referee, const std::string& file) {
    return to_bytes(as_bytes(read_text(referee.folder() / file)));
}

void put(const OpensslReferee& referee, const std::string& file, ByteView content) {
    write_text(referee.folder() / file, as_text(content));
}

Error refusal(ByteView file, const Secret& secret = password()) {
    return error_of([&] { (void)read_ums_id_backup(file, secret); });
}

// id.key and id.pem: what a UMS of another make might have.
Certificate foreign_ums_id(const OpensslReferee& referee) { return referee.self_signed("id", "/CN=UMS", ""); }

const std::string k_export = "openssl pkcs12 -export -passout pass:backup-secret -out file.p12 ";

Bytes exported(const OpensslReferee& referee, const std::string& options) {
    referee.must(k_export + options);
    return bytes_in(referee, "file.p12");
}

bool same_key(const UmsId& a, const UmsId& b) { return a.key->public_key_der() == b.key->public_key_der(); }

}  // namespace

TEST_CASE("a backup gives the UMS ID back, and another password does not", "[jobs][ums-id]") {
    const UmsId id = make_ums_id();
    const Bytes file = write_ums_id_backup(id, password());
    CHECK(is_ums_id_backup(file));
    const UmsId read = read_ums_id_backup(file, password());
    CHECK(read.certificate == id.certificate);
    REQUIRE(read.key);
    CHECK(same_key(read, id));
    const Secret wrong{std::string_view("Backup-secret")};
    CHECK(refusal(file, wrong).code() == Code::invalid_data);
    CHECK(refusal(file, wrong).message().find("wrong password") != std::string::npos);
    CHECK(refusal(file, Secret()).code() == Code::invalid_data);
}

TEST_CASE("openssl and keytool read a backup, key and certificate", "[jobs][ums-id]") {
    const UmsId id = make_ums_id();
    const OpensslReferee referee;
    put(referee, "id.p12", write_ums_id_backup(id, password()));
    referee.must("openssl pkcs12 -in id.p12 -passin pass:backup-secret -nodes -out all.pem");
    CHECK(referee.must("openssl x509 -in all.pem -outform DER | sha256sum").substr(0, 64) ==
          id.certificate.fingerprint().hex());
    write_text(referee.folder() / "id.pem", id.certificate.pem());
    CHECK(referee.must("openssl pkey -in all.pem -pubout") == referee.must("openssl x509 -in id.pem -noout -pubkey"));
    CHECK(referee.must("openssl pkcs12 -in id.p12 -passin pass:backup-secret -info -noout").find("AES-256-CBC") !=
          std::string::npos);
    if (!has_tool("keytool")) return;
    const std::string list = referee.must("keytool -list -v -keystore id.p12 -storepass backup-secret");
    CHECK(list.find("PrivateKeyEntry") != std::string::npos);
    CHECK(list.find(id.certificate.fingerprint().to_string()) != std::string::npos);
    // keytool decrypts the key to encrypt it again.
    referee.must(
        "keytool -importkeystore -srckeystore id.p12 -srcstorepass backup-secret -destkeystore copy.p12 "
        "-deststoretype PKCS12 -deststorepass backup-secret");
    CHECK(same_key(read_ums_id_backup(bytes_in(referee, "copy.p12"), password()), id));
}

TEST_CASE("what openssl exports is read, in its present way and in its old one", "[jobs][ums-id]") {
    const OpensslReferee referee;
    const Certificate certificate = foreign_ums_id(referee);
    for (const char* options :
         {"", "-name ums", "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1", "-certpbe NONE"}) {
        INFO(options);
        const UmsId read =
            read_ums_id_backup(exported(referee, std::string("-inkey id.key -in id.pem ") + options), password());
        CHECK(read.certificate == certificate);
        CHECK(read.key->fits(certificate));
    }
}

TEST_CASE("what keytool makes is read", "[jobs][ums-id]") {
    if (!has_tool("keytool")) return;
    const OpensslReferee referee;
    referee.must(
        "keytool -genkeypair -keyalg RSA -keysize 2048 -dname CN=UMS -alias ums -validity 7300 -storetype PKCS12 "
        "-keystore java.p12 -storepass backup-secret");
    const UmsId read = read_ums_id_backup(bytes_in(referee, "java.p12"), password());
    CHECK(read.certificate.subject() == "CN=UMS");
    CHECK(read.key->fits(read.certificate));
}

TEST_CASE("a backup with any one byte damaged is never taken for good", "[jobs][ums-id]") {
    const UmsId id = make_ums_id();
    const Bytes good = write_ums_id_backup(id, password());
    std::vector<std::size_t> taken;
    for (std::size_t at = 0; at < good.size(); ++at) {
        Bytes damaged = good;
        damaged[at] ^= 0x01U;
        try {
            (void)read_ums_id_backup(damaged, password());
            taken.push_back(at);
        } catch (const Error& error) {
            const bool is_known = error.code() == Code::invalid_data || error.code() == Code::refused;
            if (!is_known) FAIL("byte " << at << ": " << error.what());
        }
    }
    CHECK(taken == std::vector<std::size_t>{});
}

TEST_CASE("a backup that was cut off, or has more behind its end, is damaged", "[jobs][ums-id]") {
    const Bytes good = write_ums_id_backup(make_ums_id(), password());
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{20}, good.size() / 2, good.size() - 1}) {
        CHECK(refusal(ByteView(good).first(size)).code() == Code::invalid_data);
    }
    Bytes longer = good;
    longer.push_back(0);
    CHECK(refusal(longer).message() == "the backup of the UMS ID is damaged: something stands behind its end");
}

TEST_CASE("a backup without an integrity check is not trusted", "[jobs][ums-id]") {
    const OpensslReferee referee;
    (void)foreign_ums_id(referee);
    CHECK(refusal(exported(referee, "-inkey id.key -in id.pem -nomac")).message() ==
          "the backup of the UMS ID is damaged: nothing in it proves that it is whole");
}

TEST_CASE("a PKCS#12 of something else is refused, saying of what", "[jobs][ums-id]") {
    const OpensslReferee referee;
    (void)foreign_ums_id(referee);
    (void)referee.self_signed("root", "/CN=Root", k_ca);
    (void)referee.signed_by("root", "leaf", "/CN=icg.example.com", k_leaf);
    const auto says = [&](const std::string& options, const std::string& part) {
        INFO(options);
        const Error error = refusal(exported(referee, options));
        CHECK(error.code() == Code::refused);
        CHECK(error.message().find("not the UMS ID of a UMS: " + part) != std::string::npos);
    };
    says("-inkey leaf.key -in leaf.pem", "\"CN=icg.example.com\" is issued by \"CN=Root\"");
    says("-inkey leaf.key -in leaf.pem -certfile root.pem", "\"CN=icg.example.com\" is issued by \"CN=Root\"");
    says("-nokeys -in id.pem", "it has no private key");
    says("-inkey id.key -in id.pem -certfile root.pem", "it holds more than one key and its certificate");
}

TEST_CASE("a keystore of a gateway, several keys and a stranger's key are refused", "[jobs][ums-id]") {
    const UmsId id = make_ums_id("one");
    const UmsId other = make_ums_id("other");
    const Chain chain{{id.certificate}, true};
    Keystore store = new_keystore(StoreFormat::pkcs12, "icg", *id.key, chain, password(), 0);
    const auto says = [](const Keystore& keystore, const std::string& part) {
        const Error error = refusal(encode_keystore(keystore, password()));
        CHECK(error.code() == Code::refused);
        CHECK(error.message().find("not the UMS ID of a UMS: " + part) != std::string::npos);
    };
    Keystore trusting = store;
    trusting.entries.emplace_back(TrustedEntry{"device-root", 0, other.certificate.der()});
    says(trusting, "it holds more than one key and its certificate");
    Keystore two = store;
    two.entries.push_back(
        new_keystore(StoreFormat::pkcs12, "two", *other.key, Chain{{other.certificate}, true}, password(), 0)
            .entries.front());
    says(two, "it has 2 private keys");
    says(new_keystore(StoreFormat::pkcs12, "icg", *other.key, chain, password(), 0),
         "the private key is not that of the certificate");
}

TEST_CASE("what is no PKCS#12 is refused with the reason", "[jobs][ums-id]") {
    const UmsId id = make_ums_id();
    const Bytes jks = encode_keystore(
        new_keystore(StoreFormat::jks, "icg", *id.key, Chain{{id.certificate}, true}, password(), 0), password());
    CHECK(refusal(jks).code() == Code::invalid_data);
    CHECK(refusal(jks).message() == "this is a keystore in Java's own format, a UMS ID is kept in PKCS#12");
    const std::string opaque = "IGELUMSBACKUP\x01 opaque";
    CHECK(refusal(as_bytes(opaque)).message() == "this is no PKCS#12 file");
    for (const ByteView file : {ByteView(jks), as_bytes(opaque), ByteView(id.certificate.der()), ByteView()}) {
        CHECK_FALSE(is_ums_id_backup(file));
    }
    CHECK(refusal(id.certificate.der()).code() == Code::invalid_data);
}

TEST_CASE("a backup is only made of a key and its own certificate", "[jobs][ums-id]") {
    UmsId id = make_ums_id();
    id.key = make_ums_id().key;
    CHECK(error_of([&] { (void)write_ums_id_backup(id, password()); }).code() == Code::invalid_data);
    id.key.reset();
    CHECK(error_of([&] { (void)write_ums_id_backup(id, password()); }).code() == Code::not_found);
}

TEST_CASE("a server's file keeps its alias and what it trusts when its UMS ID is exchanged", "[jobs][ums-id]") {
    const UmsId old = make_ums_id("old");
    const UmsId fresh = make_ums_id("fresh");
    const UmsId trusted = make_ums_id("trusted");
    Keystore store = new_keystore(StoreFormat::pkcs12, "ums", *old.key, Chain{{old.certificate}, true}, password(), 0);
    store.entries.emplace_back(TrustedEntry{"portal", 0, trusted.certificate.der()});
    const Bytes file = exchange_ums_id(encode_keystore(store, password()), fresh, password());
    const UmsId read = read_ums_id_file(file, password());
    CHECK(read.certificate == fresh.certificate);
    CHECK(same_key(read, fresh));
    const Keystore after = decode_keystore(file, &password()).keystore;
    REQUIRE(after.entries.size() == 2);
    CHECK(alias_of(after.entries[0]) == "ums");
    CHECK(after.entries[1] == store.entries[1]);
}

TEST_CASE("a server without a file, or with one without a key, gets a UMS ID all the same", "[jobs][ums-id]") {
    const UmsId fresh = make_ums_id();
    CHECK(read_ums_id_backup(exchange_ums_id({}, fresh, password()), password()).certificate == fresh.certificate);
    Keystore store{StoreFormat::pkcs12, Pkcs12Profile::modern, {}};
    store.entries.emplace_back(TrustedEntry{"portal", 0, make_ums_id("trusted").certificate.der()});
    const Bytes file = exchange_ums_id(encode_keystore(store, password()), fresh, password());
    CHECK(read_ums_id_file(file, password()).certificate == fresh.certificate);
    CHECK(decode_keystore(file, &password()).keystore.entries.size() == 2);
}

TEST_CASE("a server's file that cannot be understood is not exchanged", "[jobs][ums-id]") {
    const UmsId fresh = make_ums_id();
    const Secret wrong{std::string_view("wrong")};
    const Bytes present = write_ums_id_backup(make_ums_id(), password());
    CHECK(error_of([&] { (void)exchange_ums_id(present, fresh, wrong); }).code() == Code::invalid_data);
    const Bytes torn(present.begin(), present.begin() + 100);
    CHECK(error_of([&] { (void)exchange_ums_id(torn, fresh, password()); }).code() == Code::invalid_data);
}
