#include <algorithm>

#include <catch2/catch.hpp>
#include <openssl/pem.h>

#include "umsadm/base/error.hpp"
#include "umsadm/crypto/certification_request.hpp"
#include "umsadm/crypto/issue.hpp"

#include "lib/crypto/openssl_handles.hpp"
#include "unit/crypto/openssl_referee.hpp"
#include "unit/error_of.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

const UtcTime k_now = *parse_utc("2026-11-21T12:00:00Z");

// What `openssl req` makes of a configuration; the key is NAME.key.
std::string make_by_openssl(const OpensslReferee& referee, const std::string& name, const std::string& extensions,
                            const std::string& options = "") {
    if (!std::filesystem::exists(referee.folder() / (name + ".key"))) referee.make_key(name);
    write_text(referee.folder() / "req.cnf",
               "oid_section=oids\n[oids]\nosVersion=1.3.6.1.4.1.311.13.2.3\n[req]\nprompt=no\ndistinguished_name=dn\n"
               "attributes=attributes\n" +
                   std::string(extensions.empty() ? "" : "req_extensions=ext\n") +
                   "[dn]\nC=DE\nO=M\xC3\xBCller\nCN=" + name +
                   "\n[attributes]\nosVersion=10.0.20348.2\nunstructuredName=host\nchallengePassword=none\n[ext]\n" +
                   extensions);
    return referee.must("openssl req -new -utf8 -config req.cnf -key " + name + ".key " + options);
}

Error pem_error(const std::string& text) {
    return error_of([&] { (void)CertificationRequest::from_pem(text); });
}

Error der_error(ByteView der) {
    return error_of([&] { (void)CertificationRequest::from_der(der); });
}

RequestTemplate gateway_template() {
    RequestTemplate wanted;
    wanted.subject = {.common_name = "ICG Berlin",
                      .holder = "J\xC3\xB6rg Admin",
                      .organization = "M\xC3\xBCller, S\xC3\xB6hne",
                      .locality = "Berlin",
                      .country = "de"};
    wanted.hosts = parse_host_list("icg.example.com;*.icg.example.com;10.0.0.5;2001:db8::1");
    return wanted;
}

// A request taken apart with OpenSSL, to write into it what openssl(1) does not write, and signed again.
class RequestWorkshop {
public:
    RequestWorkshop(const OpensslReferee& referee, const std::string& name) {
        const std::string request = make_by_openssl(referee, name, "");
        const openssl::BioPtr in = openssl::reader(as_bytes(request));
        m_request.reset(openssl::require(PEM_read_bio_X509_REQ(in.get(), nullptr, nullptr, nullptr), "read"));
        const std::string key = read_text(referee.folder() / (name + ".key"));
        const openssl::BioPtr key_in = openssl::reader(as_bytes(key));
        m_key.reset(openssl::require(PEM_read_bio_PrivateKey(key_in.get(), nullptr, nullptr, nullptr), "read"));
    }

    X509_REQ* request() const { return m_request.get(); }

    Bytes signed_again() const {
        openssl::require(X509_REQ_sign(m_request.get(), m_key.get(), EVP_sha256()), "sign");
        return openssl::to_der(m_request.get(), i2d_X509_REQ, "encode");
    }

private:
    openssl::CertRequestPtr m_request;
    openssl::KeyPtr m_key;
};

}  // namespace

TEST_CASE("openssl, certtool and keytool read what make_request makes, for every kind of key", "[crypto]") {
    const OpensslReferee referee;
    const auto spec = GENERATE(as<std::string>{}, "rsa:2048", "ec:p256", "ec:p521", "ed25519");
    const PrivateKey key = PrivateKey::generate(KeySpec::parse(spec));
    const CertificationRequest made = make_request(gateway_template(), key);
    write_text(referee.folder() / "r.csr", made.pem());

    CHECK(referee.must("openssl req -in r.csr -verify -noout").find("verify OK") != std::string::npos);
    const std::string text = referee.must("openssl req -in r.csr -noout -text -nameopt utf8,sep_comma_plus,dn_rev");
    const bool rsa = spec.starts_with("rsa");
    CHECK(text.find("Version: 1 (0x0)") != std::string::npos);
    CHECK(text.find("Basic Constraints: critical\n                    CA:FALSE\n") != std::string::npos);
    CHECK(text.find(rsa ? "Digital Signature, Key Encipherment\n" : "Digital Signature\n") != std::string::npos);
    CHECK(text.find("TLS Web Server Authentication, TLS Web Client Authentication\n") != std::string::npos);
    CHECK(text.find("DNS:icg.example.com, DNS:*.icg.example.com, IP Address:10.0.0.5, "
                    "IP Address:2001:DB8:0:0:0:0:0:1\n") != std::string::npos);
    CHECK(made.subject() == "CN=ICG Berlin,name=J\xC3\xB6rg Admin,O=M\xC3\xBCller\\, S\xC3\xB6hne,L=Berlin,C=DE");
    CHECK(made.subject_fields().country == "DE");
    CHECK(made.hosts() == gateway_template().hosts);
    CHECK(made.unusable_hosts().empty());
    CHECK(made.basic_constraints() == BasicConstraints{false, {}});
    CHECK(made.key().to_string() == spec);
    CHECK(made.public_key_der() == key.public_key_der());
    CHECK(CertificationRequest::from_pem(made.pem()).der() == made.der());

    if (has_tool("certtool")) {
        const std::string gnutls = referee.must("certtool --crq-info --infile r.csr");
        CHECK(gnutls.find("DNSname: *.icg.example.com") != std::string::npos);
        CHECK(gnutls.find("Self signature: verified") != std::string::npos);
    }
    if (!has_tool("keytool")) return;
    const std::string java = referee.must("keytool -J-Xshare:auto -printcertreq -file r.csr");
    CHECK(java.find("IPAddress: 10.0.0.5") != std::string::npos);
}

