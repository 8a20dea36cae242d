#include <catch2/catch.hpp>

#include "unit/crypto/openssl_referee.hpp"
#include "unit/error_of.hpp"
#include "unit/pki/site.hpp"

using namespace umsadm;
using namespace umsadm::test;
using std::chrono::days;

TEST_CASE("an extended root is the same authority, and openssl verifies with it what the old one signed",
          "[pki][root]") {
    const OpensslReferee referee;
    const Holder root = make_root("Root", days(100), 1);
    SignedRequest request;
    request.name = "ICG";
    request.hosts = parse_host_list("icg.example.com");
    request.key = KeySpec::parse("ec:p256");
    request.not_after = k_now + days(50);
    const Issued leaf = issue_signed(request, root.chain.certificates, root.key, k_now);

    const Certificate extended = extend_root(root.certificate(), root.key, k_now + days(3650), k_now + days(90));
    CHECK(same_authority(extended, root.certificate()));
    CHECK(extended.subject_der() == root.certificate().subject_der());
    CHECK(extended.basic_constraints() == root.certificate().basic_constraints());
    CHECK(extended.not_after() == k_now + days(3650));
    CHECK(extended.serial() != root.certificate().serial());
    CHECK(leaf.certificate.is_signed_by(extended));
    write_text(referee.folder() / "root.pem", extended.pem());
    write_text(referee.folder() / "leaf.pem", leaf.certificate.pem());
    CHECK(referee.run("openssl verify -no_check_time -CAfile root.pem leaf.pem").status == 0);
}

TEST_CASE("only a root is extended, only with its own key, and only into the future", "[pki][root]") {
    const Holder root = make_root("Root", days(100));
    const Holder other = make_root("Other", days(100));
    CHECK(error_of([&] { (void)extend_root(root.certificate(), other.key, k_now + days(1), k_now); }).code() ==
          Code::refused);
    CHECK(error_of([&] { (void)extend_root(root.certificate(), root.key, k_now, k_now); }).code() == Code::usage);

    SignedRequest request;
    request.name = "Middle";
    request.type = CertificateType::intermediate;
    request.key = KeySpec::parse("ec:p256");
    request.not_after = k_now + days(50);
    const Issued middle = issue_signed(request, root.chain.certificates, root.key, k_now);
    CHECK(error_of([&] { (void)extend_root(middle.certificate, middle.key, k_now + days(1), k_now); }).message() ==
          "\"CN=Middle\" is no root");
}

TEST_CASE("a root can be made for a key that is there already", "[pki][root]") {
    const PrivateKey key = PrivateKey::generate(KeySpec::parse("ec:p384"));
    RootRequest request;
    request.name = "Root";
    request.not_after = k_now + days(3650);
    const Certificate root = issue_root_for_key(request, key, k_now);
    CHECK(key.fits(root));
    CHECK(root.is_self_signed());
    CHECK(root.subject() == "CN=Root");

    const OpensslReferee referee;
    referee.make_key("weak", "rsa -pkeyopt rsa_keygen_bits:1024");
    CHECK(error_of([&] { (void)issue_root_for_key(request, referee.key("weak"), k_now); }).code() == Code::refused);
}
