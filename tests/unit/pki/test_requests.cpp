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
    request.not_after = k_now + k_default_end_lifetime;
    return request;
}

SignedRequest ca_request() {
    SignedRequest request = leaf_request();
    request.name = "Middle";
    request.type = CertificateType::intermediate;
    request.hosts.clear();
    return request;
}

CertificationRequest asked_with(const PrivateKey& key) {
    RequestTemplate wanted;
    wanted.subject.common_name = "Somebody";
    wanted.hosts = parse_host_list("other.example");
    return make_request(wanted, key);
}

CertificationRequest asked_by(const OpensslReferee& referee, const std::string& algorithm) {
    referee.make_key("asking", algorithm);
    return CertificationRequest::from_pem(
        referee.must("openssl req -new -key asking.key -subj /CN=asking -config /dev/null"));
}

}  // namespace

TEST_CASE("issue_for_request signs for the key of the request, and says what it was told to say", "[pki]") {
    const OpensslReferee referee;
    const auto spec = GENERATE(as<std::string>{}, "rsa:2048", "ec:p384", "ed25519");
    const Holder root = make_root("Root");
    const PrivateKey key = PrivateKey::generate(KeySpec::parse(spec));
    const Certificate made =
        issue_for_request(leaf_request(), root.chain.certificates, root.key, asked_with(key), k_now);
    CHECK(key.fits(made));
    CHECK(made.key().to_string() == spec);
    CHECK(made.subject() == "CN=ICG Berlin");
    CHECK(join_hosts(made.hosts()) == "icg.example.com;10.0.0.5");

    write_text(referee.folder() / "root.pem", root.certificate().pem());
    write_text(referee.folder() / "leaf.pem", made.pem());
    CHECK(referee
              .run("openssl verify -x509_strict -purpose sslserver -attime " +
                   std::to_string(k_now.time_since_epoch().count()) + " -CAfile root.pem leaf.pem")
              .text == "leaf.pem: OK\n");
}

TEST_CASE("issue_for_request makes an intermediate as deep as its issuers allow", "[pki]") {
    const Holder root = make_root("Root", days(3650), 1);
    const PrivateKey key = PrivateKey::generate(KeySpec::parse("ec:p256"));
    SignedRequest request = ca_request();
    request.path_length = 0;
    const Certificate middle = issue_for_request(request, root.chain.certificates, root.key, asked_with(key), k_now);
    CHECK(middle.basic_constraints() == BasicConstraints{true, 0});

    const PrivateKey deeper_key = PrivateKey::generate(KeySpec::parse("ec:p256"));
    SignedRequest deeper = ca_request();
    deeper.name = "Deeper";
    const Error error = error_of([&] {
        (void)issue_for_request(deeper, {middle, root.certificate()}, key, asked_with(deeper_key), k_now);
    });
    CHECK(error.code() == Code::refused);
    CHECK(error.message().find("path length of \"CN=Middle\" allows 0 CAs below it") != std::string::npos);
}

TEST_CASE("issue_for_request refuses what issue_signed refuses", "[pki]") {
    const OpensslReferee referee;
    const Holder root = make_root("Root");
    const PrivateKey key = PrivateKey::generate(KeySpec::parse("ec:p256"));
    const auto error_for = [&](const SignedRequest& request, const Holder& issuer, const CertificationRequest& asked,
                               UtcTime now = k_now) {
        return error_of([&] { (void)issue_for_request(request, issuer.chain.certificates, issuer.key, asked, now); });
    };
    SECTION("a field that the profile forbids") {
        SignedRequest request = leaf_request();
        request.hosts.clear();
        CHECK(error_for(request, root, asked_with(key)).message().starts_with("field \"host\" is empty"));
        request = leaf_request();
        request.name = "Root";
        CHECK(error_for(request, root, asked_with(key)).message().find("the name of the issuer") != std::string::npos);
        request = leaf_request();
        request.not_after = k_now;
        CHECK(error_for(request, root, asked_with(key)).code() == Code::usage);
        request = leaf_request();
        request.subject.country = "DEU";
        CHECK(error_for(request, root, asked_with(key)).message().starts_with("field \"country\""));
    }
    SECTION("an issuer that is no CA, or over") {
        CHECK(error_for(leaf_request(), make_leaf(root, "a.example", "Leaf"), asked_with(key)).message() ==
              "\"CN=Leaf\" cannot issue a certificate: it is not marked as CA");
        SignedRequest request = leaf_request();
        request.not_after = k_now + days(9000);
        CHECK(error_for(request, root, asked_with(key), k_now + days(3651)).code() == Code::refused);
    }
    SECTION("an empty chain") {
        CHECK(error_of([&] { (void)issue_for_request(leaf_request(), {}, root.key, asked_with(key), k_now); }).code() ==
              Code::usage);
    }
    SECTION("a key that no new certificate may have") {
        CHECK(error_for(leaf_request(), root, asked_by(referee, "rsa -pkeyopt rsa_keygen_bits:1024")).message() ==
              "a key of kind \"rsa:1024\" is not fit for a new certificate");
        CHECK(error_for(leaf_request(), root, asked_by(referee, "ed448")).code() == Code::refused);
        CHECK(error_for(leaf_request(), root, asked_with(root.key)).message() ==
              "the key is the one of the issuer \"CN=Root\"");
    }
}

TEST_CASE("signs_full_length_until is the usual lifetime before the end of the CA", "[pki]") {
    const Holder root = make_root("Root", days(3650));
    CHECK(signs_full_length_until(root.certificate()) == k_now + days(3650 - 365));
    const UtcTime until = *signs_full_length_until(root.certificate());
    SignedRequest request = leaf_request();
    request.not_after = until + k_default_end_lifetime;
    const PrivateKey key = PrivateKey::generate(KeySpec::parse("ec:p256"));
    const Certificate last = issue_for_request(request, root.chain.certificates, root.key, asked_with(key), until);
    CHECK(last.not_after() == root.certificate().not_after());

    CHECK_FALSE(signs_full_length_until(make_root("Short", days(364)).certificate()));
    CHECK(signs_full_length_until(make_root("Just", days(365)).certificate()) == k_now);
}
