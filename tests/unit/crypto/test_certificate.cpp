#include <catch2/catch.hpp>
#include <openssl/x509.h>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/certificate.hpp"
#include "umsadm/crypto/pem.hpp"

#include "lib/crypto/certificate_data.hpp"
#include "lib/crypto/name.hpp"
#include "unit/crypto/openssl_referee.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

std::string message_of(ByteView der) {
    try {
        (void)Certificate::from_der(der);
    } catch (const Error& error) {
        CHECK(error.code() == Code::invalid_data);
        return error.message();
    }
    return "no error";
}

}  // namespace

TEST_CASE("Certificate reads every field that openssl wrote", "[crypto]") {
    const OpensslReferee referee;
    referee.self_signed("root", "/C=DE/L=Bremen/O=IGEL/CN=Root",
                        k_ca + "basicConstraints=critical,CA:TRUE,pathlen:3\n");
    const Certificate leaf = referee.signed_by(
        "root", "leaf", "/C=DE/L=M\xC3\xBCnchen/O=Ann, Bob \\+ Co/name=Ann Admin/CN=ICG Berlin",
        k_leaf + "subjectAltName=DNS:ICG.example.com,IP:10.0.0.5,IP:::1,DNS:*.icg.example.com,email:a@b.example\n", 30);

    CHECK(leaf.subject() == "CN=ICG Berlin,name=Ann Admin,O=Ann\\, Bob \\+ Co,L=M\xC3\xBCnchen,C=DE");
    CHECK(leaf.issuer() == "CN=Root,O=IGEL,L=Bremen,C=DE");
    CHECK(leaf.subject_fields() == SubjectFields{"ICG Berlin", "Ann Admin", "Ann, Bob + Co", "M\xC3\xBCnchen", "DE"});
    CHECK(join_hosts(leaf.hosts()) == "icg.example.com;10.0.0.5;::1;*.icg.example.com");
    CHECK(leaf.unusable_host_count() == 0);
    CHECK(leaf.has_subject_alt_name());
    CHECK(leaf.not_after() - leaf.not_before() == std::chrono::days(30));
    CHECK_FALSE(leaf.is_ca());
    CHECK(leaf.basic_constraints() == BasicConstraints{false, std::nullopt});
    CHECK_FALSE(leaf.may_sign_certificates());
    CHECK(leaf.may_serve_tls());
    CHECK(leaf.key() == KeySpec{KeySpec::Type::ec, 256, {}});
    CHECK(leaf.signature_digest() == "sha256");
    CHECK_FALSE(leaf.is_self_issued());

    const Certificate root = referee.certificate("root");
    CHECK(root.is_ca());
    CHECK(root.basic_constraints() == BasicConstraints{true, 3});
    CHECK(root.may_sign_certificates());
    CHECK_FALSE(root.has_subject_alt_name());
    CHECK(root.is_self_signed());
    CHECK(leaf.is_signed_by(root));
    CHECK_FALSE(root.is_signed_by(leaf));

    const std::string text =
        referee.must("openssl x509 -in leaf.pem -noout -fingerprint -sha256 -serial -dates -dateopt iso_8601");
    CHECK(text.find("=" + leaf.fingerprint().to_string() + "\n") != std::string::npos);
    CHECK(text.find("serial=" + to_upper(leaf.serial()) + "\n") != std::string::npos);
    std::string not_after = format_utc(leaf.not_after());
    not_after[10] = ' ';
    CHECK(text.find("notAfter=" + not_after + "\n") != std::string::npos);
    CHECK(leaf.pem() == read_text(referee.folder() / "leaf.pem"));
}

