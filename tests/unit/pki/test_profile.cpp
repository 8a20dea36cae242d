#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"

#include "unit/crypto/openssl_referee.hpp"
#include "unit/error_of.hpp"
#include "unit/pki/site.hpp"

using namespace umsadm;
using namespace umsadm::test;
using std::chrono::days;

namespace {

SignedRequest leaf_request() {
    SignedRequest request;
    request.name = "ICG Berlin";
    request.hosts = parse_host_list("icg.example.com;10.0.0.5");
    request.key = KeySpec::parse("ec:p256");
    request.not_after = k_now + k_default_end_lifetime;
    return request;
}

Error refusal(const SignedRequest& request, const Holder& issuer, UtcTime now = k_now) {
    return error_of([&] { (void)issue_signed(request, issuer.chain.certificates, issuer.key, now); });
}

}  // namespace

TEST_CASE("issue_root makes a CA that signs itself and is dated back one hour", "[pki]") {
    RootRequest request;
    request.name = "Berlin Root";
    request.subject.organization = "IGEL";
    request.subject.country = "de";
    request.key = KeySpec::parse("ec:p384");
    request.not_after = k_now + days(3650);
    request.path_length = 2;
    const Issued made = issue_root(request, k_now);
    const Certificate& root = made.certificate;
    CHECK(root.subject() == "CN=Berlin Root,O=IGEL,C=DE");
    CHECK(root.is_self_signed());
    CHECK(root.basic_constraints() == BasicConstraints{true, 2});
    CHECK(root.not_before() == k_now - std::chrono::hours(1));
    CHECK(root.not_after() == request.not_after);
    CHECK(root.key().to_string() == "ec:p384");
    CHECK(root.signature_digest() == "sha512");
    CHECK(made.key.fits(root));
}

TEST_CASE("issue_signed makes what was asked for, and openssl verifies it", "[pki]") {
    const OpensslReferee referee;
    const Holder root = make_root("Root", days(3650), 1);
    SignedRequest middle = leaf_request();
    middle.type = CertificateType::intermediate;
    middle.name = "Middle";
    middle.hosts.clear();
    middle.path_length = 0;
    const Issued ca = issue_signed(middle, root.chain.certificates, root.key, k_now);
    CHECK(ca.certificate.basic_constraints() == BasicConstraints{true, 0});

    SignedRequest request = leaf_request();
    request.subject = {.common_name = "Other CN",
                       .holder = "Ann Admin",
                       .organization = "IGEL",
                       .locality = "Bremen",
                       .country = "de"};
    request.hosts.push_back(request.hosts.front());
    const Issued leaf = issue_signed(request, {ca.certificate, root.certificate()}, ca.key, k_now);
    CHECK(leaf.certificate.subject() == "CN=Other CN,name=Ann Admin,O=IGEL,L=Bremen,C=DE");
    CHECK(join_hosts(leaf.certificate.hosts()) == "icg.example.com;10.0.0.5");
    CHECK(leaf.certificate.not_before() == k_now - std::chrono::hours(1));
    CHECK(leaf.certificate.not_after() == k_now + days(365));

    write_text(referee.folder() / "root.pem", root.certificate().pem());
    write_text(referee.folder() / "ca.pem", ca.certificate.pem());
    write_text(referee.folder() / "leaf.pem", leaf.certificate.pem());
    const std::string at = std::to_string(k_now.time_since_epoch().count());
    CHECK(
        referee
            .run("openssl verify -x509_strict -purpose sslserver -verify_ip 10.0.0.5 -verify_hostname icg.example.com "
                 "-attime " +
                 at + " -CAfile root.pem -untrusted ca.pem leaf.pem")
            .text == "leaf.pem: OK\n");
}

