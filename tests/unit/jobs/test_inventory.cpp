#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/jobs/inventory.hpp"

#include "unit/error_of.hpp"

using namespace umsadm;
using umsadm::test::error_of;

namespace {

const UtcTime k_now = *parse_utc("2026-11-21T18:30:00Z");

struct Issued {
    PrivateKey key;
    Certificate certificate;
};

CertificateTemplate wanted(CertificateType type, const std::string& name, int days = 365) {
    CertificateTemplate result;
    result.type = type;
    result.subject.common_name = name;
    result.not_before = k_now - std::chrono::hours(1);
    result.not_after = k_now + std::chrono::days(days);
    if (type == CertificateType::end_entity) result.hosts = {HostName::parse("icg.example.com")};
    return result;
}

PrivateKey new_key() { return PrivateKey::generate(KeySpec::parse("ec:p256")); }

Issued root(const std::string& name) {
    PrivateKey key = new_key();
    Certificate certificate = issue_self_signed(wanted(CertificateType::root, name), key);
    return {std::move(key), std::move(certificate)};
}

Issued signed_by(const Issued& issuer, CertificateType type, const std::string& name) {
    PrivateKey key = new_key();
    Certificate certificate = issue(wanted(type, name), key, issuer.certificate, issuer.key);
    return {std::move(key), std::move(certificate)};
}

CertificateFiles stored(const std::string& name, int generation, const Certificate& certificate,
                        StoredKey key = StoredKey::plain) {
    return {{name, generation, certificate.fingerprint(), k_now, CertificateOrigin::created, key}, certificate.pem()};
}

// A root, an intermediate below it, two generations of a gateway's certificate, and a stranger's root of the same name.
struct Authorities {
    Issued top = root("Root");
    Issued middle = signed_by(top, CertificateType::intermediate, "Middle");
    Issued leaf_1 = signed_by(middle, CertificateType::end_entity, "ICG");
    Issued leaf_2 = signed_by(middle, CertificateType::end_entity, "ICG");
    Issued other = root("Root");

    Inventory inventory(std::map<std::string, Fingerprint> used = {}) const {
        return Inventory({stored("Root", 1, top.certificate), stored("Middle", 1, middle.certificate, StoredKey::none),
                          stored("ICG Berlin", 2, leaf_2.certificate), stored("ICG Berlin", 1, leaf_1.certificate),
                          stored("Other", 1, other.certificate)},
                         std::move(used));
    }
};

const Authorities& authorities() {
    static const Authorities made;
    return made;
}

std::string hex_of(const Issued& issued) { return issued.certificate.fingerprint().hex(); }

// Eight digits that no fingerprint in `inventory` begins with.
std::string unused_prefix(const Inventory& inventory) {
    for (unsigned number = 0;; ++number) {
        std::string digits = std::to_string(10'000'000 + number);
        const auto starts = [&](const StoredCertificate& one) {
            return one.record.fingerprint.hex().starts_with(digits);
        };
        if (std::none_of(inventory.all().begin(), inventory.all().end(), starts)) return digits;
    }
}

}  // namespace

TEST_CASE("an inventory is sorted by name and generation and knows types and keys", "[jobs][inventory]") {
    const Inventory inventory = authorities().inventory();
    std::vector<std::string> labels;
    for (const StoredCertificate& one : inventory.all()) labels.push_back(one.label());
    CHECK(labels == std::vector<std::string>{"ICG Berlin@1", "ICG Berlin@2", "Middle@1", "Other@1", "Root@1"});
    CHECK(inventory.issuers().size() == 3);
    CHECK(type_of(authorities().top.certificate) == CertificateType::root);
    CHECK(type_of(authorities().middle.certificate) == CertificateType::intermediate);
    CHECK(type_of(authorities().leaf_1.certificate) == CertificateType::end_entity);
    CHECK_FALSE(inventory.select("Middle").has_key());
    CHECK(inventory.select("Root").has_key());
}

