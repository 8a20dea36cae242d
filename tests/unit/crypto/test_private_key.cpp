#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/private_key.hpp"

#include "unit/crypto/openssl_referee.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

Error error_of(std::string_view pem, const Secret* passphrase) {
    try {
        (void)PrivateKey::from_pem(pem, passphrase);
    } catch (const Error& error) {
        return error;
    }
    return Error(Code::failed, "no error");
}

}  // namespace

TEST_CASE("PrivateKey reads every PEM form that openssl writes", "[crypto]") {
    const OpensslReferee referee;
    const auto algorithm = GENERATE(as<std::string>{}, "rsa -pkeyopt rsa_keygen_bits:2048",
                                    "ec -pkeyopt ec_paramgen_curve:P-384", "ed25519");
    referee.make_key("k", algorithm);
    const PrivateKey key = referee.key("k");
    const Secret passphrase("pass word");
    const auto check = [&](const std::string& command, bool encrypted) {
        referee.must(command);
        const std::string pem = read_text(referee.folder() / "out");
        CHECK(is_encrypted_pem(pem) == encrypted);
        CHECK(PrivateKey::from_pem(pem, encrypted ? &passphrase : nullptr).public_key_der() == key.public_key_der());
    };
    check("openssl pkcs8 -topk8 -nocrypt -in k.key -out out", false);
    check("openssl pkcs8 -topk8 -in k.key -passout 'pass:pass word' -out out", true);
    check("openssl pkcs8 -topk8 -in k.key -passout 'pass:pass word' -scrypt -out out", true);
    check("openssl pkcs8 -topk8 -in k.key -passout 'pass:pass word' -v1 PBE-SHA1-3DES -out out", true);
    if (algorithm == "ed25519") return;  // it has no older forms
    check("openssl pkey -traditional -in k.key -out out", false);
    check("openssl pkey -traditional -aes128 -in k.key -passout 'pass:pass word' -out out", true);
    check(
        "openssl pkey -traditional -des3 -in k.key -passout 'pass:pass word' -out out && unix2dos out 2>/dev/null || "
        "sed -i 's/$/\\r/' out",
        true);
}

TEST_CASE("PrivateKey writes what openssl reads", "[crypto]") {
    const OpensslReferee referee;
    const auto spec = GENERATE(as<std::string>{}, "rsa:2048", "ec:p256", "ec:p384", "ec:p521", "ed25519");
    const PrivateKey key = PrivateKey::generate(KeySpec::parse(spec));
    CHECK(key.spec().to_string() == spec);

    write_text(referee.folder() / "plain.pem", key.to_pem().reveal());
    write_text(referee.folder() / "secret.pem", key.to_encrypted_pem(Secret("s3cret")));
    write_text(referee.folder() / "plain.der", key.to_pkcs8_der().reveal());
    const std::string plain = referee.must("openssl pkey -in plain.pem -pubout");
    CHECK(referee.must("openssl pkey -in secret.pem -passin pass:s3cret -pubout") == plain);
    CHECK(referee.must("openssl pkey -inform DER -in plain.der -pubout") == plain);
    CHECK(referee.must("openssl pkey -in plain.pem -check -noout").find("valid") != std::string::npos);

    const std::string structure = referee.must("openssl asn1parse -in secret.pem");
    CHECK(structure.find("PBES2") != std::string::npos);
    CHECK(structure.find("hmacWithSHA256") != std::string::npos);
    CHECK(structure.find("aes-256-cbc") != std::string::npos);
    CHECK(structure.find("INTEGER           :0927C0") != std::string::npos);  // 600,000 rounds
    CHECK(PrivateKey::from_der(key.to_pkcs8_der().reveal_bytes()).public_key_der() == key.public_key_der());
}

TEST_CASE("a key that was read is written as openssl writes it", "[crypto]") {
    const OpensslReferee referee;
    const auto algorithm = GENERATE(as<std::string>{}, "rsa -pkeyopt rsa_keygen_bits:2048",
                                    "ec -pkeyopt ec_paramgen_curve:P-256", "ec -pkeyopt ec_paramgen_curve:P-384",
                                    "ec -pkeyopt ec_paramgen_curve:P-521", "ec -pkeyopt ec_paramgen_curve:prime192v1",
                                    "ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit", "ed25519");
    referee.make_key("k", algorithm);
    const std::string written =
        referee.must("openssl pkcs8 -topk8 -nocrypt -in k.key -outform DER -out k.der && base64 -w0 k.der");
    const auto encoded = [&](const PrivateKey& key) { return base64_encode(key.to_pkcs8_der().reveal_bytes()); };
    CHECK(encoded(referee.key("k")) == written);
    const std::string der = read_text(referee.folder() / "k.der");
    const PrivateKey again = PrivateKey::from_der(as_bytes(der));
    CHECK(encoded(again) == written);
    CHECK(base64_encode(again.public_key_der()) ==
          referee.must("openssl pkey -in k.key -pubout -outform DER | base64 -w0"));
}

