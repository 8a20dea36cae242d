#include <catch2/catch.hpp>

#include "unit/crypto/openssl_referee.hpp"
#include "unit/pki/site.hpp"
#include "unit/pki/verdict.hpp"

using namespace umsadm;
using namespace umsadm::test;
using std::chrono::days;

TEST_CASE("check_compatibility finds nothing where a certificate was simply renewed", "[pki]") {
    const Holder root = make_root("Root");
    const Holder current = make_leaf(root), next = make_leaf(root);
    CHECK(codes(request_for(next, current)).empty());

    const Holder middle = make_signed(root, ca_template("Middle"));
    CHECK(codes(request_for(make_leaf(middle), make_leaf(middle))).empty());
    CHECK(codes(request_for(make_leaf(middle), current)).empty());

    CompatibilityRequest first = request_for(next, current);
    first.current.reset();
    CHECK(codes(first).empty());
}

TEST_CASE("check_compatibility does not mind that the current certificate is expired", "[pki]") {
    const Holder root = make_root("Root");
    CertificateTemplate old = leaf_template("ICG Berlin", "icg.example.com;10.0.0.5");
    old.not_after = k_now - days(30);
    old.not_before = k_now - days(300);
    CHECK(codes(request_for(make_leaf(root), make_signed(root, old))).empty());
}

TEST_CASE("check_compatibility rejects another root", "[pki]") {
    const Holder root = make_root("Root"), other = make_root("Other"), twin = make_root("Root");
    CompatibilityRequest request = request_for(make_leaf(other), make_leaf(root));
    CHECK(text_of(request) ==
          "certificate \"ICG Berlin@3\" is from root \"CN=Other\", the current certificate from root \"CN=Root\"");
    CHECK(codes(request) == "root-differs");
    CHECK(codes(request_for(make_leaf(twin), make_leaf(root))) == "root-differs");

    SECTION("unless it was allowed, and then it says what that means") {
        request.allowed_root = other.certificate().fingerprint();
        CHECK(codes(request) == "root-differs(warning)");
        CHECK(text_of(request).find("must be registered again") != std::string::npos);
    }
    SECTION("and allowing yet another one changes nothing") {
        request.allowed_root = root.certificate().fingerprint();
        CHECK(codes(request) == "root-differs");
    }
    SECTION("also when the current one signed itself") {
        PrivateKey key = PrivateKey::generate(KeySpec::parse("ec:p256"));
        const Certificate own = issue_self_signed(leaf_template("ICG", "icg.example.com;10.0.0.5"), key);
        request = request_for(make_leaf(root), make_leaf(root));
        request.current->chain = {{own}, true};
        CHECK(codes(request) == "root-differs");
    }
}

TEST_CASE("check_compatibility knows a root that was extended with its key", "[pki]") {
    const Holder root = make_root("Root");
    CertificateTemplate longer = ca_template("Root");
    longer.type = CertificateType::root;
    longer.not_after = k_now + days(9000);
    const Certificate extended = issue_self_signed(longer, root.key);
    const Holder next = make_leaf(root);
    CompatibilityRequest request = request_for(next, make_leaf(root));
    request.next.chain.certificates.back() = extended;
    CHECK(codes(request) == "root-extended(warning)");
}

TEST_CASE("check_compatibility judges by what is known of the current chain", "[pki]") {
    const Holder root = make_root("Root"), other = make_root("Other");
    const Holder middle = make_signed(root, ca_template("Middle"));
    const auto with_current = [&](const Holder& next, std::vector<Certificate> known) {
        CompatibilityRequest request = request_for(next, make_leaf(root));
        request.current->chain = {std::move(known), false};
        return codes(request);
    };
    const Holder leaf = make_leaf(root), deep = make_leaf(middle), foreign = make_leaf(other);
    CHECK(with_current(leaf, {leaf.certificate()}).empty());
    CHECK(with_current(deep, {deep.certificate()}).empty());
    CHECK(with_current(leaf, {deep.certificate(), middle.certificate()}).empty());
    CHECK(with_current(foreign, {leaf.certificate()}) == "root-differs");
    CHECK(with_current(leaf, {deep.certificate()}) == "root-differs");
}

