#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/crypto/digest.hpp"
#include "umsadm/crypto/pem.hpp"

#include "unit/crypto/openssl_referee.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

std::string message_of(std::string_view text) {
    try {
        (void)read_pem_certificates(text);
    } catch (const Error& error) {
        CHECK(error.code() == Code::invalid_data);
        return error.message();
    }
    return "no error";
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
        text.replace(at, what.size(), with);
    }
    return text;
}

}  // namespace

TEST_CASE("find_pem_blocks finds every block whole, whatever stands between", "[crypto]") {
    const OpensslReferee referee;
    const Certificate root = referee.self_signed("root", "/CN=Root", k_ca);
    const std::string key = read_text(referee.folder() / "root.key");
    const std::string dump = referee.must("openssl x509 -in root.pem -text");
    const auto blocks = find_pem_blocks("\xEF\xBB\xBF" + root.pem() + "junk\n" + key + dump);
    REQUIRE(blocks.size() == 3);
    CHECK(blocks[0].label == "CERTIFICATE");
    CHECK(blocks[0].text == root.pem());
    CHECK(blocks[1].label == "PRIVATE KEY");
    CHECK(PrivateKey::from_pem(blocks[1].text, nullptr).fits(root));
    CHECK(decode_pem_certificate(blocks[2]) == root);
    CHECK_THROWS_AS(decode_pem_certificate(blocks[1]), Error);
    CHECK(find_pem_blocks("no block at all").empty());
}

TEST_CASE("read_pem_certificates reads what other systems make of a PEM file", "[crypto]") {
    const OpensslReferee referee;
    const Certificate root = referee.self_signed("root", "/CN=Root", k_ca);
    const std::string pem = root.pem();
    CHECK(read_pem_certificates(replaced(pem, "\n", "\r\n")).front() == root);
    CHECK(read_pem_certificates(replaced(pem, "\n", " \n")).front() == root);
    CHECK(read_pem_certificates(pem.substr(0, pem.size() - 1)).front() == root);
    CHECK(read_pem_certificates(replaced(pem, "CERTIFICATE", "X509 CERTIFICATE")).front() == root);
    const std::string one_line = "-----BEGIN CERTIFICATE-----\n" +
                                 replaced(pem.substr(28, pem.size() - 28 - 27), "\n", "") +
                                 "\n-----END CERTIFICATE-----\n";
    CHECK(read_pem_certificates(one_line).front() == root);
    const std::string trusted = referee.must("openssl x509 -in root.pem -trustout -addtrust serverAuth");
    REQUIRE(trusted.find("TRUSTED CERTIFICATE") != std::string::npos);
    CHECK(read_pem_certificates(trusted).front() == root);
    CHECK(read_pem_certificates(pem + pem).size() == 2);
}

TEST_CASE("read_pem_certificates says what is damaged", "[crypto]") {
    const OpensslReferee referee;
    const std::string pem = referee.self_signed("root", "/CN=Root", k_ca).pem();
    CHECK(message_of("") == "there is no certificate in this text");
    CHECK(message_of(pem.substr(0, 100)) == "a PEM block \"CERTIFICATE\" has no end");
    CHECK(message_of(pem.substr(0, 100) + "\n" + pem) == "a PEM block \"CERTIFICATE\" has no end");
    CHECK(message_of(replaced(pem, "END CERT", "END X509 CERT")) == "a PEM block \"CERTIFICATE\" has no end");
    CHECK(message_of("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n") ==
          "a PEM block \"CERTIFICATE\" is damaged: not Base64");
    CHECK(message_of("-----BEGIN CERTIFICATE-----\nMIIB!!!!\n-----END CERTIFICATE-----\n") ==
          "a PEM block \"CERTIFICATE\" is damaged: not Base64");
    CHECK(message_of("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
              .starts_with("cannot read a certificate: "));
    CHECK(message_of("-----BEGIN \x1b[2J-----\n") == "a PEM block \"\\x1b[2J\" has no end");
}

TEST_CASE("read_pkcs7_certificates reads a .p7b file", "[crypto]") {
    const OpensslReferee referee;
    const Certificate root = referee.self_signed("root", "/CN=Root", k_ca);
    const Certificate leaf = referee.signed_by("root", "leaf", "/CN=leaf", k_leaf);
    referee.must("openssl crl2pkcs7 -nocrl -certfile leaf.pem -certfile root.pem -outform DER -out all.p7b");
    std::string p7b = read_text(referee.folder() / "all.p7b");
    CHECK(read_pkcs7_certificates(as_bytes(p7b)) == std::vector<Certificate>{leaf, root});
    p7b += '\0';
    CHECK_THROWS_AS(read_pkcs7_certificates(as_bytes(p7b)), Error);
    CHECK_THROWS_AS(read_pkcs7_certificates(root.der()), Error);
    referee.must("openssl crl2pkcs7 -nocrl -outform DER -out none.p7b");
    CHECK_THROWS_AS(read_pkcs7_certificates(as_bytes(read_text(referee.folder() / "none.p7b"))), Error);
}

TEST_CASE("sha256_hex is what sha256sum prints", "[crypto]") {
    const OpensslReferee referee;
    for (const std::string text :
         {"", "abc", "a longer text, more than one block of the digest: ........................"}) {
        write_text(referee.folder() / "f", text);
        CHECK(referee.must("sha256sum < f").substr(0, 64) == sha256_hex(as_bytes(text)));
    }
    CHECK(random_hex(8).size() == 16);
    CHECK(random_hex(8) != random_hex(8));
}