TEST_CASE("an EC key is read in its rarer forms, too", "[crypto]") {
    const OpensslReferee referee;
    referee.make_key("k", "ec -pkeyopt ec_paramgen_curve:P-256");
    const auto options = GENERATE(as<std::string>{}, "-no_public", "-conv_form compressed", "-param_enc explicit");
    referee.must("openssl ec -in k.key " + options + " -out sec1 2>&1 && " +
                 "openssl pkcs8 -topk8 -nocrypt -in sec1 -out pkcs8");
    for (const char* file : {"sec1", "pkcs8"}) {
        const PrivateKey other = PrivateKey::from_pem(read_text(referee.folder() / file), nullptr);
        CHECK(PrivateKey::from_der(other.to_pkcs8_der().reveal_bytes())
                  .fits(referee.self_signed("k", "/CN=k", "keyUsage=digitalSignature\n")));
    }
}

TEST_CASE("an EC key whose halves do not belong together is damaged", "[crypto]") {
    const OpensslReferee referee;
    referee.make_key("k", "ec -pkeyopt ec_paramgen_curve:P-256");
    Bytes der = to_bytes(referee.key("k").to_pkcs8_der().reveal_bytes());
    const auto damaged = [&](std::size_t at) {
        Bytes other = der;
        other[at] ^= 1;
        CHECK_THROWS_AS(PrivateKey::from_der(other), Error);
    };
    damaged(60);              // the private number
    damaged(der.size() - 1);  // the public point, which is then on no curve
    damaged(35);              // the size of the number
}

TEST_CASE("PrivateKey says why it cannot read a key", "[crypto]") {
    const OpensslReferee referee;
    referee.make_key("k");
    const std::string plain = read_text(referee.folder() / "k.key");
    const std::string encrypted = referee.must("openssl pkcs8 -topk8 -in k.key -passout pass:right");
    const Secret wrong("wrong");
    const Secret empty;

    CHECK(error_of(encrypted, nullptr).code() == Code::usage);
    CHECK(error_of(encrypted, &wrong).code() == Code::invalid_data);
    CHECK(error_of(encrypted, &wrong).message().starts_with("cannot decrypt a private key: "));
    CHECK(error_of(encrypted, &wrong).hint() == "the passphrase is wrong, or the file is damaged");
    CHECK(error_of(encrypted, &empty).code() == Code::invalid_data);
    CHECK(error_of("", nullptr).message() == "there is no private key in this text");
    CHECK(error_of(plain + plain, nullptr).message() == "there is more than one private key in this text");
    CHECK(error_of(plain.substr(0, plain.size() / 2), nullptr).message() == "a PEM block \"PRIVATE KEY\" has no end");
    CHECK(error_of("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", nullptr).code() ==
          Code::invalid_data);
    Bytes der = to_bytes(referee.key("k").to_pkcs8_der().reveal_bytes());
    der.push_back(0);
    CHECK_THROWS_AS(PrivateKey::from_der(der), Error);
}

TEST_CASE("PrivateKey skips what stands before the key", "[crypto]") {
    const OpensslReferee referee;
    const std::string text = referee.must("openssl ecparam -name prime256v1 -genkey");
    REQUIRE(text.find("EC PARAMETERS") != std::string::npos);
    CHECK(PrivateKey::from_pem("Bag Attributes\n  friendlyName: x\n" + text, nullptr).spec().to_string() == "ec:p256");
}