TEST_CASE("issue_signed names the field that the profile forbids", "[pki]") {
    const Holder root = make_root("Root");
    const auto message = [&](auto change) {
        SignedRequest request = leaf_request();
        change(request);
        const Error error = refusal(request, root);
        CHECK(error.code() == Code::usage);
        return error.message();
    };
    CHECK(message([](SignedRequest& r) { r.hosts.clear(); }).starts_with("field \"host\" is empty"));
    CHECK(message([](SignedRequest& r) {
              r.type = CertificateType::intermediate;
          }).starts_with("field \"host\" is only for"));
    CHECK(message([](SignedRequest& r) { r.type = CertificateType::root; }).starts_with("field \"type\""));
    CHECK(message([](SignedRequest& r) { r.not_after = k_now; }) ==
          "field \"valid until\" is 2026-11-21T12:00:00Z, which is not in the future");
    CHECK(message([](SignedRequest& r) { r.not_after = k_now + std::chrono::years(8000); }) ==
          "field \"valid until\" is after the year 9999");
    CHECK(message([](SignedRequest& r) { r.path_length = 0; }) == "field \"path length\" is only for a CA");
    CHECK(message([](SignedRequest& r) { r.name = "root"; }) ==
          "field \"common name\" is \"Root\", which is the name of the issuer");
    CHECK(message([](SignedRequest& r) { r.name = std::string(65, 'x'); }).starts_with("field \"common name\" has 65"));
    CHECK(message([](SignedRequest& r) { r.subject.country = "DEU"; }).starts_with("field \"country\""));
    CHECK(message([](SignedRequest& r) {
              r.type = CertificateType::intermediate;
              r.hosts.clear();
              r.path_length = -1;
          }) == "field \"path length\" is less than 0");
}

TEST_CASE("issue_signed refuses an issuer that may not issue", "[pki]") {
    const Holder root = make_root("Root", days(3650), 1);
    const auto refused = [](const SignedRequest& request, const Holder& issuer, UtcTime now = k_now) {
        const Error error = refusal(request, issuer, now);
        CHECK(error.code() == Code::refused);
        return error.message();
    };
    SECTION("no CA") {
        CHECK(refused(leaf_request(), make_leaf(root, "a.example", "Leaf")) ==
              "\"CN=Leaf\" cannot issue a certificate: it is not marked as CA");
    }
    SECTION("expired, itself or above it") {
        CertificateTemplate longer = ca_template("Middle");
        longer.not_after = k_now + days(9000);
        const Holder middle = make_signed(root, longer);
        SignedRequest request = leaf_request();
        request.not_after = k_now + days(8000);
        CHECK(refused(request, middle, k_now + days(3651))
                  .starts_with("\"CN=Root\" cannot issue a certificate: it expired on "));
        CHECK(refused(request, root, k_now - days(1)).find("it is not valid before") != std::string::npos);
    }
    SECTION("a path length that is used up") {
        const Holder middle = make_signed(root, ca_template("Middle"));
        SignedRequest deeper = leaf_request();
        deeper.type = CertificateType::intermediate;
        deeper.name = "Deeper";
        deeper.hosts.clear();
        CHECK_NOTHROW(issue_signed(leaf_request(), middle.chain.certificates, middle.key, k_now));
        CHECK(refused(deeper, middle) ==
              "\"CN=Middle\" cannot issue a certificate: the path length of \"CN=Root\" allows 1 CAs below it, this "
              "would be 2");
    }
    SECTION("another key") {
        const Holder other = make_root("Other");
        const Error error =
            error_of([&] { (void)issue_signed(leaf_request(), root.chain.certificates, other.key, k_now); });
        CHECK(error.code() == Code::refused);
        CHECK(error.message() == "\"CN=Root\" cannot issue a certificate: the private key is not its own");
    }
}

TEST_CASE("issue_signed does not shorten a life that is longer than the issuer's", "[pki]") {
    const Holder root = make_root("Root", days(30));
    const Issued made = issue_signed(leaf_request(), root.chain.certificates, root.key, k_now);
    CHECK(made.certificate.not_after() == k_now + days(365));
}

TEST_CASE("issue_for_key signs for a key that is there, but not for every one", "[pki]") {
    const OpensslReferee referee;
    const Holder root = make_root("Root");
    const PrivateKey key = PrivateKey::generate(KeySpec::parse("ed25519"));
    const Certificate made = issue_for_key(leaf_request(), root.chain.certificates, root.key, key, k_now);
    CHECK(key.fits(made));
    CHECK(made.key().to_string() == "ed25519");
    const auto refused = [&](const PrivateKey& unfit) {
        const Error error =
            error_of([&] { (void)issue_for_key(leaf_request(), root.chain.certificates, root.key, unfit, k_now); });
        return error.code() == Code::refused ? error.message() : "not refused";
    };
    CHECK(refused(root.key) == "the key is the one of the issuer \"CN=Root\"");
    referee.make_key("short", "rsa -pkeyopt rsa_keygen_bits:1024");
    CHECK(refused(referee.key("short")) == "a key of kind \"rsa:1024\" is not fit for a new certificate");
    referee.make_key("odd", "ed448");
    CHECK(refused(referee.key("odd")) == "a key of kind \"ed448\" is not fit for a new certificate");
}

