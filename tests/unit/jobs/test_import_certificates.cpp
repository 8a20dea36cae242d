#include <algorithm>

#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"
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
    ImportRequest wanted_import = request({pki.leaf.certificate, stranger.certificate, pki.root.certificate});
    const auto error = error_of([&] { plan_import(wanted_import, empty_site()); });
    CHECK(error.code() == Code::invalid_data);
    CHECK_THAT(error.message(), Catch::Contains("UMS CA") && Catch::Contains("Stranger"));

    wanted_import.partial = true;
    const ImportPlan plan = plan_import(wanted_import, empty_site());
    CHECK(plan.steps.size() == 3);
    CHECK(plan.missing_issuers.size() == 2);
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

TEST_CASE("plan_import refuses a key that belongs to nothing", "[jobs]") {
    const Pki pki;
    const auto error = error_of([&] { plan_import(request({pki.root.certificate}, {pki.leaf.key}), empty_site()); });
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
