#include <algorithm>

#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/crypto/digest.hpp"
#include "umsadm/crypto/issue.hpp"
#include "umsadm/jobs/import_certificates.hpp"

#include "unit/error_of.hpp"

using namespace umsadm;
using umsadm::test::error_of;

namespace {

const UtcTime k_now = *parse_utc("2026-11-21T18:30:00Z");

struct Owned {
    PrivateKey key;
    Certificate certificate;
};

PrivateKey new_key() { return PrivateKey::generate(KeySpec::parse("ec:p256")); }

CertificateTemplate wanted(CertificateType type, const SubjectFields& subject, int days) {
    CertificateTemplate result;
    result.type = type;
    result.subject = subject;
    result.not_before = k_now - std::chrono::days(400 - days);
    result.not_after = k_now + std::chrono::days(days);
    if (type == CertificateType::end_entity) result.hosts = {HostName::parse("icg.example.com")};
    return result;
}

SubjectFields named(const std::string& common_name) {
    SubjectFields subject;
    subject.common_name = common_name;
    return subject;
}

Owned make_root(const std::string& name) {
    PrivateKey key = new_key();
    Certificate certificate = issue_self_signed(wanted(CertificateType::root, named(name), 300), key);
    return {std::move(key), std::move(certificate)};
}

Owned make_signed(const Owned& issuer, CertificateType type, const SubjectFields& subject, int days = 300) {
    PrivateKey key = new_key();
    Certificate certificate = issue(wanted(type, subject, days), key, issuer.certificate, issuer.key);
    return {std::move(key), std::move(certificate)};
}

CertificateFiles stored(const std::string& name, int generation, const Certificate& certificate, StoredKey key) {
    return {{name, generation, certificate.fingerprint(), k_now, CertificateOrigin::created, key}, certificate.pem()};
}

// A root, an intermediate, and two certificates for the same gateway, the second one newer.
struct Pki {
    Owned root = make_root("UMS Root");
    Owned middle = make_signed(root, CertificateType::intermediate, named("UMS CA"));
    Owned leaf = make_signed(middle, CertificateType::end_entity, named("icg.example.com"), 200);
    Owned next = make_signed(middle, CertificateType::end_entity, named("icg.example.com"), 300);
};

Inventory empty_site() { return Inventory({}, {}); }

ImportRequest request(const std::vector<Certificate>& certificates, const std::vector<PrivateKey>& keys = {}) {
    ImportRequest result;
    for (const Certificate& certificate : certificates) result.certificates.push_back({certificate, "a.pem"});
    for (const PrivateKey& key : keys) result.keys.push_back({key, "a.key"});
    result.now = k_now;
    return result;
}

std::vector<std::string> names_of(const ImportPlan& plan) {
    std::vector<std::string> names;
    for (const ImportStep& step : plan.steps) names.push_back(step.name);
    return names;
}

}  // namespace

TEST_CASE("plan_import puts issuers before what they signed and matches keys, whatever the order", "[jobs]") {
    const Pki pki;
    const ImportPlan plan =
        plan_import(request({pki.next.certificate, pki.leaf.certificate, pki.middle.certificate, pki.root.certificate},
                            {pki.leaf.key, pki.root.key}),
                    empty_site());
    CHECK(names_of(plan) == std::vector<std::string>{"UMS Root", "UMS CA", "icg.example.com", "icg.example.com"});
    REQUIRE(plan.steps.size() == 4);
    CHECK(plan.steps[0].key == 1);
    CHECK_FALSE(plan.steps[1].key);
    CHECK(plan.steps[2].certificate == pki.leaf.certificate);  // the older one becomes the first generation
    CHECK(plan.steps[2].key == 0);
    CHECK(plan.steps[3].certificate == pki.next.certificate);
    CHECK_FALSE(plan.steps[3].key);
    CHECK(plan.missing_issuers.empty());
}

TEST_CASE("plan_import takes a certificate that stands in several files once", "[jobs]") {
    const Pki pki;
    const ImportPlan plan = plan_import(request({pki.root.certificate, pki.root.certificate}), empty_site());
    CHECK(plan.steps.size() == 1);
}

TEST_CASE("plan_import names every issuer that is missing", "[jobs]") {
    const Pki pki;
    const Owned stranger = make_signed(make_root("Stranger"), CertificateType::end_entity, named("other.example"));
    const ImportRequest wanted_import = request({pki.leaf.certificate, stranger.certificate, pki.root.certificate});
    const ImportPlan plan = plan_import(wanted_import, empty_site());
    CHECK_FALSE(plan.is_whole());
    CHECK(plan.steps.size() == 3);
    CHECK(plan.missing_issuers.size() == 2);
    const auto error = error_of([&] { require_whole(plan); });
    CHECK(error.code() == Code::invalid_data);
    CHECK_THAT(error.message(), Catch::Contains("UMS CA") && Catch::Contains("Stranger"));
    CHECK_THAT(error.hint(), Catch::Contains("--partial"));
}