TEST_CASE("an inventory knows by name what can be above a certificate", "[jobs][inventory]") {
    const Inventory inventory = authorities().inventory();
    const auto above = [&](const std::vector<Certificate>& below) {
        std::set<Fingerprint> found;
        for (const Certificate& one : inventory.authorities_above(below)) {
            CHECK(found.insert(one.fingerprint()).second);
        }
        return found;
    };
    const Authorities& known = authorities();
    const std::set<Fingerprint> roots{known.top.certificate.fingerprint(), known.other.certificate.fingerprint()};
    std::set<Fingerprint> all = roots;
    all.insert(known.middle.certificate.fingerprint());
    CHECK(above({known.leaf_1.certificate}) == all);
    CHECK(above({known.leaf_1.certificate, known.leaf_2.certificate, known.top.certificate}) == all);
    CHECK(above({known.middle.certificate}) == roots);
    CHECK(above({root("Stranger").certificate}).empty());
    CHECK(above({}).empty());
    // What the site does not have itself leads on to what it has.
    const Issued foreign = signed_by(known.middle, CertificateType::intermediate, "Foreign");
    const Issued leaf = signed_by(foreign, CertificateType::end_entity, "ICG");
    CHECK(above({leaf.certificate}).empty());
    CHECK(above({leaf.certificate, foreign.certificate}) == all);
}

TEST_CASE("a self-signed server certificate is no root", "[jobs][inventory]") {
    const PrivateKey key = new_key();
    CHECK(type_of(issue_self_signed(wanted(CertificateType::end_entity, "ICG"), key)) == CertificateType::end_entity);
}

TEST_CASE("a name selects its newest generation, NAME@N that one", "[jobs][inventory]") {
    const Inventory inventory = authorities().inventory();
    CHECK(inventory.select("ICG Berlin").label() == "ICG Berlin@2");
    CHECK(inventory.select("ICG Berlin@1").certificate == authorities().leaf_1.certificate);
    CHECK(inventory.select("ICG Berlin@2").certificate == authorities().leaf_2.certificate);
    const Error error = error_of([&] { (void)inventory.select("ICG Berlin@3"); });
    CHECK(error.code() == Code::not_found);
    CHECK(error.message() == "the certificate \"ICG Berlin\" has no generation 3");
    CHECK(error.hint() == "its generations are: 1, 2");
    for (const char* missing : {"", "icg berlin", "ICG", "ICG Berlin ", "ICG Berlin@", "ICG Berlin@0",
                                "ICG Berlin@99999999999", "ICG Berlin@1x", "@1", "nobody@1"}) {
        INFO(missing);
        CHECK(error_of([&] { (void)inventory.select(missing); }).code() == Code::not_found);
    }
}

TEST_CASE("a fingerprint selects in any case, with and without colons, and from eight digits on", "[jobs][inventory]") {
    const Inventory inventory = authorities().inventory();
    const Certificate& leaf = authorities().leaf_1.certificate;
    const std::string colons = leaf.fingerprint().to_string();
    const std::string digits = hex_of(authorities().leaf_1);
    for (const std::string& selector : {digits, colons, "sha256:" + digits, "SHA256:" + colons, digits.substr(0, 12),
                                        digits.substr(0, 13), colons.substr(0, 17), "sha256:" + digits.substr(0, 12)}) {
        INFO(selector);
        CHECK(inventory.select(selector).certificate == leaf);
    }
    CHECK(inventory.find(leaf.fingerprint())->label() == "ICG Berlin@1");
    CHECK(inventory.find(Fingerprint()) == nullptr);
    CHECK(error_of([&] { (void)inventory.select(digits.substr(0, 7)); }).code() == Code::not_found);
    CHECK(error_of([&] { (void)inventory.select("sha256:" + digits.substr(0, 7)); }).code() == Code::usage);
    const Error error = error_of([&] { (void)inventory.select(unused_prefix(inventory)); });
    CHECK(error.code() == Code::not_found);
    CHECK(error.hint() == "run \"umsadm cert list\" to see all certificates");
}

TEST_CASE("an exact name wins over the fingerprint that it looks like", "[jobs][inventory]") {
    const Authorities& ca = authorities();
    const std::string name = hex_of(ca.leaf_1).substr(0, 8);
    const Inventory inventory({stored("a", 1, ca.leaf_1.certificate), stored(name, 1, ca.leaf_2.certificate)}, {});
    CHECK(inventory.select(name).certificate == ca.leaf_2.certificate);
    CHECK(inventory.select(name + "@1").certificate == ca.leaf_2.certificate);
    CHECK(inventory.select("sha256:" + name).certificate == ca.leaf_1.certificate);
}

