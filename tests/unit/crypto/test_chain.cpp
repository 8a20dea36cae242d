#include <catch2/catch.hpp>

#include "umsadm/crypto/chain.hpp"
#include "umsadm/crypto/issue.hpp"

#include "unit/crypto/openssl_referee.hpp"

using namespace umsadm;
using namespace umsadm::test;
using std::chrono::days;

namespace {

const UtcTime k_now = *parse_utc("2026-11-21T12:00:00Z");

struct Authority {
    PrivateKey key;
    std::string name;
};

Authority authority(const std::string& name) { return {PrivateKey::generate(KeySpec::parse("ec:p256")), name}; }

CertificateTemplate ca(const std::string& name, days lifetime) {
    CertificateTemplate wanted;
    wanted.type = CertificateType::intermediate;
    wanted.subject.common_name = name;
    wanted.not_before = k_now - days(10);
    wanted.not_after = k_now + lifetime;
    return wanted;
}

Certificate self_signed(const Authority& of, days lifetime = days(1000)) {
    return issue_self_signed(ca(of.name, lifetime), of.key);
}

Certificate certified(const Authority& of, const Authority& by, days lifetime = days(1000)) {
    const Certificate issuer = self_signed(by);
    return issue(ca(of.name, lifetime), of.key, issuer, by.key);
}

bool is_path(const Chain& chain, const std::vector<Certificate>& expected) {
    return chain.complete && chain.certificates == expected;
}

}  // namespace

TEST_CASE("build_chain finds the way up in any order", "[crypto]") {
    const Authority root = authority("Root"), middle = authority("Middle"), leaf = authority("leaf");
    const Certificate r = self_signed(root), m = certified(middle, root), l = certified(leaf, middle);
    CHECK(is_path(build_chain(l, {r, m, l}, k_now), {l, m, r}));
    CHECK(is_path(build_chain(l, {m, r}, k_now), {l, m, r}));
    CHECK(is_path(build_chain(r, {m, r, l}, k_now), {r}));

    const Chain without_root = build_chain(l, {m, l}, k_now);
    CHECK_FALSE(without_root.complete);
    CHECK(without_root.certificates == std::vector<Certificate>{l, m});
    CHECK(build_chain(l, {}, k_now).certificates == std::vector<Certificate>{l});
}

TEST_CASE("build_chain tells issuers of the same name apart by their signature", "[crypto]") {
    const Authority root = authority("Root"), other = authority("Root"), leaf = authority("leaf");
    const Certificate r = self_signed(root), o = self_signed(other, days(5000)), l = certified(leaf, root);
    CHECK(is_path(build_chain(l, {o, r}, k_now), {l, r}));
    CHECK_FALSE(build_chain(l, {o}, k_now).complete);
}

TEST_CASE("build_chain takes the issuer that is valid and lives longest", "[crypto]") {
    const Authority root = authority("Root"), leaf = authority("leaf");
    const Certificate old = self_signed(root, days(100)), extended = self_signed(root, days(3000));
    const Certificate over = self_signed(root, days(-1));
    const Certificate l = certified(leaf, root);
    CHECK(is_path(build_chain(l, {over, old, extended}, k_now), {l, extended}));
    CHECK(is_path(build_chain(l, {over, old}, k_now), {l, old}));
    CHECK(is_path(build_chain(l, {over}, k_now), {l, over}));
    CHECK(same_authority(old, extended));
}

TEST_CASE("build_chain prefers a whole valid way over a better first step", "[crypto]") {
    const Authority root = authority("Root"), foreign = authority("Foreign"), middle = authority("Middle"),
                    leaf = authority("leaf");
    const Certificate r = self_signed(root), l = certified(leaf, middle);
    const Certificate by_root = certified(middle, root, days(100)), by_foreign = certified(middle, foreign, days(900));
    CHECK(is_path(build_chain(l, {r, by_root, by_foreign}, k_now), {l, by_root, r}));
    const Certificate foreign_over = self_signed(foreign, days(-1));
    CHECK(is_path(build_chain(l, {foreign_over, r, by_root, by_foreign}, k_now), {l, by_root, r}));
    const Certificate foreign_valid = self_signed(foreign);
    CHECK(is_path(build_chain(l, {foreign_valid, r, by_root, by_foreign}, k_now), {l, by_foreign, foreign_valid}));
}