TEST_CASE("make_request asks for a CA with its path length, and takes a name as it stands", "[crypto]") {
    const OpensslReferee referee;
    const PrivateKey key = PrivateKey::generate(KeySpec::parse("ec:p256"));
    RequestTemplate wanted;
    wanted.subject.common_name = "Middle";
    wanted.ca = true;
    wanted.path_length = 0;
    const CertificationRequest ca = make_request(wanted, key);
    CHECK(ca.basic_constraints() == BasicConstraints{true, 0});
    write_text(referee.folder() / "r.csr", ca.pem());
    CHECK(referee.must("openssl req -in r.csr -noout -text").find("Certificate Sign, CRL Sign") != std::string::npos);

    const Certificate odd = referee.self_signed("odd", "/C=UK/ST=Kent/OU=Net/OU=Two/CN=gw/serialNumber=7", k_ca);
    wanted.subject_der = odd.subject_der();
    CHECK(make_request(wanted, key).subject_der() == odd.subject_der());
    CHECK(make_request(wanted, key).subject() == odd.subject());

    wanted.subject_der.clear();
    wanted.subject.common_name = std::string(65, 'x');
    CHECK(error_of([&] { (void)make_request(wanted, key); }).code() == Code::usage);
}

TEST_CASE("CertificationRequest reads what openssl, certtool and keytool make", "[crypto]") {
    const OpensslReferee referee;
    SECTION("openssl") {
        const std::string pem = make_by_openssl(
            referee, "gw", "basicConstraints=critical,CA:TRUE,pathlen:1\nsubjectAltName=DNS:a.example,IP:10.0.0.5\n");
        const CertificationRequest request = CertificationRequest::from_pem("some text\n" + pem + "more text\n");
        CHECK(request.subject() == "CN=gw,O=M\xC3\xBCller,C=DE");
        CHECK(join_hosts(request.hosts()) == "a.example;10.0.0.5");
        CHECK(request.basic_constraints() == BasicConstraints{true, 1});
        CHECK(request.key().to_string() == "ec:p256");
        CHECK(request.public_key_der() == referee.key("gw").public_key_der());
        make_by_openssl(referee, "gw", "subjectAltName=DNS:a.example\n", "-outform DER -out gw.der");
        CHECK(CertificationRequest::from_der(as_bytes(read_text(referee.folder() / "gw.der"))).key() == request.key());
    }
    SECTION("openssl, with the label of older tools") {
        const std::string pem = make_by_openssl(referee, "gw", "subjectAltName=DNS:a.example\n", "-newhdr");
        REQUIRE(pem.starts_with("-----BEGIN NEW CERTIFICATE REQUEST-----"));
        const CertificationRequest request = CertificationRequest::from_pem(pem);
        CHECK(join_hosts(request.hosts()) == "a.example");
        CHECK(request.pem().starts_with("-----BEGIN CERTIFICATE REQUEST-----\n"));
    }
    SECTION("openssl, without extensions") {
        const CertificationRequest request = CertificationRequest::from_pem(make_by_openssl(referee, "gw", ""));
        CHECK(request.hosts().empty());
        CHECK(request.unusable_hosts().empty());
        CHECK_FALSE(request.basic_constraints());
        referee.must("openssl req -new -key gw.key -subj / -config /dev/null -outform DER -out bare.der");
        const auto bare = CertificationRequest::from_der(as_bytes(read_text(referee.folder() / "bare.der")));
        CHECK(bare.subject().empty());
        CHECK(bare.subject_fields() == SubjectFields{});
    }
    SECTION("openssl, with names that no certificate of ours may have") {
        const CertificationRequest request = CertificationRequest::from_pem(make_by_openssl(
            referee, "gw", "subjectAltName=DNS:my_icg.example,DNS:10.0.0.5,DNS:a.example,email:a@b.example\n"));
        CHECK(join_hosts(request.hosts()) == "a.example");
        CHECK(request.unusable_hosts() == std::vector<std::string>{"my_icg.example", "10.0.0.5"});
    }
    SECTION("certtool") {
        if (!has_tool("certtool")) return;
        write_text(referee.folder() / "t",
                   "cn = gw\norganization = \"IGEL\"\ncountry = DE\ndns_name = a.example\nip_address = 10.0.0.5\n"
                   "challenge_password = 123\ntls_www_server\n");
        referee.must("certtool --generate-privkey --key-type rsa --bits 2048 --outfile k.pem 2>/dev/null");
        referee.must("certtool --generate-request --load-privkey k.pem --template t --outfile r.csr 2>/dev/null");
        const CertificationRequest request = CertificationRequest::from_pem(read_text(referee.folder() / "r.csr"));
        CHECK(request.subject_fields().organization == "IGEL");
        CHECK(join_hosts(request.hosts()) == "a.example;10.0.0.5");
        CHECK(request.key().to_string() == "rsa:2048");
    }
    SECTION("keytool") {
        if (!has_tool("keytool")) return;
        const std::string store = " -J-Xshare:auto -keystore s -storepass changeit -alias a ";
        referee.must("keytool -genkeypair" + store + "-keyalg EC -groupname secp384r1 -dname 'CN=gw,O=IGEL,C=DE'");
        referee.must("keytool -certreq" + store + "-ext san=dns:a.example,ip:10.0.0.5 -file r.csr");
        const std::string pem = read_text(referee.folder() / "r.csr");
        CHECK(pem.starts_with("-----BEGIN NEW CERTIFICATE REQUEST-----"));
        const CertificationRequest request = CertificationRequest::from_pem(pem);
        CHECK(request.subject() == "CN=gw,O=IGEL,C=DE");
        CHECK(join_hosts(request.hosts()) == "a.example;10.0.0.5");
        CHECK(request.key().to_string() == "ec:p384");
    }
}

