#include <algorithm>
#include <regex>
#include <set>

#include <catch2/catch.hpp>

#include "umsadm/crypto/chain.hpp"

#include "lib/crypto/chain_tolerances.hpp"
#include "unit/crypto/openssl_referee.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

// As the UMS makes them: CA:TRUE that is not critical, no key identifier, no key usage, a small serial number.
const std::string k_ums_ca = "basicConstraints=CA:TRUE\nsubjectKeyIdentifier=none\n";
const std::string k_ums_leaf = "subjectAltName=DNS:icg.example.com\nsubjectKeyIdentifier=none\n";
const std::string k_server = k_leaf + "subjectAltName=DNS:icg.example.com\nauthorityKeyIdentifier=keyid\n";

const std::string k_rsa = "rsa -pkeyopt rsa_keygen_bits:2048";  // the only keys that openssl(1) signs with MD5

// Chains that openssl(1) makes, judged by openssl(1) and by us.
class Court {
public:
    const OpensslReferee& openssl() const { return m_openssl; }

    // Our verdict over the chain of these files, leaf first; empty: it is fine. openssl verify may differ by nothing
    // but the table of tolerances.
    std::string verdict(const std::vector<std::string>& names) const {
        Chain chain;
        chain.complete = true;
        for (const std::string& name : names) chain.certificates.push_back(m_openssl.certificate(name));
        const UtcTime now = chain.top().not_before() + std::chrono::hours(1);
        const auto ours = verify_server_chain(chain, now);
        const std::set<int> theirs = errors_of_openssl(names, now);
        UNSCOPED_INFO(ours.value_or("fine"));
        const bool only_tolerated = std::all_of(theirs.begin(), theirs.end(), is_tolerated);
        CHECK(ours.has_value() != only_tolerated);
        return ours.value_or("");
    }

    // What openssl(1) has against it in its strict mode.
    std::set<int> errors_of_openssl(const std::vector<std::string>& names, UtcTime now) const {
        std::string line = "openssl verify -x509_strict -auth_level 2 -purpose sslserver -attime " +
                           std::to_string(now.time_since_epoch().count()) + " -CAfile " + names.back() + ".pem";
        for (std::size_t i = 1; i + 1 < names.size(); ++i) line += " -untrusted " + names[i] + ".pem";
        const std::string text = m_openssl.run(line + " " + names.front() + ".pem").text;
        std::set<int> errors;
        const std::regex error("error ([0-9]+) at");
        for (std::sregex_iterator at(text.begin(), text.end(), error), end; at != end; ++at) {
            errors.insert(std::stoi((*at)[1]));
        }
        return errors;
    }

private:
    OpensslReferee m_openssl;
};

}  // namespace

TEST_CASE("verify_server_chain accepts what the UMS makes", "[crypto]") {
    const Court court;
    const OpensslReferee& openssl = court.openssl();
    openssl.self_signed("root", "/C=DE/O=Example/CN=UMS Root", k_ums_ca, 3650, "-sha512 -set_serial 1");
    openssl.signed_by("root", "leaf", "/CN=ICG", k_ums_leaf, 365, "-sha512");
    openssl.signed_by("root", "middle", "/CN=UMS CA",
                      "basicConstraints=CA:TRUE,pathlen:0\nsubjectKeyIdentifier=none\n");
    openssl.signed_by("middle", "deep", "/CN=ICG 2", k_ums_leaf);
    CHECK(court.verdict({"leaf", "root"}).empty());
    CHECK(court.verdict({"deep", "middle", "root"}).empty());
    // Each line of the table is needed for them.
    const UtcTime now = openssl.certificate("root").not_before() + std::chrono::hours(1);
    const std::set<int> errors = court.errors_of_openssl({"deep", "middle", "root"}, now);
    CHECK(errors.size() == k_tolerances.size());
}

TEST_CASE("verify_server_chain accepts what follows RFC 5280, and the signature of an old root", "[crypto]") {
    const Court court;
    const OpensslReferee& openssl = court.openssl();
    openssl.self_signed("root", "/CN=Root", k_ca);
    openssl.signed_by("root", "leaf", "/CN=ICG", k_server);
    CHECK(court.verdict({"leaf", "root"}).empty());
    for (const std::string digest : {"sha1", "md5"}) {
        openssl.make_key(digest, k_rsa);
        openssl.self_signed(digest, "/CN=Old Root", k_ca, 3650, "-" + digest);
        openssl.signed_by(digest, "by_" + digest, "/CN=ICG", k_server);
        CHECK(court.verdict({"by_" + digest, digest}).empty());
    }
    openssl.self_signed("limited", "/CN=Limited", k_ca + "nameConstraints=critical,permitted;DNS:example.com\n");
    openssl.signed_by("limited", "inside", "/CN=ICG", k_server);
    CHECK(court.verdict({"inside", "limited"}).empty());
}