TEST_CASE("plan_import completes a chain with what the site has", "[jobs]") {
    const Pki pki;
    const Inventory site({stored("UMS CA", 1, pki.middle.certificate, StoredKey::none),
                          stored("UMS Root", 1, pki.root.certificate, StoredKey::none)},
                         {});
    const ImportPlan plan = plan_import(request({pki.leaf.certificate}), site);
    REQUIRE(plan.steps.size() == 1);
    CHECK(plan.steps[0].action == ImportAction::store);
}

TEST_CASE("plan_import leaves what is there and adds a key that was missing", "[jobs]") {
    const Pki pki;
    const Inventory site({stored("Mine", 1, pki.root.certificate, StoredKey::none)}, {});
    const ImportPlan again = plan_import(request({pki.root.certificate}), site);
    REQUIRE(again.steps.size() == 1);
    CHECK(again.steps[0].action == ImportAction::nothing);
    CHECK(again.steps[0].name == "Mine");

    for (const auto& found : {request({pki.root.certificate}, {pki.root.key}), request({}, {pki.root.key})}) {
        const ImportPlan plan = plan_import(found, site);
        REQUIRE(plan.steps.size() == 1);
        CHECK(plan.steps[0].action == ImportAction::add_key);
        CHECK(plan.steps[0].key == 0);
    }

    const Inventory with_key({stored("Mine", 1, pki.root.certificate, StoredKey::encrypted)}, {});
    CHECK(plan_import(request({}, {pki.root.key}), with_key).steps.at(0).action == ImportAction::nothing);
}

TEST_CASE("plan_import names a key that belongs to nothing", "[jobs]") {
    const Pki pki;
    const ImportPlan plan = plan_import(request({pki.root.certificate}, {pki.leaf.key}), empty_site());
    CHECK(plan.unused_keys == std::vector<std::string>{"a.key"});
    const auto error = error_of([&] { require_whole(plan); });
    CHECK(error.code() == Code::invalid_data);
    CHECK_THAT(error.message(), Catch::Contains("a.key"));
}

TEST_CASE("plan_import continues a line only for the same subject, type and hosts", "[jobs]") {
    const Pki pki;
    const Inventory site({stored("UMS CA", 1, pki.middle.certificate, StoredKey::none),
                          stored("UMS Root", 1, pki.root.certificate, StoredKey::none),
                          stored("icg.example.com", 1, pki.leaf.certificate, StoredKey::none)},
                         {});
    CHECK(names_of(plan_import(request({pki.next.certificate}), site)) == std::vector<std::string>{"icg.example.com"});

    SubjectFields other = named("icg.example.com");
    other.organization = "Somebody else";
    const Owned twin = make_signed(pki.middle, CertificateType::end_entity, other);
    CHECK(names_of(plan_import(request({twin.certificate}), site)) == std::vector<std::string>{"icg.example.com 2"});

    // A gateway's certificate never joins the line of a root.
    const Owned same_name = make_signed(pki.middle, CertificateType::end_entity, named("UMS Root"));
    CHECK(names_of(plan_import(request({same_name.certificate}), site)) == std::vector<std::string>{"UMS Root 2"});
}

TEST_CASE("plan_import makes a display name of any subject", "[jobs]") {
    const Owned root = make_root("UMS Root");
    SubjectFields organization;
    organization.organization = "Example Ltd";
    SubjectFields slash = named("a/b@3");
    const std::vector<Certificate> all{root.certificate,
                                       make_signed(root, CertificateType::end_entity, organization, 200).certificate,
                                       make_signed(root, CertificateType::end_entity, slash, 250).certificate,
                                       make_signed(root, CertificateType::end_entity, {}, 300).certificate};
    const auto names = names_of(plan_import(request(all), empty_site()));
    REQUIRE(names.size() == 4);
    CHECK(names[1] == "Example Ltd");
    CHECK(names[2] == "a-b-3");
    CHECK(names[3] == all[3].fingerprint().hex().substr(0, 16));
}

TEST_CASE("plan_import gives a wished name to the one end certificate", "[jobs]") {
    const Pki pki;
    ImportRequest one = request({pki.root.certificate, pki.middle.certificate, pki.leaf.certificate});
    one.name = "ICG Berlin";
    CHECK(names_of(plan_import(one, empty_site())).back() == "ICG Berlin");

    ImportRequest two =
        request({pki.root.certificate, pki.middle.certificate, pki.leaf.certificate, pki.next.certificate});
    two.name = "ICG Berlin";
    CHECK(error_of([&] { plan_import(two, empty_site()); }).code() == Code::usage);

    one.name = "UMS Root";
    CHECK(error_of([&] { plan_import(one, empty_site()); }).code() == Code::usage);
}

TEST_CASE("plan_import lets the wished name continue its line with other hosts", "[jobs]") {
    const Pki pki;
    const Inventory site({stored("UMS CA", 1, pki.middle.certificate, StoredKey::none),
                          stored("UMS Root", 1, pki.root.certificate, StoredKey::none),
                          stored("ICG Berlin", 1, pki.leaf.certificate, StoredKey::plain)},
                         {});
    CertificateTemplate more = wanted(CertificateType::end_entity, named("new.example.com"), 300);
    more.hosts.push_back(HostName::parse("new.example.com"));
    const PrivateKey key = new_key();
    ImportRequest expanded = request({issue(more, key, pki.middle.certificate, pki.middle.key)}, {key});
    expanded.name = "ICG Berlin";
    CHECK(names_of(plan_import(expanded, site)) == std::vector<std::string>{"ICG Berlin"});
    expanded.name.clear();
    CHECK(names_of(plan_import(expanded, site)) == std::vector<std::string>{"new.example.com"});
}