TEST_CASE("CertificationRequest reads the extension request of Microsoft's older tools", "[crypto]") {
    const OpensslReferee referee;
    const RequestWorkshop workshop(referee, "gw");
    const openssl::ExtensionsPtr extensions(sk_X509_EXTENSION_new_null());
    X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:old.example");
    REQUIRE(sk_X509_EXTENSION_push(extensions.get(), names) > 0);
    REQUIRE(X509_REQ_add_extensions_nid(workshop.request(), extensions.get(), NID_ms_ext_req) == 1);
    CHECK(join_hosts(CertificationRequest::from_der(workshop.signed_again()).hosts()) == "old.example");
}

TEST_CASE("CertificationRequest refuses a request that is not what its key signed", "[crypto]") {
    const OpensslReferee referee;
    make_by_openssl(referee, "gw", "subjectAltName=DNS:a.example\n", "-outform DER -out gw.der");
    const Bytes good = to_bytes(as_bytes(read_text(referee.folder() / "gw.der")));
    REQUIRE_NOTHROW(CertificationRequest::from_der(good));

    SECTION("a changed name") {
        Bytes bad = good;
        const std::string name = "a.example";
        const auto at = std::search(bad.begin(), bad.end(), name.begin(), name.end());
        REQUIRE(at != bad.end());
        *at = 'b';
        const Error error = der_error(bad);
        CHECK(error.code() == Code::invalid_data);
        CHECK(error.message().starts_with("the signature of a certification request is wrong: "));
        CHECK_FALSE(error.hint().empty());
    }
    SECTION("a changed signature") {
        Bytes bad = good;
        bad.back() ^= 1U;
        CHECK(der_error(bad).message().starts_with("the signature of a certification request is wrong: "));
    }
    SECTION("the public key of somebody else") {
        referee.make_key("other");
        const Bytes own = referee.key("gw").public_key_der();
        const Bytes other = referee.key("other").public_key_der();
        Bytes bad = good;
        const auto at = std::search(bad.begin(), bad.end(), own.begin(), own.end());
        REQUIRE(at != bad.end());
        std::copy(other.begin(), other.end(), at);
        CHECK(der_error(bad).message().starts_with("the signature of a certification request is wrong: "));
    }
    SECTION("an extension request that is none") {
        const RequestWorkshop workshop(referee, "gw");
        REQUIRE(X509_REQ_add1_attr_by_NID(workshop.request(), NID_ext_req, V_ASN1_OCTET_STRING,
                                          reinterpret_cast<const unsigned char*>("x"), 1) == 1);
        CHECK(der_error(workshop.signed_again()).message() ==
              "cannot read a certification request: its extension request is damaged");
    }
}