TEST_CASE("check_compatibility rejects what no root has signed", "[pki]") {
    const Holder root = make_root("Root"), twin = make_root("Root");
    const Holder current = make_leaf(root);
    CompatibilityRequest request = request_for(current, current);
    SECTION("a self-signed certificate, said once") {
        PrivateKey key = PrivateKey::generate(KeySpec::parse("ec:p256"));
        request.next.chain = {{issue_self_signed(leaf_template("ICG", "icg.example.com;10.0.0.5"), key)}, true};
        request.current.reset();
        CHECK(codes(request) == "not-signed");
        CHECK(text_of(request) == "certificate \"ICG Berlin@3\" is self-signed, no root has signed it");
    }
    SECTION("a signature that is not by the issuer in the chain") {
        request.next.chain.certificates.back() = twin.certificate();
        CHECK(codes(request) == "root-differs not-signed");
        request.current.reset();
        CHECK(text_of(request) == "the signature of certificate \"ICG Berlin@3\" is not by CA \"CN=Root\"");
    }
    SECTION("a signature that was damaged") {
        Bytes der = current.certificate().der();
        der.back() ^= 1U;
        request.next.chain.certificates.front() = Certificate::from_der(der);
        CHECK(codes(request) == "not-signed");
    }
}

TEST_CASE("check_compatibility does not say of the current root that it is from another root", "[pki]") {
    const Holder root = make_root("Root"), twin = make_root("Root");
    CompatibilityRequest request = request_for(make_leaf(root), make_leaf(root));
    request.next.chain = {{root.certificate()}, true};
    const std::string same = codes(request);
    CHECK(same.find("not-signed") != std::string::npos);
    CHECK(same.find("root-differs") == std::string::npos);
    request.next.chain = {{twin.certificate()}, true};
    CHECK(codes(request) == "root-differs " + same);
}

TEST_CASE("check_compatibility rejects what is not for a gateway", "[pki]") {
    const Holder root = make_root("Root");
    const Holder current = make_leaf(root);
    SECTION("a CA") {
        CertificateTemplate ca = ca_template("Middle");
        ca.hosts = current.certificate().hosts();
        ca.not_after = k_now + days(365);
        CHECK(codes(request_for(make_signed(root, ca), current)) == "not-end-entity");
    }
    SECTION("one without alternative names") {
        CompatibilityRequest request = request_for(make_leaf(root, ""), current);
        request.current.reset();
        request.gateway_host.reset();
        CHECK(codes(request) == "no-san");
    }
    SECTION("one whose alternative names are no hosts, or that may not serve") {
        const OpensslReferee referee;
        const Certificate own_root = referee.self_signed("root", "/CN=Root", k_ca);
        CompatibilityRequest request;
        request.next.name = "x";
        request.next.has_key = true;
        request.next.chain = {
            {referee.signed_by("root", "mail", "/CN=mail", k_leaf + "subjectAltName=email:a@b.example\n"), own_root},
            true};
        CHECK(codes(request, own_root.not_before() + days(1)) == "no-san");
        request.next.chain.certificates.front() = referee.signed_by(
            "root", "client", "/CN=client", "extendedKeyUsage=clientAuth\nsubjectAltName=DNS:a.example\n");
        CHECK(codes(request, own_root.not_before() + days(1)) == "chain-invalid");
        CHECK(text_of(request, own_root.not_before() + days(1)) ==
              "a TLS client refuses the chain of certificate \"x\": unsuitable certificate purpose, at \"CN=client\"");
    }
}