TEST_CASE("verify_server_chain refuses a leaf that breaks RFC 5280", "[crypto]") {
    const Court court;
    const OpensslReferee& openssl = court.openssl();
    openssl.make_key("root", k_rsa);
    openssl.self_signed("root", "/CN=Root", k_ca);
    const auto verdict = [&](const std::string& extensions, const std::string& options = "-sha256") {
        openssl.signed_by("root", "leaf", "/CN=ICG", "subjectAltName=DNS:icg.example.com\n" + extensions, 365, options);
        return court.verdict({"leaf", "root"});
    };
    CHECK(verdict("basicConstraints=critical,CA:FALSE\n").empty());
    CHECK(verdict("1.2.3.4.5=critical,DER:0500\n").starts_with("unhandled critical extension"));
    CHECK(verdict("basicConstraints=critical,CA:FALSE,pathlen:0\n").starts_with("Path length invalid for non-CA"));
    CHECK(verdict("basicConstraints=CA:FALSE\nkeyUsage=digitalSignature,keyCertSign\n")
              .starts_with("Key usage keyCertSign invalid for non-CA"));
    CHECK(verdict("authorityKeyIdentifier=critical,keyid\n").starts_with("unhandled critical extension"));
    CHECK(verdict("subjectKeyIdentifier=critical,hash\n").starts_with("unhandled critical extension"));
    CHECK(verdict("authorityKeyIdentifier=DER:30:06:80:04:01:02:03:04\n").find("issuer") != std::string::npos);
    CHECK(verdict("extendedKeyUsage=clientAuth\n").starts_with("unsuitable certificate purpose"));
    CHECK(verdict("basicConstraints=CA:FALSE\n", "-sha1").find("digest algorithm too weak") != std::string::npos);
    CHECK(verdict("basicConstraints=CA:FALSE\n", "-md5").find("digest algorithm too weak") != std::string::npos);
    openssl.make_key("small", "rsa -pkeyopt rsa_keygen_bits:1024");
    openssl.signed_by("root", "small", "/CN=ICG", k_server);
    CHECK(court.verdict({"small", "root"}).starts_with("EE certificate key too weak"));
}

TEST_CASE("verify_server_chain refuses an issuer that may not be one", "[crypto]") {
    const Court court;
    const OpensslReferee& openssl = court.openssl();
    openssl.self_signed("root", "/CN=Root", k_ca);
    const auto verdict_below = [&](const std::string& issuer) {
        openssl.signed_by(issuer, "under", "/CN=ICG", k_ums_leaf);
        return court.verdict({"under", issuer, "root"});
    };
    openssl.signed_by("root", "server", "/CN=Server", k_server);
    CHECK(verdict_below("server").starts_with("invalid CA certificate"));
    openssl.signed_by("root", "signless", "/CN=A",
                      "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,cRLSign\n");
    CHECK_FALSE(verdict_below("signless").empty());
    openssl.signed_by("root", "sha1", "/CN=B", k_ca, 365, "-sha1");
    CHECK(verdict_below("sha1").find("digest algorithm too weak") != std::string::npos);
    openssl.make_key("small", "rsa -pkeyopt rsa_keygen_bits:1024");
    openssl.signed_by("root", "small", "/CN=C", k_ca);
    CHECK(verdict_below("small").starts_with("CA certificate key too weak"));
    openssl.signed_by("root", "zero", "/CN=D", k_ca + "basicConstraints=critical,CA:TRUE,pathlen:0\n");
    openssl.signed_by("zero", "below", "/CN=E", k_ca);
    openssl.signed_by("below", "leaf", "/CN=ICG", k_server);
    CHECK(court.verdict({"leaf", "below", "zero", "root"}).starts_with("path length constraint exceeded"));
}

TEST_CASE("verify_server_chain refuses a root without name, without CA flag, and a name it does not permit",
          "[crypto]") {
    const Court court;
    const OpensslReferee& openssl = court.openssl();
    openssl.self_signed("nameless", "/", k_ca);
    openssl.signed_by("nameless", "a", "/CN=ICG", k_server);
    CHECK(court.verdict({"a", "nameless"}).find("name empty") != std::string::npos);

    openssl.make_key("v1");
    write_text(openssl.folder() / "v1.cnf", "[req]\ndistinguished_name=dn\n[dn]\n");
    openssl.must("openssl req -new -key v1.key -subj '/CN=Version 1' -config v1.cnf -out v1.csr");
    openssl.must("openssl x509 -req -in v1.csr -signkey v1.key -days 365 -out v1.pem");
    REQUIRE(openssl.run("openssl x509 -in v1.pem -noout -text").contains("Version: 1 "));
    openssl.signed_by("v1", "b", "/CN=ICG", k_ums_leaf);
    CHECK(court.verdict({"b", "v1"}).starts_with("invalid CA certificate"));

    openssl.self_signed("limited", "/CN=Limited", k_ca + "nameConstraints=critical,permitted;DNS:other.example\n");
    openssl.signed_by("limited", "c", "/CN=ICG", k_server);
    CHECK(court.verdict({"c", "limited"}).starts_with("permitted subtree violation"));
}