TEST_CASE("plan_import finds the missing root in the system and takes it only when asked", "[jobs]") {
    const Pki pki;
    const Owned other = make_root("Other Root");
    ImportRequest fullchain = request({pki.leaf.certificate, pki.middle.certificate}, {pki.leaf.key});
    fullchain.system_roots = {other.certificate, pki.root.certificate};
    const ImportPlan without = plan_import(fullchain, empty_site());
    REQUIRE(without.missing_issuers.size() == 1);
    CHECK(without.missing_issuers[0].system_has_it);
    CHECK_THAT(error_of([&] { require_whole(without); }).hint(), Catch::Contains("--system-roots"));

    fullchain.take_system_roots = true;
    const ImportPlan plan = plan_import(fullchain, empty_site());
    CHECK(plan.is_whole());
    CHECK(names_of(plan) == std::vector<std::string>{"UMS Root", "UMS CA", "icg.example.com"});
    CHECK(plan.steps[0].action == ImportAction::store);
}

TEST_CASE("plan_import does not ask for the issuer of a root that somebody else signed as well", "[jobs]") {
    const Pki pki;
    const Owned older = make_root("Older Root");
    const Certificate crossed = issue(wanted(CertificateType::intermediate, named("UMS Root"), 200), pki.root.key,
                                      older.certificate, older.key);
    const ImportPlan plan = plan_import(
        request({pki.leaf.certificate, pki.middle.certificate, crossed, pki.root.certificate}), empty_site());
    CHECK(plan.missing_issuers.empty());
    const ImportPlan without_root =
        plan_import(request({pki.leaf.certificate, pki.middle.certificate, crossed}), empty_site());
    REQUIRE(without_root.missing_issuers.size() == 1);
    CHECK_THAT(without_root.missing_issuers[0].subject, Catch::Contains("Older Root"));
}

TEST_CASE("plan_import ends on two authorities that signed each other", "[jobs]") {
    const Owned a = make_root("A");
    const Owned b = make_root("B");
    const Certificate a_by_b =
        issue(wanted(CertificateType::intermediate, named("A"), 200), a.key, b.certificate, b.key);
    const Certificate b_by_a =
        issue(wanted(CertificateType::intermediate, named("B"), 200), b.key, a.certificate, a.key);
    CHECK(plan_import(request({a_by_b, b_by_a}), empty_site()).missing_issuers.size() == 2);
}

TEST_CASE("plan_import gives an answer the key and the name of its request", "[jobs]") {
    const Pki pki;
    ImportRequest reply = request({pki.root.certificate, pki.middle.certificate, pki.leaf.certificate});
    const std::string id = sha256_hex(pki.leaf.key.public_key_der());
    reply.waiting = {{.id = std::string(64, '0'), .name = "Other", .added = k_now, .key = StoredKey::plain},
                     {.id = id, .name = "ICG Berlin", .added = k_now, .key = StoredKey::encrypted}};
    const ImportPlan plan = plan_import(reply, empty_site());
    REQUIRE(plan.steps.size() == 3);
    CHECK(plan.steps[2].name == "ICG Berlin");
    CHECK(plan.steps[2].answers == id);
    CHECK_FALSE(plan.steps[2].key);
    CHECK_FALSE(plan.steps[0].answers);

    reply.name = "ICG Hamburg";
    CHECK(plan_import(reply, empty_site()).steps.at(2).name == "ICG Hamburg");

    // An import that was cut off before the request was over.
    const Inventory site({stored("UMS CA", 1, pki.middle.certificate, StoredKey::none),
                          stored("UMS Root", 1, pki.root.certificate, StoredKey::none),
                          stored("ICG Berlin", 1, pki.leaf.certificate, StoredKey::plain)},
                         {});
    const ImportPlan again = plan_import(reply, site);
    CHECK(again.steps.at(2).action == ImportAction::nothing);
    CHECK(again.steps.at(2).answers == id);
}

TEST_CASE("plan_import numbers many certificates of one common name", "[jobs]") {
    const Owned root = make_root("UMS Root");
    std::vector<Certificate> all{root.certificate};
    for (int i = 0; i < 20; ++i) {
        CertificateTemplate one = wanted(CertificateType::end_entity, named("icg"), 100 + i);
        one.hosts = {HostName::parse("host" + std::to_string(i % 10) + ".example.com")};
        all.push_back(issue(one, root.key, root.certificate, root.key));
    }
    const auto names = names_of(plan_import(request(all), empty_site()));
    REQUIRE(names.size() == 21);
    CHECK(names[1] == "icg");
    CHECK(names[10] == "icg 10");
    CHECK(names[11] == "icg");
    CHECK(names[20] == "icg 10");
}