TEST_CASE("Certificate accepts exactly one certificate in DER", "[crypto]") {
    const OpensslReferee referee;
    const Certificate certificate = referee.self_signed("root", "/CN=Root", k_ca);
    CHECK(Certificate::from_der(certificate.der()) == certificate);

    Bytes longer = certificate.der();
    longer.push_back(0);
    CHECK(message_of(longer) == "cannot read a certificate: bytes after its end");
    CHECK(message_of({}).starts_with("cannot read a certificate: "));

    // The same certificate with an indefinite length: BER that is not DER.
    Bytes ber{0x30, 0x80};
    REQUIRE(certificate.der()[1] == 0x82);
    ber.insert(ber.end(), certificate.der().begin() + 4, certificate.der().end());
    ber.insert(ber.end(), {0, 0});
    CHECK(message_of(ber) == "cannot read a certificate: it is not in DER");
}

TEST_CASE("Certificate shows the names of other string types in UTF-8", "[crypto]") {
    const OpensslReferee referee;
    const auto make = [&](const std::string& mask) {
        write_text(referee.folder() / "mask.cnf", "[req]\ndistinguished_name=dn\nstring_mask=MASK:" + mask +
                                                      "\nprompt=no\n[dn]\nCN=B\xC3\xA4r GmbH\n");
        referee.must(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k -utf8 "
            "-config mask.cnf -out mask.pem");
        return referee.certificate("mask");
    };
    const Certificate bmp = make("0x800");
    const Certificate t61 = make("0x4");
    const Certificate utf8 = make("0x2000");
    CHECK(referee.must("openssl asn1parse -in mask.pem").find("UTF8STRING") != std::string::npos);
    for (const Certificate& certificate : {bmp, t61, utf8}) {
        CHECK(certificate.subject() == "CN=B\xC3\xA4r GmbH");
        CHECK(certificate.subject_fields().common_name == "B\xC3\xA4r GmbH");
        CHECK(certificate.canonical_subject() == utf8.canonical_subject());
    }
    CHECK(bmp.subject_der() != utf8.subject_der());
}

TEST_CASE("Certificate escapes what a name could do to a terminal", "[crypto]") {
    const OpensslReferee referee;
    write_text(referee.folder() / "make.sh",
               "openssl req -x509 -key root.key -utf8 -config root.cnf -out evil.pem "
               "-subj \"$(printf '/CN=a\\033[2Jb\\nc\\302\\233d\\177')\"\n");
    referee.self_signed("root", "/CN=Root", k_ca);
    referee.must("sh make.sh");
    const std::string subject = referee.certificate("evil").subject();
    CHECK_FALSE(has_control_characters(subject));
    CHECK(subject.starts_with("CN=a\\1B[2Jb\\0Ac\\xc2\\x9bd"));
}

TEST_CASE("Certificate keeps apart the hosts that no TLS client could use", "[crypto]") {
    const OpensslReferee referee;
    const auto with_san = [&](const std::string& san) {
        return referee.self_signed("san", "/CN=x", k_leaf + san + "\n");
    };
    SECTION("a NUL in a DNS name does not cut it off") {
        // SEQUENCE { [2] "a.b\0.evil", [2] "good.example" }
        const Certificate certificate =
            with_san("2.5.29.17=DER:30:19:82:09:61:2e:62:00:2e:65:76:69:6c:82:0c:67:6f:6f:64:2e:65:78:61:6d:70:6c:65");
        CHECK(join_hosts(certificate.hosts()) == "good.example");
        CHECK(certificate.unusable_hosts() == std::vector<std::string>{"a.b\\x00.evil"});
    }
    SECTION("an address as a DNS name is no address") {
        const Certificate certificate = with_san("subjectAltName=DNS:10.0.0.5,DNS:my_host.example");
        CHECK(certificate.hosts().empty());
        CHECK(certificate.unusable_hosts() == std::vector<std::string>{"10.0.0.5", "my_host.example"});
    }
    SECTION("an address of the wrong size") {
        const Certificate certificate = with_san("2.5.29.17=DER:30:05:87:03:0a:00:00");
        CHECK(certificate.hosts().empty());
        CHECK(certificate.unusable_host_count() == 1);
    }
    SECTION("a damaged extension gives nothing away") {
        const Certificate certificate = with_san("2.5.29.17=DER:30:05:82:7f:0a:00:00");
        CHECK(certificate.has_subject_alt_name());
        CHECK(certificate.hosts().empty());
        CHECK(certificate.unusable_host_count() == 1);
    }
}

