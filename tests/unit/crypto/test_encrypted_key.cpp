#include <vector>

#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/crypto/private_key.hpp"

#include "lib/crypto/openssl_handles.hpp"
#include "unit/crypto/openssl_referee.hpp"
#include "unit/error_of.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

const std::string k_old_providers = " -provider default -provider legacy ";

struct EncryptedForm {
    std::string name;
    std::string command;  // from k.key to `out`, with the passphrase "right"
    bool pkcs8;
};

std::vector<EncryptedForm> encrypted_forms() {
    std::vector<EncryptedForm> forms;
    const auto add_pkcs8 = [&](const std::string& options) {
        forms.push_back({options, "openssl pkcs8 -topk8 -in k.key -passout pass:right -out out " + options, true});
    };
    for (const char* cipher : {"aes-128-cbc", "aes-256-cbc", "des3"}) add_pkcs8("-v2 " + std::string(cipher));
    for (const char* prf : {"hmacWithSHA1", "hmacWithSHA512"}) add_pkcs8("-v2prf " + std::string(prf));
    add_pkcs8("-scrypt");
    for (const char* cipher : {"des", "rc2"}) add_pkcs8("-v2 " + (cipher + k_old_providers));
    for (const char* scheme : {"PBE-SHA1-3DES", "PBE-SHA1-2DES"}) add_pkcs8("-v1 " + std::string(scheme));
    for (const char* scheme : {"PBE-MD5-DES", "PBE-SHA1-DES", "PBE-SHA1-RC2-40", "PBE-SHA1-RC4-128"}) {
        add_pkcs8("-v1 " + (scheme + k_old_providers));
    }
    for (const char* cipher : {"des3", "aes128", "aes192", "aes256", "camellia256"}) {
        forms.push_back({"old PEM " + std::string(cipher),
                         "openssl pkey -traditional -in k.key -passout pass:right -out out -" + std::string(cipher),
                         false});
    }
    return forms;
}

Error pem_error(std::string_view pem, std::string_view passphrase) {
    const Secret secret{passphrase};
    return error_of([&] { (void)PrivateKey::from_pem(pem, &secret); });
}

Error der_error(ByteView der, std::string_view passphrase) {
    const Secret secret{passphrase};
    return error_of([&] { (void)PrivateKey::from_encrypted_der(der, &secret); });
}

// The last line of Base64 but one is always ciphertext.
std::string with_damaged_body(std::string pem) {
    const std::size_t end = pem.rfind("-----END");
    const std::size_t at = pem.rfind('\n', end - 2) + 3;
    pem[at] = pem[at] == 'A' ? 'B' : 'A';
    return pem;
}

// The private number of one key with the public point of another.
std::string inconsistent_der(const OpensslReferee& referee, const std::string& command) {
    referee.make_key("a");
    referee.make_key("b");
    std::string a = referee.must(command + " -in a.key -outform DER -out a.der 2>/dev/null && cat a.der");
    const std::string b = referee.must(command + " -in b.key -outform DER -out b.der 2>/dev/null && cat b.der");
    REQUIRE(a.size() == b.size());
    return a.replace(a.size() - 64, 64, b.substr(b.size() - 64));
}

const char* const k_inconsistent = "a private key is damaged: its parts do not belong together";

}  // namespace

TEST_CASE("PrivateKey reads every encryption that openssl writes, and tells a wrong passphrase", "[crypto]") {
    const OpensslReferee referee;
    referee.make_key("k");
    const Bytes public_key = referee.key("k").public_key_der();
    const Secret right("right");
    for (const EncryptedForm& form : encrypted_forms()) {
        CAPTURE(form.name);
        referee.must(form.command);
        const std::string pem = read_text(referee.folder() / "out");
        CHECK(is_encrypted_pem(pem));
        CHECK(PrivateKey::from_pem(pem, &right).public_key_der() == public_key);
        CHECK(error_of([&] { (void)PrivateKey::from_pem(pem, nullptr); }).code() == Code::usage);
        for (const Error& error :
             {pem_error(pem, "wrong"), pem_error(pem, ""), pem_error(with_damaged_body(pem), "right")}) {
            CHECK(error.code() == Code::invalid_data);
            CHECK(error.message().find("private key") != std::string::npos);
        }
        if (!form.pkcs8) continue;

        referee.must(form.command + " -outform DER");
        Bytes der = to_bytes(as_bytes(read_text(referee.folder() / "out")));
        CHECK(PrivateKey::from_encrypted_der(der, &right).public_key_der() == public_key);
        CHECK(der_error(der, "wrong").code() == Code::invalid_data);
        der.push_back(0);
        CHECK(der_error(der, "right").message() == "cannot read an encrypted private key: bytes after its end");
    }
}

TEST_CASE("PrivateKey says that it has no passphrase, and what is no encrypted key", "[crypto]") {
    const OpensslReferee referee;
    referee.make_key("k");
    referee.must("openssl pkcs8 -topk8 -in k.key -passout pass:right -iter 2 -outform DER -out e.der");
    referee.must("openssl pkcs8 -topk8 -nocrypt -in k.key -outform DER -out k.der");
    const std::string encrypted = read_text(referee.folder() / "e.der");
    const std::string plain = read_text(referee.folder() / "k.der");

    const Error error = error_of([&] { (void)PrivateKey::from_encrypted_der(as_bytes(encrypted), nullptr); });
    CHECK(error.code() == Code::usage);
    CHECK(error.message() == "the private key is encrypted and has no passphrase given");
    CHECK(der_error(as_bytes(encrypted), "wrong").hint() == "the passphrase is wrong, or the file is damaged");
    CHECK(der_error(as_bytes(plain), "right").code() == Code::invalid_data);
    CHECK(der_error({}, "right").code() == Code::invalid_data);
    CHECK_THROWS_AS(PrivateKey::from_der(as_bytes(encrypted)), Error);
}