TEST_CASE("check_compatibility wants every issuer up to the root", "[pki]") {
    const Holder root = make_root("Root");
    const Holder middle = make_signed(root, ca_template("Middle"));
    const Holder next = make_leaf(middle);
    CompatibilityRequest request = request_for(next, next);
    request.next.chain = {{next.certificate(), middle.certificate()}, false};
    request.current.reset();
    CHECK(codes(request) == "chain-incomplete");
    CHECK(text_of(request) == "\"CN=Root\", the issuer of CA \"CN=Middle\", is missing");
    request.next.chain.complete = true;  // whoever says so
    CHECK(codes(request) == "chain-incomplete");
}

TEST_CASE("check_compatibility wants every CA to be one and to allow the chain", "[pki]") {
    const Holder root = make_root("Root", days(3650), 0);
    SECTION("an end entity that signs") {
        const Holder no_ca = make_signed(root, leaf_template("Middle", "m.example"));
        const Holder next = make_leaf(no_ca);
        CHECK(codes(request_for(next, next)) == "ca-flag-missing");
    }
    SECTION("a CA whose key usage does not allow it") {
        const OpensslReferee referee;
        const Certificate odd =
            referee.self_signed("odd", "/CN=Odd", "basicConstraints=critical,CA:TRUE\nkeyUsage=cRLSign\n");
        const Certificate leaf =
            referee.signed_by("odd", "leaf", "/CN=leaf", k_leaf + "subjectAltName=DNS:a.example\n");
        CompatibilityRequest request;
        request.next.has_key = true;
        request.next.chain = {{leaf, odd}, true};
        CHECK(codes(request, odd.not_before() + days(1)) == "ca-flag-missing");
    }
    SECTION("a path length that is used up") {
        const Holder middle = make_signed(root, ca_template("Middle"));
        const Holder next = make_leaf(middle);
        CHECK(codes(request_for(next, next)) == "path-length");
        CompatibilityRequest request = request_for(next, next);
        CHECK(text_of(request) == "CA \"CN=Root\" allows 0 CAs below it and has 1");
    }
    SECTION("a path length that is just enough") {
        const Holder next = make_leaf(root);
        CHECK(codes(request_for(next, next)).empty());
    }
}

TEST_CASE("check_compatibility wants the private key", "[pki]") {
    const Holder root = make_root("Root");
    const Holder next = make_leaf(root), other = make_leaf(root);
    CompatibilityRequest request = request_for(next, next);
    request.next.key = &other.key;
    CHECK(codes(request) == "key-mismatch");
    request.next.key = nullptr;
    CHECK(codes(request).empty());
    request.next.has_key = false;
    CHECK(codes(request) == "key-missing");
    request.next.key = &next.key;
    CHECK(codes(request).empty());
}

TEST_CASE("check_compatibility wants every member of the chain to be valid now", "[pki]") {
    const Holder root = make_root("Root");
    CertificateTemplate short_lived = ca_template("Middle");
    short_lived.not_after = k_now + days(400);
    const Holder middle = make_signed(root, short_lived);
    const Holder next = make_leaf(middle);
    const CompatibilityRequest request = request_for(next, next);
    CHECK(codes(request, k_now + days(364)).empty());
    CHECK(codes(request, k_now + days(365)) == "expired");
    CHECK(text_of(request, k_now + days(366)) == "certificate \"ICG Berlin@3\" expired on 2027-11-21T12:00:00Z");
    CHECK(codes(request, k_now + days(401)) == "expired expired");
    CHECK(codes(request, k_now - std::chrono::hours(12)) == "not-yet-valid");
    CHECK(text_of(request, k_now - std::chrono::hours(12)) ==
          "CA \"CN=Root\" is not valid before 2026-11-21T11:00:00Z");
    CHECK(codes(request, k_now - days(2)) == "not-yet-valid not-yet-valid not-yet-valid");
}

TEST_CASE("check_compatibility warns of a certificate that outlives its issuer", "[pki]") {
    const Holder root = make_root("Root", days(100));
    const Holder next = make_leaf(root);
    CHECK(codes(request_for(next, next)) == "outlives-issuer(warning)");
    const Holder long_root = make_root("Root", days(365));
    const Holder fine = make_leaf(long_root);
    CHECK(codes(request_for(fine, fine)).empty());
}

