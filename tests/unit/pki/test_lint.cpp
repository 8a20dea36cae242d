#include <catch2/catch.hpp>

#include "unit/crypto/openssl_referee.hpp"
#include "unit/pki/lint_codes.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

// Everything as umsadm would make it; a test spoils one thing.
const std::string k_good_ca =
    "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n";
const std::string k_good_usage =
    "keyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\nsubjectKeyIdentifier=hash\n"
    "authorityKeyIdentifier=keyid\n";
const std::string k_good_leaf =
    "basicConstraints=critical,CA:FALSE\n" + k_good_usage + "subjectAltName=DNS:icg.example.com,IP:10.0.0.5\n";

// One certificate of openssl(1) at a time below one root; its key is EC, which is only noted.
class Bench {
public:
    Bench() { m_openssl.self_signed("root", "/CN=Root", k_good_ca); }

    const OpensslReferee& openssl() const { return m_openssl; }
    UtcTime now() const { return m_openssl.certificate("root").not_before() + std::chrono::hours(2); }

    // What is said of an end certificate, without "ec-key(info)" at its end.
    std::string leaf(const std::string& extensions, const std::string& subject = "/CN=ICG", int days = 365,
                     const std::string& options = "-sha256") const {
        const Certificate made = m_openssl.signed_by("root", "leaf", subject, extensions, days, options);
        return without_key(lint_codes({made}, now(), {m_openssl.certificate("root")}));
    }
    std::string root(const std::string& extensions, const std::string& subject = "/CN=R", int days = 3650,
                     const std::string& options = "-sha256") const {
        return without_key(lint_codes({m_openssl.self_signed("own", subject, extensions, days, options)}, now()));
    }

    static std::string without_key(std::string said) {
        for (const std::string part : {" ec-key(info)", "ec-key(info) ", "ec-key(info)"}) {
            if (const auto at = said.find(part); at != std::string::npos) return said.erase(at, part.size());
        }
        return "no ec-key: " + said;
    }

private:
    OpensslReferee m_openssl;
};

}  // namespace

TEST_CASE("lint has nothing against what umsadm makes", "[pki]") {
    const Holder root = make_root("Root");
    const Holder leaf = make_leaf(root);
    CHECK(lint_codes({leaf.certificate()}, k_now, {root.certificate()}) == "ec-key(info)");
    CHECK(lint_codes({root.certificate()}, k_now) == "ec-key(info)");
    const Bench bench;
    CHECK(bench.leaf(k_good_leaf).empty());
    CHECK(bench.root(k_good_ca).empty());
}

TEST_CASE("lint only notes what the roots of the UMS do otherwise", "[pki]") {
    const Bench bench;
    CHECK(bench.root("basicConstraints=CA:TRUE\nsubjectKeyIdentifier=none\n", "/CN=UMS Root", 3650, "-set_serial 1") ==
          "extension-criticality(info) no-key-identifier(info) no-key-usage(info)");
    CHECK(bench.leaf("subjectAltName=DNS:icg.example.com\nauthorityKeyIdentifier=none\n") == "no-key-identifier(info)");
}

TEST_CASE("lint judges the encoding of a certificate", "[pki]") {
    const Bench bench;
    CHECK(bench.root(k_good_ca, "/CN=R", 3650, "-set_serial 0") == "serial-number(warning)");
    CHECK(bench.root(k_good_ca, "/CN=R", 3650, "-set_serial -5") == "serial-number(warning)");
    CHECK(bench.root(k_good_ca, "/CN=R", 3650, "-set_serial 0x80000000000000000000000000000000000000AB") ==
          "serial-number(warning)");
    CHECK(bench.root(k_good_ca, "/CN=R", 3650, "-set_serial 0x70000000000000000000000000000000000000AB").empty());
    CHECK(bench.leaf(k_good_leaf + "1.2.3.4.5=critical,DER:0500\n") == "unknown-critical-extension");
    CHECK(bench.leaf(k_good_leaf + "1.2.3.4.5=DER:0500\n").empty());
    CHECK(bench.leaf(k_good_leaf + "nameConstraints=DER:04\n").starts_with("damaged-extension extension-criticality"));
    CHECK(bench.root(k_good_ca + "nameConstraints=permitted;DNS:a.example\n") == "extension-criticality(warning)");
    CHECK(bench.root("basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n"
                     "subjectKeyIdentifier=critical,hash\n") ==
          "unknown-critical-extension extension-criticality(warning)");
}

TEST_CASE("lint judges what a certificate may do", "[pki]") {
    const Bench bench;
    const std::string hosts = "subjectAltName=DNS:icg.example.com\n";
    CHECK(bench.leaf("basicConstraints=CA:FALSE\nkeyUsage=digitalSignature,keyCertSign\n" + hosts +
                     "authorityKeyIdentifier=keyid\n") == "ca-rights-without-flag");
    CHECK(bench.leaf("basicConstraints=CA:FALSE,pathlen:1\nauthorityKeyIdentifier=keyid\n" + hosts) ==
          "ca-rights-without-flag");
    CHECK(bench.leaf("extendedKeyUsage=clientAuth\nauthorityKeyIdentifier=keyid\n" + hosts)
              .starts_with("not-for-servers(warning)"));
    CHECK(bench.root("basicConstraints=critical,CA:TRUE\nkeyUsage=critical,cRLSign\nsubjectKeyIdentifier=hash\n") ==
          "ca-flag-missing");
    CHECK(bench.root("subjectKeyIdentifier=hash\n" + hosts) == "legacy-certificate");
    CHECK(bench.root("basicConstraints=CA:FALSE\n" + hosts, "/CN=ICG", 365) == "not-signed");
}

