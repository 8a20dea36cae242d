#include <set>

#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/crypto/issue.hpp"

#include "unit/crypto/openssl_referee.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

const UtcTime k_now = *parse_utc("2026-11-21T12:00:00Z");

CertificateTemplate root_template() {
    return {.type = CertificateType::root,
            .subject = {.common_name = "Root", .holder = {}, .organization = "IGEL", .locality = {}, .country = "de"},
            .subject_der = {},
            .hosts = {},
            .not_before = k_now,
            .not_after = k_now + std::chrono::days(3650),
            .path_length = 1};
}

CertificateTemplate leaf_template() {
    return {.type = CertificateType::end_entity,
            .subject = {.common_name = "ICG Berlin",
                        .holder = "J\xC3\xB6rg Admin",
                        .organization = "M\xC3\xBCller, S\xC3\xB6hne",
                        .locality = "Berlin",
                        .country = "DE"},
            .subject_der = {},
            .hosts = parse_host_list("icg.example.com;*.icg.example.com;10.0.0.5;2001:db8::1"),
            .not_before = k_now,
            .not_after = k_now + std::chrono::days(365),
            .path_length = {}};
}

std::string refusal(const SubjectFields& subject) {
    CertificateTemplate wanted = root_template();
    wanted.subject = subject;
    const PrivateKey key = PrivateKey::generate(KeySpec::parse("ec:p256"));
    try {
        (void)issue_self_signed(wanted, key);
    } catch (const Error& error) {
        CHECK(error.code() == Code::usage);
        return error.message();
    }
    return "no error";
}

}  // namespace

TEST_CASE("openssl and keytool read what issue makes, for every kind of key", "[crypto]") {
    const OpensslReferee referee;
    const auto spec = GENERATE(as<std::string>{}, "rsa:2048", "ec:p256", "ec:p384", "ec:p521", "ed25519");
    const PrivateKey root_key = PrivateKey::generate(KeySpec::parse(spec));
    const PrivateKey leaf_key = PrivateKey::generate(KeySpec::parse(spec));
    const Certificate root = issue_self_signed(root_template(), root_key);
    const Certificate leaf = issue(leaf_template(), leaf_key, root, root_key);
    write_text(referee.folder() / "root.pem", root.pem());
    write_text(referee.folder() / "leaf.pem", leaf.pem());

    CHECK(referee.run("openssl verify -x509_strict -purpose sslserver -attime 1795348800 -CAfile root.pem leaf.pem")
              .text == "leaf.pem: OK\n");

    const std::string root_text = referee.must("openssl x509 -in root.pem -noout -text");
    CHECK(root_text.find("Basic Constraints: critical\n                CA:TRUE, pathlen:1\n") != std::string::npos);
    CHECK(root_text.find("Key Usage: critical\n                Certificate Sign, CRL Sign\n") != std::string::npos);
    CHECK(root_text.find("Extended Key Usage") == std::string::npos);
    CHECK(root_text.find("Alternative Name") == std::string::npos);

    const std::string text = referee.must("openssl x509 -in leaf.pem -noout -text -nameopt utf8,sep_comma_plus,dn_rev");
    const bool rsa = spec.starts_with("rsa");
    CHECK(text.find("Basic Constraints: critical\n                CA:FALSE\n") != std::string::npos);
    CHECK(text.find(rsa ? "Key Usage: critical\n                Digital Signature, Key Encipherment\n"
                        : "Key Usage: critical\n                Digital Signature\n") != std::string::npos);
    CHECK(text.find("TLS Web Server Authentication, TLS Web Client Authentication\n") != std::string::npos);
    CHECK(text.find("X509v3 Subject Alternative Name: \n                DNS:icg.example.com, DNS:*.icg.example.com, "
                    "IP Address:10.0.0.5, IP Address:2001:DB8:0:0:0:0:0:1\n") != std::string::npos);
    CHECK(text.find("Not Before: Nov 21 12:00:00 2026 GMT") != std::string::npos);
    CHECK(text.find("Not After : Nov 21 12:00:00 2027 GMT") != std::string::npos);
    const std::string signature = rsa ? "sha512WithRSAEncryption" : spec == "ed25519" ? "ED25519" : "ecdsa-with-SHA512";
    CHECK(text.find("Signature Algorithm: " + signature) != std::string::npos);
    CHECK(leaf.subject() == "CN=ICG Berlin,name=J\xC3\xB6rg Admin,O=M\xC3\xBCller\\, S\xC3\xB6hne,L=Berlin,C=DE");
    CHECK(root.subject() == "CN=Root,O=IGEL,C=DE");

    const std::string key_ids = referee.must(
        "openssl x509 -in root.pem -noout -ext subjectKeyIdentifier; "
        "openssl x509 -in leaf.pem -noout -ext authorityKeyIdentifier");
    const std::size_t id = key_ids.find("    ");
    CHECK(key_ids.find(key_ids.substr(id, 40), id + 1) != std::string::npos);

    if (!has_tool("keytool")) return;
    const std::string java = referee.must("keytool -J-Dfile.encoding=UTF-8 -J-Xshare:auto -printcert -file leaf.pem");
    CHECK(java.find(leaf.fingerprint().to_string()) != std::string::npos);
    CHECK(java.find("DNSName: *.icg.example.com") != std::string::npos);
    CHECK(java.find("IPAddress: 10.0.0.5") != std::string::npos);
}