TEST_CASE("check_compatibility rejects the name of the root", "[pki]") {
    const Holder root = make_root("Root");
    const Holder next = make_leaf(root);
    CompatibilityRequest request = request_for(next, next);
    request.next.name = "root";
    CHECK(codes(request) == "name-equals-root");
    request.next.name = "ICG Berlin";
    request.next.root_name = "";
    CHECK(codes(request).empty());
    const Holder same = make_leaf(root, "icg.example.com;10.0.0.5", "Root");
    CHECK(codes(request_for(same, next)).find("name-equals-root") != std::string::npos);
}

TEST_CASE("check_compatibility rejects old digests and short keys, but not a root's own signature", "[pki]") {
    const OpensslReferee referee;
    const auto check = [&](const std::string& root, const std::string& leaf) {
        CompatibilityRequest request;
        request.next.name = "x";
        request.next.has_key = true;
        request.next.chain = {{referee.certificate(leaf), referee.certificate(root)}, true};
        return codes(request, referee.certificate(root).not_before() + days(1));
    };
    const std::string leaf = k_leaf + "subjectAltName=DNS:a.example\n";
    referee.self_signed("root", "/CN=Root", k_ca, 3650, "-sha1");
    referee.signed_by("root", "good", "/CN=good", leaf);
    CHECK(check("root", "good").empty());
    referee.signed_by("root", "sha1", "/CN=sha1", leaf, 365, "-sha1");
    CHECK(check("root", "sha1") == "weak-signature");
    referee.make_key("rsaroot", "rsa -pkeyopt rsa_keygen_bits:2048");
    referee.self_signed("rsaroot", "/CN=RSA Root", k_ca);
    referee.signed_by("rsaroot", "md5", "/CN=md5", leaf, 365, "-md5");
    CHECK(check("rsaroot", "md5") == "weak-signature");

    referee.make_key("short", "rsa -pkeyopt rsa_keygen_bits:1024");
    referee.signed_by("root", "short", "/CN=short", leaf);
    CHECK(check("root", "short") == "weak-key");
    referee.make_key("p224", "ec -pkeyopt ec_paramgen_curve:P-224");
    referee.signed_by("root", "p224", "/CN=p224", leaf);
    CHECK(check("root", "p224") == "weak-key");
    referee.make_key("shortroot", "rsa -pkeyopt rsa_keygen_bits:1024");
    referee.self_signed("shortroot", "/CN=Short Root", k_ca);
    referee.signed_by("shortroot", "below", "/CN=below", leaf);
    CHECK(check("shortroot", "below") == "weak-key");
}

TEST_CASE("check_compatibility accepts the roots that the UMS makes", "[pki]") {
    const OpensslReferee referee;
    const Certificate root =
        referee.self_signed("root", "/CN=UMS Root", "basicConstraints=CA:TRUE\nsubjectKeyIdentifier=none\n");
    const Holder issuer{referee.key("root"), {{root}, true}};
    CertificateTemplate wanted = leaf_template("ICG Berlin", "icg.example.com");
    wanted.not_before = root.not_before();
    wanted.not_after = root.not_before() + days(100);
    const Holder next = make_signed(issuer, wanted);
    CHECK(codes(request_for(next, next), root.not_before() + days(1)).empty());
}

TEST_CASE("check_compatibility says what it compared and what gets worse", "[pki]") {
    const Holder root = make_root("Root");
    CertificateTemplate shorter = leaf_template("ICG Berlin", "icg.example.com;10.0.0.5");
    shorter.not_after = k_now + days(90);
    CompatibilityRequest request = request_for(make_signed(root, shorter), make_leaf(root));
    CHECK(codes(request) == "shorter-validity(warning)");
    request.current->served = false;
    CHECK(codes(request) == "not-served(warning) shorter-validity(warning)");
}