TEST_CASE("build_chain ends where CAs certify each other in a circle", "[crypto]") {
    const Authority a = authority("A"), b = authority("B"), leaf = authority("leaf");
    const Certificate a_by_b = certified(a, b), b_by_a = certified(b, a), l = certified(leaf, a);
    const Chain chain = build_chain(l, {a_by_b, b_by_a}, k_now);
    CHECK_FALSE(chain.complete);
    CHECK(chain.certificates == std::vector<Certificate>{l, a_by_b, b_by_a});
    const Certificate root = self_signed(b);
    CHECK(is_path(build_chain(l, {a_by_b, b_by_a, root}, k_now), {l, a_by_b, root}));
}

TEST_CASE("build_chain stops at ten certificates and in a pool made to mislead", "[crypto]") {
    std::vector<Authority> authorities;
    std::vector<Certificate> pool;
    for (int i = 0; i < 15; ++i) {
        authorities.push_back(authority("CA " + std::to_string(i)));
        // Three ways at every step: 3^14 paths in all.
        for (int k = 0; i > 0 && k < 3; ++k)
            pool.push_back(certified(authorities[static_cast<std::size_t>(i)],
                                     authorities[static_cast<std::size_t>(i) - 1], days(100 + k)));
    }
    const Chain chain = build_chain(pool.back(), pool, k_now);
    CHECK(chain.certificates.size() == 10);
    CHECK_FALSE(chain.complete);
}

TEST_CASE("same_authority compares name and key", "[crypto]") {
    const Authority root = authority("Root"), other = authority("Root");
    const Authority renamed{root.key, "Other"};
    CHECK(same_authority(self_signed(root), self_signed(root, days(5))));
    CHECK_FALSE(same_authority(self_signed(root), self_signed(other)));
    CHECK_FALSE(same_authority(self_signed(root), self_signed(renamed)));
}

TEST_CASE("verify_server_chain says what openssl verify says", "[crypto]") {
    const OpensslReferee referee;
    const auto verdict = [&](const std::string& root, const std::string& leaf, days later = days(1)) {
        const Chain chain = build_chain(referee.certificate(leaf), {referee.certificate(root)}, k_now);
        const UtcTime now = referee.certificate(root).not_before() + later;
        const CommandOutput openssl =
            referee.run("openssl verify -purpose sslserver -auth_level 2 -attime " +
                        std::to_string(now.time_since_epoch().count()) + " -CAfile " + root + ".pem " + leaf + ".pem");
        const auto ours = verify_server_chain(chain, now);
        CHECK(ours.has_value() == (openssl.status != 0));
        if (ours) CHECK(openssl.contains(ours->substr(0, ours->find(", at "))));
        return ours.value_or("");
    };
    referee.self_signed("root", "/CN=Root", k_ca);
    referee.signed_by("root", "good", "/CN=good", k_leaf);
    CHECK(verdict("root", "good").empty());
    CHECK(verdict("root", "good", days(400)) == "certificate has expired, at \"CN=good\"");
    CHECK(verdict("root", "good", days(-1)) == "certificate is not yet valid, at \"CN=Root\"");
    referee.signed_by("root", "client", "/CN=client", "extendedKeyUsage=clientAuth\n");
    CHECK(verdict("root", "client").starts_with("unsuitable certificate purpose"));
    referee.signed_by("root", "sha1", "/CN=sha1", k_leaf, 365, "-sha1");
    CHECK(verdict("root", "sha1").starts_with("CA signature digest algorithm too weak"));

    referee.self_signed("sha1root", "/CN=Old Root", k_ca, 3650, "-sha1");
    referee.signed_by("sha1root", "by_sha1root", "/CN=x", k_leaf);
    CHECK(verdict("sha1root", "by_sha1root").empty());

    referee.self_signed("ums", "/CN=UMS Root", "basicConstraints=CA:TRUE\nsubjectKeyIdentifier=none\n");
    referee.signed_by("ums", "by_ums", "/CN=x", k_leaf);
    CHECK(verdict("ums", "by_ums").empty());

    referee.make_key("weak", "rsa -pkeyopt rsa_keygen_bits:1024");
    referee.self_signed("weak", "/CN=Weak", k_ca);
    referee.signed_by("weak", "by_weak", "/CN=x", k_leaf);
    CHECK(verdict("weak", "by_weak").find("too weak") != std::string::npos);
}