TEST_CASE("a prefix that fits several certificates names them all", "[jobs][inventory]") {
    // Two certificates with the same first eight digits would take hours to find: one that is there twice is as good.
    const Authorities& ca = authorities();
    const Inventory inventory({stored("a", 1, ca.leaf_1.certificate), stored("b", 1, ca.leaf_1.certificate)}, {});
    const Error error = error_of([&] { (void)inventory.select(hex_of(ca.leaf_1).substr(0, 8)); });
    CHECK(error.code() == Code::ambiguous);
    CHECK(error.message().find("\"a@1\" (sha256:" + hex_of(ca.leaf_1).substr(0, 16) + "), \"b@1\"") !=
          std::string::npos);
    CHECK(error.hint() == "give more of its digits, or a name");
}

TEST_CASE("used_by names the gateways", "[jobs][inventory]") {
    const Authorities& ca = authorities();
    const Inventory inventory = ca.inventory({{"hamburg", ca.leaf_1.certificate.fingerprint()},
                                              {"berlin", ca.leaf_1.certificate.fingerprint()},
                                              {"munich", ca.leaf_2.certificate.fingerprint()}});
    CHECK(inventory.used_by(ca.leaf_1.certificate.fingerprint()) == std::vector<std::string>{"berlin", "hamburg"});
    CHECK(inventory.used_by(ca.top.certificate.fingerprint()).empty());
}

TEST_CASE("a chain goes up to the root that really signed, not to its namesake", "[jobs][inventory]") {
    const Authorities& ca = authorities();
    const Inventory inventory = ca.inventory();
    const Chain chain = inventory.chain_of(ca.leaf_1.certificate, k_now);
    REQUIRE(chain.complete);
    CHECK(chain.certificates ==
          std::vector<Certificate>{ca.leaf_1.certificate, ca.middle.certificate, ca.top.certificate});
    REQUIRE(inventory.root_of(chain) != nullptr);
    CHECK(inventory.root_of(chain)->label() == "Root@1");
    CHECK(inventory.root_of(inventory.chain_of(ca.other.certificate, k_now))->label() == "Other@1");
}

TEST_CASE("a certificate that is not in the site is chained too, and one of strangers is not", "[jobs][inventory]") {
    const Authorities& ca = authorities();
    const Inventory inventory = ca.inventory();
    const Issued foreign = signed_by(ca.middle, CertificateType::end_entity, "elsewhere");
    CHECK(inventory.chain_of(foreign.certificate, k_now).complete);
    const Issued stranger = signed_by(root("Stranger"), CertificateType::end_entity, "elsewhere");
    const Chain chain = inventory.chain_of(stranger.certificate, k_now);
    CHECK_FALSE(chain.complete);
    CHECK(inventory.root_of(chain) == nullptr);
}

TEST_CASE("a root that was extended with its key counts as the same root", "[jobs][inventory]") {
    const Authorities& ca = authorities();
    const Certificate extended = issue_self_signed(wanted(CertificateType::root, "Root", 3650), ca.top.key);
    const Inventory inventory = ca.inventory();
    const StoredCertificate* found = inventory.root_of({{extended}, true});
    REQUIRE(found != nullptr);
    CHECK(found->label() == "Root@1");
}

TEST_CASE("issued_by goes by signature and leaves the issuer out", "[jobs][inventory]") {
    const Authorities& ca = authorities();
    const Inventory inventory = ca.inventory();
    const auto labels = [&](const Issued& issuer) {
        std::vector<std::string> result;
        for (const StoredCertificate* one : inventory.issued_by(issuer.certificate)) result.push_back(one->label());
        return result;
    };
    CHECK(labels(ca.top) == std::vector<std::string>{"Middle@1"});
    CHECK(labels(ca.middle) == std::vector<std::string>{"ICG Berlin@1", "ICG Berlin@2"});
    CHECK(labels(ca.other).empty());
    CHECK(labels(ca.leaf_1).empty());
}

TEST_CASE("a certificate that is not the one of its record is refused by name", "[jobs][inventory]") {
    const Authorities& ca = authorities();
    CertificateFiles swapped = stored("ICG Berlin", 3, ca.leaf_1.certificate);
    swapped.certificate_pem = ca.leaf_2.certificate.pem();
    CertificateFiles doubled = stored("ICG Berlin", 3, ca.leaf_1.certificate);
    doubled.certificate_pem += ca.leaf_2.certificate.pem();
    CertificateFiles damaged = stored("ICG Berlin", 3, ca.leaf_1.certificate);
    damaged.certificate_pem = "nothing";
    for (const CertificateFiles& files : {swapped, doubled, damaged}) {
        const Error error = error_of([&] { (void)Inventory({files}, {}); });
        CHECK(error.code() == Code::invalid_data);
        CHECK(error.frames().back() == "reading certificate \"ICG Berlin@3\"");
    }
}