TEST_CASE("renewal_request copies every field and only moves the dates", "[pki]") {
    const Holder root = make_root("Root");
    const UtcTime later = k_now + days(300);
    SignedRequest first = leaf_request();
    first.subject = {
        .common_name = "CN", .holder = "Ann", .organization = "IGEL", .locality = "Bremen", .country = "DE"};
    first.not_after = k_now + days(398);
    const Issued current = issue_signed(first, root.chain.certificates, root.key, k_now);
    const Issued next = issue_signed(renewal_request("ICG Berlin", current.certificate, later), root.chain.certificates,
                                     root.key, later);
    CHECK(next.certificate.subject_der() == current.certificate.subject_der());
    CHECK(next.certificate.hosts() == current.certificate.hosts());
    CHECK(next.certificate.key() == current.certificate.key());
    CHECK(next.certificate.public_key_der() != current.certificate.public_key_der());
    CHECK(next.certificate.not_before() == later - std::chrono::hours(1));
    CHECK(next.certificate.not_after() == later + days(398));

    SignedRequest ca = first;
    ca.type = CertificateType::intermediate;
    ca.hosts.clear();
    ca.path_length = 1;
    const Issued middle = issue_signed(ca, root.chain.certificates, root.key, k_now);
    const SignedRequest renewed = renewal_request("Middle", middle.certificate, later);
    CHECK(renewed.type == CertificateType::intermediate);
    CHECK(renewed.path_length == 1);
    CHECK(renewed.hosts.empty());
}

TEST_CASE("renewal_request keeps what only others write into a certificate", "[pki]") {
    const OpensslReferee referee;
    const Holder root = make_root("Root");
    const auto renew = [&](const Certificate& current) {
        return issue_signed(renewal_request("x", current, k_now), root.chain.certificates, root.key, k_now).certificate;
    };
    referee.self_signed("ca", "/CN=CA", k_ca);
    SECTION("parts of the subject that umsadm does not know") {
        const Certificate current = referee.signed_by("ca", "a", "/C=UK/ST=Kent/OU=Net/OU=Two/CN=gw/serialNumber=7",
                                                      k_leaf + "subjectAltName=DNS:a.example\n");
        CHECK(renew(current).subject() == "serialNumber=7,CN=gw,OU=Two,OU=Net,ST=Kent,C=UK");
    }
    SECTION("no subject at all") {
        const Certificate current =
            referee.signed_by("ca", "b", "/", k_leaf + "subjectAltName=critical,DNS:a.example\n");
        CHECK(current.subject().empty());
        CHECK(renew(current).subject().empty());
    }
    SECTION("an address in the wrong place is put right") {
        const Certificate current =
            referee.signed_by("ca", "c", "/CN=c", k_leaf + "subjectAltName=DNS:a.example,DNS:10.0.0.5\n");
        CHECK(join_hosts(renew(current).hosts()) == "a.example;10.0.0.5");
    }
    SECTION("a name that no new certificate may have is not dropped silently") {
        const Certificate current =
            referee.signed_by("ca", "d", "/CN=d", k_leaf + "subjectAltName=DNS:a.example,DNS:my_icg.example\n");
        const Error error = error_of([&] { (void)renew(current); });
        CHECK(error.code() == Code::refused);
        CHECK(error.message() == "the name \"my_icg.example\" of \"CN=d\" cannot be in a new certificate");
    }
    SECTION("a weak or unknown key is not made again") {
        referee.make_key("e", "rsa -pkeyopt rsa_keygen_bits:1024");
        referee.make_key("f", "ec -pkeyopt ec_paramgen_curve:P-224");
        const std::string san = k_leaf + "subjectAltName=DNS:a.example\n";
        CHECK(renewal_request("x", referee.signed_by("ca", "e", "/CN=e", san), k_now).key.to_string() == "rsa:2048");
        CHECK(renewal_request("x", referee.signed_by("ca", "f", "/CN=f", san), k_now).key.to_string() == "rsa:4096");
    }
}