TEST_CASE("PrivateKey refuses encryption that would take minutes to undo", "[crypto]") {
    const OpensslReferee referee;
    referee.make_key("k");
    const std::string small = "openssl pkcs8 -topk8 -in k.key -passout pass:x -outform DER -out e.der -iter ";
    referee.must(small + "65537");
    // 65537 is 02 03 01 00 01 in DER; the same length, another number.
    const auto with_rounds = [&](std::string_view rounds) {
        std::string der = read_text(referee.folder() / "e.der");
        const std::size_t at = der.find(std::string("\x02\x03\x01\x00\x01", 5));
        REQUIRE(at != std::string::npos);
        der.replace(at + 2, 3, rounds);
        write_text(referee.folder() / "more.der", der);
        return referee.must(
            "{ echo '-----BEGIN ENCRYPTED PRIVATE KEY-----'; base64 more.der; "
            "echo '-----END ENCRYPTED PRIVATE KEY-----'; }");
    };
    const Secret passphrase("x");
    CHECK_NOTHROW(PrivateKey::from_pem(with_rounds(std::string("\x01\x00\x01", 3)), &passphrase));
    CHECK(error_of(with_rounds("\x7F\xFF\xFF"), &passphrase).message() ==
          "the encryption asks for a number of rounds outside 1 to 5000000");
    CHECK(error_of(with_rounds("\xFF\xFF\xFF"), &passphrase).code() == Code::invalid_data);
    const std::string old = referee.must(
        "openssl pkcs8 -topk8 -in k.key -passout pass:x -v1 PBE-SHA1-3DES -iter 6000000 "
        "2>/dev/null");
    CHECK(error_of(old, &passphrase).message() == "the encryption asks for a number of rounds outside 1 to 5000000");
}

TEST_CASE("PrivateKey finds a key that does not fit itself", "[crypto]") {
    const OpensslReferee referee;
    referee.make_key("a");
    referee.make_key("b");
    // The private number of one key with the public point of another.
    std::string a = referee.must("openssl pkey -in a.key -outform DER -out a.der && cat a.der");
    const std::string b = referee.must("openssl pkey -in b.key -outform DER -out b.der && cat b.der");
    REQUIRE(a.size() == b.size());
    a.replace(a.size() - 64, 64, b.substr(b.size() - 64));
    CHECK_THROWS_AS(PrivateKey::from_der(as_bytes(a)), Error);
    CHECK_NOTHROW(PrivateKey::from_der(as_bytes(b)));
}

TEST_CASE("PrivateKey finds every damaged number of an RSA key", "[crypto]") {
    const OpensslReferee referee;
    referee.make_key("k", "rsa -pkeyopt rsa_keygen_bits:2048");
    const Certificate certificate = referee.self_signed("k", "/CN=x", k_ca);
    referee.must("openssl rsa -traditional -in k.key -outform DER -out k.der");
    const std::string good = read_text(referee.folder() / "k.der");
    REQUIRE(PrivateKey::from_der(as_bytes(good)).fits(certificate));
    int accepted = 0;
    for (std::size_t at = 0; at < good.size(); at += 7) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 0x10);
        try {
            accepted += PrivateKey::from_der(as_bytes(bad)).fits(certificate) ? 1 : 0;
        } catch (const Error& error) {
            CHECK(error.code() == Code::invalid_data);
        }
    }
    CHECK(accepted == 0);
}

TEST_CASE("PrivateKey tells whether it is the key of a certificate", "[crypto]") {
    const OpensslReferee referee;
    const Certificate a = referee.self_signed("a", "/CN=a", k_ca);
    const Certificate b = referee.self_signed("b", "/CN=b", k_ca);
    CHECK(referee.key("a").fits(a));
    CHECK_FALSE(referee.key("a").fits(b));
}

TEST_CASE("KeySpec reads the kinds of keys that umsadm makes, and nothing else", "[crypto]") {
    for (const char* text : {"rsa:2048", "rsa:3072", "rsa:8192", "ec:p256", "ec:p384", "ec:p521", "ed25519"}) {
        CHECK(KeySpec::parse(text).to_string() == text);
    }
    for (const char* text : {"", "rsa", "rsa:", "rsa:1024", "rsa:2047", "rsa:8193", "rsa:4096 ", "rsa:+4096",
                             "rsa:99999999999", "ec:p192", "ec:P256", "ed448", "dsa:2048"}) {
        CHECK_THROWS_AS(KeySpec::parse(text), Error);
    }
}

TEST_CASE("a key is encoded once, and every thread gets a copy of its own", "[crypto][threads]") {
    const PrivateKey key = PrivateKey::generate(KeySpec::parse("ec:p256"));
    std::vector<Secret> copies(4);
    std::vector<std::thread> threads;
    for (Secret& copy : copies) threads.emplace_back([&] { copy = key.to_pkcs8_der(); });
    for (std::thread& thread : threads) thread.join();
    const Secret again = key.to_pkcs8_der();
    for (const Secret& copy : copies) {
        CHECK(copy.reveal() == again.reveal());
        CHECK(copy.reveal().data() != again.reveal().data());
    }
    CHECK(PrivateKey::from_der(again.reveal_bytes()).public_key_der() == key.public_key_der());
}