TEST_CASE("lint judges names", "[pki]") {
    const Bench bench;
    const std::string usage = "basicConstraints=critical,CA:FALSE\n" + k_good_usage;
    CHECK(bench.leaf(usage) == "no-san");
    CHECK(bench.leaf(usage + "subjectAltName=DNS:icg.example.com,DNS:10.0.0.5\n") == "san-wrong-type(warning)");
    CHECK(bench.leaf(usage + "subjectAltName=DNS:icg.example.com,email:a@b.example\n") == "san-wrong-type(info)");
    CHECK(bench.leaf(usage + "subjectAltName=DNS:icg.example.com,DNS:icg_1.example.com\n") == "san-unusable(warning)");
    CHECK(bench.leaf(usage + "subjectAltName=DER:300A8203612E6287030A0000\n") == "san-wrong-type(warning)");
    CHECK(bench.leaf(usage + "subjectAltName=DNS:*.example.com\n") == "wildcard(info)");
    CHECK(bench.leaf(usage + "subjectAltName=DER:300F820D6963672E6578616D706C650000\n").find("control-characters") !=
          std::string::npos);
    CHECK(bench.leaf(k_good_leaf, "/CN=" + std::string(64, 'x')).empty());
    CHECK(bench.leaf(k_good_leaf, "/C=DE/L=Bremen/O=Example/CN=ICG").empty());
    CHECK(bench.root(k_good_ca + "subjectAltName=DNS:ca.example.com\n") == "ca-with-hosts(warning)");
    CHECK(bench.root(k_good_ca, "/").starts_with("empty-name"));
}

TEST_CASE("lint judges the length of a holder's name", "[pki]") {
    const Bench bench;
    bench.openssl().make_key("r");
    write_text(bench.openssl().folder() / "long.cnf",
               "[req]\ndistinguished_name=dn\nprompt=no\nstring_mask=nombstr\n[dn]\nname=" + std::string(201, 'h') +
                   "\nO=" + std::string(64, 'o') + "\n");
    bench.openssl().must("openssl req -new -x509 -key r.key -config long.cnf -days 3650 -out long.pem");
    const std::string said = lint_codes({bench.openssl().certificate("long")}, bench.now());
    CHECK(said.find("subject-format(warning)") != std::string::npos);
}

TEST_CASE("lint judges keys, signatures and dates", "[pki]") {
    const Bench bench;
    CHECK(bench.leaf(k_good_leaf, "/CN=ICG", 365, "-sha1") == "weak-signature");
    CHECK(bench.root(k_good_ca, "/CN=R", 3650, "-sha1") == "weak-root-signature(warning)");
    CHECK(bench.root(k_good_ca, "/CN=R", 3000) == "short-root(warning)");
    CHECK(bench.leaf(k_good_leaf, "/CN=ICG", 399) == "long-lifetime(info)");
    CHECK(bench.leaf(k_good_leaf, "/CN=ICG", 398).empty());
    CHECK(bench.leaf(k_good_leaf, "/CN=ICG", 90) == "short-lifetime(info)");

    const auto with_key = [&](const std::string& name, const std::string& algorithm) {
        bench.openssl().make_key(name, algorithm);
        const Certificate made = bench.openssl().signed_by("root", name, "/CN=ICG", k_good_leaf);
        return lint_codes({made}, bench.now(), {bench.openssl().certificate("root")});
    };
    CHECK(with_key("small", "rsa -pkeyopt rsa_keygen_bits:1024") == "weak-key");
    CHECK(with_key("usual", "rsa -pkeyopt rsa_keygen_bits:2048") == "key-not-offered(warning)");
    CHECK(with_key("ed", "ed25519") == "ed25519-key(warning)");
    CHECK(with_key("bitcoin", "ec -pkeyopt ec_paramgen_curve:secp256k1") == "key-not-offered(warning)");

    const Certificate leaf = bench.openssl().signed_by("root", "leaf", "/CN=ICG", k_good_leaf);
    const std::vector<Certificate> root{bench.openssl().certificate("root")};
    CHECK(lint_codes({leaf}, leaf.not_after(), root) == "expired ec-key(info)");
    CHECK(lint_codes({leaf}, leaf.not_before() - std::chrono::hours(1), root) == "not-yet-valid ec-key(info)");
}

TEST_CASE("lint judges what a certification request asks for", "[pki]") {
    const PrivateKey key = PrivateKey::generate(KeySpec::parse("ec:p256"));
    const auto verdict = [&](const RequestTemplate& wanted) {
        LintFile file;
        file.requests.push_back(make_request(wanted, key));
        return lint_codes(file, k_now);
    };
    RequestTemplate wanted;
    wanted.subject.common_name = "ICG";
    CHECK(verdict(wanted) == "ec-key(info) no-san(warning)");
    wanted.hosts = parse_host_list("*.example.com");
    CHECK(verdict(wanted) == "wildcard(info) ec-key(info)");
    wanted.ca = true;
    wanted.hosts.clear();
    CHECK(verdict(wanted) == "ec-key(info)");

    const OpensslReferee openssl;
    openssl.make_key("weak", "rsa -pkeyopt rsa_keygen_bits:1024");
    write_text(openssl.folder() / "r.cnf", "[req]\ndistinguished_name=dn\n[dn]\n");
    openssl.must(
        "openssl req -new -key weak.key -subj /CN=x -config r.cnf -addext subjectAltName=DNS:a.example -out r.csr");
    LintFile weak;
    weak.requests.push_back(CertificationRequest::from_pem(read_text(openssl.folder() / "r.csr")));
    CHECK(lint_codes(weak, k_now) == "weak-key");
}