TEST_CASE("CertificationRequest reads exactly one request", "[crypto]") {
    const OpensslReferee referee;
    const std::string pem = make_by_openssl(referee, "gw", "subjectAltName=DNS:a.example\n");
    Bytes der = CertificationRequest::from_pem(pem).der();

    CHECK(pem_error(pem + pem).message() == "there is more than one certification request in this text");
    CHECK(pem_error("").message() == "there is no certification request in this text");
    CHECK(pem_error(read_text(referee.folder() / "gw.key")).message() ==
          "there is no certification request in this text");
    CHECK(pem_error(pem.substr(0, pem.size() / 2)).message() == "a PEM block \"CERTIFICATE REQUEST\" has no end");
    CHECK(pem_error("-----BEGIN CERTIFICATE REQUEST-----\n!\n-----END CERTIFICATE REQUEST-----\n").message() ==
          "a PEM block \"CERTIFICATE REQUEST\" is damaged: not Base64");

    der.push_back(0);
    CHECK(der_error(der).message() == "cannot read a certification request: bytes after its end");
    der.resize(der.size() / 2);
    CHECK(der_error(der).code() == Code::invalid_data);
    CHECK(der_error({}).code() == Code::invalid_data);
    const Certificate certificate = referee.self_signed("gw", "/CN=gw", k_ca);
    CHECK(der_error(certificate.der()).code() == Code::invalid_data);
}

TEST_CASE("CertificationRequest tells a key that umsadm only shows, and one that OpenSSL does not know", "[crypto]") {
    const OpensslReferee referee;
    referee.make_key("odd", "ed448");
    CHECK(CertificationRequest::from_pem(make_by_openssl(referee, "odd", "")).key().to_string() == "ed448");

    // The object identifier of the key becomes one that nobody has: 1.2.840.10045.2.1 with another last arc.
    make_by_openssl(referee, "gw", "", "-outform DER -out gw.der");
    std::string der = read_text(referee.folder() / "gw.der");
    const std::size_t at = der.find("\x2A\x86\x48\xCE\x3D\x02\x01");
    REQUIRE(at != std::string::npos);
    der[at + 6] = 0x7F;
    const Error error = der_error(as_bytes(der));
    CHECK(error.code() == Code::invalid_data);
    CHECK(error.message().starts_with("cannot read the key of a certification request: "));
}

TEST_CASE("issue for a public key gives the certificate that issue for the key pair gives", "[crypto]") {
    const PrivateKey root_key = PrivateKey::generate(KeySpec::parse("ec:p256"));
    const PrivateKey key = PrivateKey::generate(KeySpec::parse("rsa:2048"));
    CertificateTemplate wanted;
    wanted.type = CertificateType::root;
    wanted.subject.common_name = "Root";
    wanted.not_before = k_now;
    wanted.not_after = k_now + std::chrono::days(365);
    const Certificate root = issue_self_signed(wanted, root_key);
    wanted.type = CertificateType::end_entity;
    wanted.subject.common_name = "Leaf";
    wanted.hosts = parse_host_list("a.example");
    const Certificate made = issue(wanted, key.public_key_der(), root, root_key);
    const Certificate same = issue(wanted, key, root, root_key);
    CHECK(key.fits(made));
    CHECK(made.is_signed_by(root));
    CHECK(made.subject_der() == same.subject_der());
    CHECK(made.hosts() == same.hosts());
    CHECK(made.basic_constraints() == same.basic_constraints());
    CHECK(made.public_key_der() == same.public_key_der());

    Bytes damaged = key.public_key_der();
    damaged.resize(damaged.size() / 2);
    CHECK(error_of([&] { (void)issue(wanted, damaged, root, root_key); }).code() == Code::invalid_data);
    // Without the NULL that RFC 3279 wants for an RSA key: OpenSSL reads it, and would write it differently.
    Bytes odd = key.public_key_der();
    const Bytes null{0x05, 0x00};
    const auto at = std::search(odd.begin(), odd.end(), null.begin(), null.end());
    REQUIRE(at != odd.end());
    odd.erase(at, at + 2);
    odd[3] = static_cast<std::uint8_t>(odd[3] - 2);
    odd[5] = static_cast<std::uint8_t>(odd[5] - 2);
    CHECK(error_of([&] { (void)issue(wanted, odd, root, root_key); }).message() ==
          "cannot read a public key: it is not in its usual encoding");
}