TEST_CASE("PrivateKey tells an encryption that it does not know from a wrong passphrase", "[crypto]") {
    const OpensslReferee referee;
    referee.make_key("k");
    SECTION("single DES in OpenSSL's old encryption of PEM") {
        referee.must("openssl pkey -traditional -des -in k.key -passout pass:right -out out" + k_old_providers);
        const Error error = pem_error(read_text(referee.folder() / "out"), "right");
        CHECK(error.code() == Code::invalid_data);
        CHECK(error.hint().starts_with("encrypt it in another way"));
    }
    SECTION("scrypt with more memory than OpenSSL gives it") {
        referee.must(
            "openssl pkcs8 -topk8 -in k.key -passout pass:right -scrypt -scrypt_N 16384 -outform DER -out e.der");
        std::string der = read_text(referee.folder() / "e.der");
        const std::size_t at = der.find(std::string("\x02\x02\x40\x00\x02\x01\x08", 7));
        REQUIRE(at != std::string::npos);
        der[at + 6] = 0x40;
        CHECK(der_error(as_bytes(der), "right").hint().starts_with("encrypt it in another way"));
    }
    SECTION("a scheme that nobody has") {
        referee.must("openssl pkcs8 -topk8 -in k.key -passout pass:right -v1 PBE-SHA1-3DES -outform DER -out e.der");
        std::string der = read_text(referee.folder() / "e.der");
        const std::size_t at = der.find("\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x01\x03");
        REQUIRE(at != std::string::npos);
        der[at + 9] = 0x7F;
        const Error error = der_error(as_bytes(der), "right");
        CHECK(error.code() == Code::invalid_data);
        CHECK(error.hint().starts_with("encrypt it in another way"));
    }
}

TEST_CASE("PrivateKey refuses an encrypted key in DER that would take minutes to decrypt", "[crypto]") {
    const OpensslReferee referee;
    referee.make_key("k");
    referee.must(
        "openssl pkcs8 -topk8 -in k.key -passout pass:x -outform DER -out e.der -v1 PBE-SHA1-3DES -iter 6000000");
    CHECK(der_error(as_bytes(read_text(referee.folder() / "e.der")), "x").message() ==
          "the encryption asks for a number of rounds outside 1 to 5000000");
}

TEST_CASE("PrivateKey checks a key after every decryption", "[crypto]") {
    const OpensslReferee referee;
    SECTION("PKCS#8") {
        const std::string der = inconsistent_der(referee, "openssl pkcs8 -topk8 -nocrypt");
        const auto* at = as_bytes(der).data();
        const openssl::Pkcs8Ptr info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
        REQUIRE(info);
        const openssl::EncryptedPtr encrypted(
            PKCS8_encrypt(-1, EVP_aes_128_cbc(), "right", 5, nullptr, 0, 2, info.get()));
        REQUIRE(encrypted);
        const Bytes bytes = openssl::to_der(encrypted.get(), i2d_X509_SIG, "encode");
        CHECK(der_error(bytes, "right").message() == k_inconsistent);
        write_text(referee.folder() / "e.der", as_text(bytes));
        const std::string pem = referee.must(
            "{ echo '-----BEGIN ENCRYPTED PRIVATE KEY-----'; base64 e.der; echo '-----END ENCRYPTED PRIVATE KEY-----'; "
            "}");
        CHECK(pem_error(pem, "right").message() == k_inconsistent);
    }
    SECTION("OpenSSL's old encryption of PEM") {
        const std::string der = inconsistent_der(referee, "openssl ec");
        write_text(referee.folder() / "bad.der", der);
        const auto as_pem = [&](const std::string& file) {
            return referee.must(
                "IV=000102030405060708090A0B0C0D0E0F; echo '-----BEGIN EC PRIVATE KEY-----'; "
                "printf 'Proc-Type: 4,ENCRYPTED\\nDEK-Info: AES-128-CBC,%s\\n\\n' $IV; "
                "openssl enc -aes-128-cbc -md md5 -k right -S 0001020304050607 -iv $IV -base64 -in " +
                file + " 2>/dev/null; echo '-----END EC PRIVATE KEY-----'");
        };
        const Secret right("right");
        CHECK(PrivateKey::from_pem(as_pem("b.der"), &right).public_key_der() == referee.key("b").public_key_der());
        CHECK(pem_error(as_pem("bad.der"), "right").message() == k_inconsistent);
    }
}

TEST_CASE("PrivateKey skips the parameters before an encrypted EC key", "[crypto]") {
    const OpensslReferee referee;
    referee.must("openssl ecparam -name secp384r1 -out parameters.pem");
    referee.make_key("k", "ec -pkeyopt ec_paramgen_curve:P-384");
    referee.must("openssl pkey -traditional -aes256 -in k.key -passout pass:right -out out");
    const std::string pem = read_text(referee.folder() / "parameters.pem") + read_text(referee.folder() / "out");
    REQUIRE(pem.starts_with("-----BEGIN EC PARAMETERS-----"));
    const Secret right("right");
    CHECK(PrivateKey::from_pem(pem, &right).spec().to_string() == "ec:p384");
    CHECK(pem_error(pem, "wrong").hint() == "the passphrase is wrong, or the file is damaged");
}