TEST_CASE("issue signs with the roots that the UMS makes", "[crypto]") {
    // CA:TRUE that is not critical, no key usage, no key id.
    const OpensslReferee referee;
    const Certificate root =
        referee.self_signed("root", "/CN=UMS Root", "basicConstraints=CA:TRUE\nsubjectKeyIdentifier=none\n");
    const PrivateKey leaf_key = PrivateKey::generate(KeySpec::parse("ec:p256"));
    const Certificate leaf = issue(leaf_template(), leaf_key, root, referee.key("root"));
    write_text(referee.folder() / "leaf.pem", leaf.pem());
    CHECK(referee.run("openssl verify -purpose sslserver -no_check_time -CAfile root.pem leaf.pem").status == 0);
    CHECK(referee.must("openssl x509 -in leaf.pem -noout -text").find("Authority Key") == std::string::npos);
}

TEST_CASE("issue never lets a text become an extension or a second field", "[crypto]") {
    CertificateTemplate wanted = leaf_template();
    wanted.subject = {.common_name = "a,CN=b/CN=c+O=d",
                      .holder = "x;DNS:evil",
                      .organization = "#300",
                      .locality = " ",
                      .country = {}};
    const PrivateKey key = PrivateKey::generate(KeySpec::parse("ec:p256"));
    const Certificate made = issue_self_signed(wanted, key);
    CHECK(made.subject_fields() == wanted.subject);
    CHECK(made.hosts() == wanted.hosts);
}

TEST_CASE("issue makes the alternative names critical when there is no subject", "[crypto]") {
    const OpensslReferee referee;
    CertificateTemplate wanted = leaf_template();
    const PrivateKey key = PrivateKey::generate(KeySpec::parse("ec:p256"));
    const auto text_of = [&](const Certificate& certificate) {
        write_text(referee.folder() / "c.pem", certificate.pem());
        return referee.must("openssl x509 -in c.pem -noout -text");
    };
    CHECK(text_of(issue_self_signed(wanted, key)).find("Alternative Name: \n") != std::string::npos);
    wanted.subject = {};
    CHECK(text_of(issue_self_signed(wanted, key)).find("Alternative Name: critical\n") != std::string::npos);
}

TEST_CASE("issue names the field of the subject that cannot be encoded", "[crypto]") {
    const std::string umlauts_64 = [] {
        std::string text;
        for (int i = 0; i < 64; ++i) text += "\xC3\xBC";
        return text;
    }();
    CHECK(refusal({.common_name = umlauts_64, .holder = {}, .organization = {}, .locality = {}, .country = {}}) ==
          "no error");
    CHECK(refusal({.common_name = umlauts_64 + "x", .holder = {}, .organization = {}, .locality = {}, .country = {}}) ==
          "field \"common name\" has 65 characters, at most 64 are allowed");
    CHECK(refusal({.common_name = "a\nb", .holder = {}, .organization = {}, .locality = {}, .country = {}}) ==
          "field \"common name\" holds a control character");
    CHECK(refusal({.common_name = "a", .holder = "x\x1b[2J", .organization = {}, .locality = {}, .country = {}}) ==
          "field \"holder\" holds a control character");
    CHECK(refusal({.common_name = "a", .holder = {}, .organization = "\xFF", .locality = {}, .country = {}}) ==
          "field \"organization\" is not UTF-8");
    CHECK(refusal({.common_name = "a", .holder = {}, .organization = {}, .locality = "\xC2\x9B", .country = {}}) ==
          "field \"locality\" holds a control character");
    for (const char* country : {"D", "DEU", "D1", "\xC3\x9C"}) {
        CHECK(refusal({.common_name = "a", .holder = {}, .organization = {}, .locality = {}, .country = country})
                  .starts_with("field \"country\" is "));
    }
}

TEST_CASE("issue gives every certificate a positive serial number of 20 octets", "[crypto]") {
    const PrivateKey key = PrivateKey::generate(KeySpec::parse("ec:p256"));
    std::set<std::string> serials;
    for (int i = 0; i < 50; ++i) {
        const std::string serial = issue_self_signed(root_template(), key).serial();
        CHECK(serial.size() == 40);
        CHECK(serial.front() >= '4');
        CHECK(serial.front() <= '7');
        serials.insert(serial);
    }
    CHECK(serials.size() == 50);
}

TEST_CASE("issue keeps dates beyond 2050", "[crypto]") {
    CertificateTemplate wanted = root_template();
    wanted.not_after = *parse_utc("2076-01-31T23:59:59Z");
    const PrivateKey key = PrivateKey::generate(KeySpec::parse("ec:p256"));
    CHECK(issue_self_signed(wanted, key).not_after() == wanted.not_after);
}