TEST_CASE("Certificate takes a damaged permission for none", "[crypto]") {
    const OpensslReferee referee;
    const Certificate certificate = referee.self_signed(
        "odd", "/CN=x", "2.5.29.19=DER:30:05:01:7f:ff:00:00\n2.5.29.15=DER:03:7f:00\n2.5.29.37=DER:30:7f:00\n");
    CHECK_FALSE(certificate.is_ca());
    CHECK_FALSE(certificate.may_sign_certificates());
    CHECK_FALSE(certificate.may_serve_tls());
}

TEST_CASE("Certificate names every kind of key", "[crypto]") {
    const OpensslReferee referee;
    const auto [algorithm, expected] = GENERATE(table<std::string, std::string>({
        {"rsa -pkeyopt rsa_keygen_bits:1024", "rsa:1024"},
        {"rsa -pkeyopt rsa_keygen_bits:2048", "rsa:2048"},
        {"ec -pkeyopt ec_paramgen_curve:P-256", "ec:p256"},
        {"ec -pkeyopt ec_paramgen_curve:P-384", "ec:p384"},
        {"ec -pkeyopt ec_paramgen_curve:P-521", "ec:p521"},
        {"ec -pkeyopt ec_paramgen_curve:brainpoolP256r1", "ec:brainpoolP256r1"},
        {"ec -pkeyopt ec_paramgen_curve:P-224", "ec:secp224r1"},
        {"ed25519", "ed25519"},
        {"ed448", "ed448"},
        {"rsa-pss -pkeyopt rsa_keygen_bits:2048", "rsa-pss"},
    }));
    referee.make_key("k", algorithm);
    const bool own_digest = expected.starts_with("ed");
    const Certificate certificate = referee.self_signed("k", "/CN=x", k_ca, 10, own_digest ? "" : "-sha256");
    CHECK(certificate.key().to_string() == expected);
    CHECK(certificate.is_self_signed());
    CHECK(certificate.signature_digest() == (own_digest ? "" : "sha256"));
    CHECK(referee.key("k").spec() == certificate.key());
    CHECK(referee.key("k").fits(certificate));
}

TEST_CASE("canonical names are equal where OpenSSL says that names are equal", "[crypto]") {
    const auto name = [](std::initializer_list<std::pair<const char*, int>> entries, int type, int set) {
        openssl::NamePtr made(X509_NAME_new());
        for (const auto& [text, nid] : entries) {
            REQUIRE(X509_NAME_add_entry_by_NID(made.get(), nid, type, reinterpret_cast<const unsigned char*>(text), -1,
                                               -1, set) == 1);
        }
        return made;
    };
    std::vector<openssl::NamePtr> names;
    for (const int type : {V_ASN1_UTF8STRING, V_ASN1_PRINTABLESTRING, V_ASN1_T61STRING}) {
        for (const char* text : {"Root CA", " root  ca ", "ROOT CA", "RootCA", "Root CA2", "r"}) {
            names.push_back(name({{text, NID_commonName}}, type, 0));
            names.push_back(name({{text, NID_organizationName}}, type, 0));
            names.push_back(name({{text, NID_commonName}, {"x", NID_organizationName}}, type, 0));
            names.push_back(name({{text, NID_commonName}, {"x", NID_organizationName}}, type, -1));
            names.push_back(name({{"x", NID_organizationName}, {text, NID_commonName}}, type, -1));
        }
    }
    names.push_back(name({}, V_ASN1_UTF8STRING, 0));
    for (const auto& a : names) {
        for (const auto& b : names) {
            REQUIRE((canonical_name(*a) == canonical_name(*b)) == (X509_NAME_cmp(a.get(), b.get()) == 0));
        }
    }
}
