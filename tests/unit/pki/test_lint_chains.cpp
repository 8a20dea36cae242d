#include <algorithm>

#include <catch2/catch.hpp>

#include "unit/pki/lint_codes.hpp"

using namespace umsadm;
using namespace umsadm::test;
using std::chrono::days;

namespace {

// Without what is said of every certificate here: the keys are EC.
std::string chain_codes(LintFile file, const std::vector<Certificate>& known = {}, UtcTime now = k_now) {
    std::string said = lint_codes(file, now, known);
    const std::string note = "ec-key(info)";
    for (auto at = said.find(note); at != std::string::npos; at = said.find(note)) {
        said.erase(at, note.size() + (at + note.size() < said.size() ? 1 : 0));
    }
    while (said.ends_with(' ')) said.pop_back();
    return said;
}

std::string chain_codes(const std::vector<Certificate>& certificates, const std::vector<Certificate>& known = {},
                        UtcTime now = k_now) {
    LintFile file;
    file.certificates = certificates;
    return chain_codes(file, known, now);
}

Certificate extended(const Holder& root) {
    CertificateTemplate longer = ca_template("Root");
    longer.type = CertificateType::root;
    longer.not_after = k_now + days(9000);
    return issue_self_signed(longer, root.key);
}

}  // namespace

TEST_CASE("lint follows chains over several files", "[pki]") {
    const Holder root = make_root("Root");
    const Holder middle = make_signed(root, ca_template("Middle"));
    const Holder leaf = make_leaf(middle);
    const Certificate l = leaf.certificate(), m = middle.certificate(), r = root.certificate();
    CHECK(chain_codes({l, m, r}) == "several-certificates(info)");
    CHECK(chain_codes({l}, {m, r}).empty());
    CHECK(chain_codes({l}) == "chain-incomplete(info)");
    CHECK(chain_codes({l}, {m}) == "chain-incomplete(info)");
    CHECK(chain_codes({r, m, l}) == "several-certificates(info) chain-order(info) chain-order(info)");
}

TEST_CASE("lint finds what is wrong between the members of a chain", "[pki]") {
    const Holder root = make_root("Root"), twin = make_root("Root");
    CHECK(chain_codes({make_leaf(root).certificate()}, {twin.certificate()}) == "not-signed");
    CHECK(chain_codes({make_leaf(root, "a.example", "root").certificate()}, {root.certificate()}) ==
          "name-equals-root");

    CertificateTemplate long_leaf = leaf_template("ICG", "a.example");
    long_leaf.not_after = k_now + days(9000);
    CHECK(chain_codes({make_signed(root, long_leaf).certificate()}, {root.certificate()}) ==
          "long-lifetime(info) outlives-issuer(warning)");

    const Holder ends = make_root("Short", days(3650), 0);
    const Holder middle = make_signed(ends, ca_template("Middle"));
    const Holder deep = make_leaf(middle);
    CHECK(chain_codes({deep.certificate()}, {middle.certificate(), ends.certificate()}) == "path-length");

    const Holder server = make_leaf(root, "a.example", "Server");
    CHECK(chain_codes({server.certificate()}, {make_leaf(server).certificate(), root.certificate()}) ==
          "ca-flag-missing");

    CertificateTemplate named_so = ca_template("Root");
    named_so.subject.organization = "Example";
    const Holder same = make_signed(root, named_so);
    CHECK(chain_codes({make_leaf(same, "a.example").certificate()}, {same.certificate(), root.certificate()}) ==
          "same-name-in-chain(warning)");
}

TEST_CASE("lint judges what a file holds", "[pki]") {
    const Holder root = make_root("Root");
    const Holder leaf = make_leaf(root);
    const Certificate l = leaf.certificate(), r = root.certificate();
    CHECK(chain_codes({l, r, l}) == "several-certificates(info) duplicate-certificate(warning) chain-order(info)");
    CHECK(chain_codes({r, extended(root)}).starts_with("several-certificates(info) root-extended(warning)"));

    LintFile file;
    file.certificates = {l};
    file.form = FileForm::der;
    CHECK(chain_codes(file, {r}) == "not-pem(warning)");
    file.form = FileForm::pkcs7;
    CHECK(chain_codes(file, {r}) == "not-pem(warning)");

    file.form = FileForm::pem;
    file.keys = {{leaf.key.public_key_der(), true}};
    CHECK(chain_codes(file, {r}) == "key-encrypted(info)");
    file.keys = {{root.key.public_key_der(), false}};
    CHECK(chain_codes(file, {r}) == "key-mismatch");
    file.certificates.clear();
    CHECK(chain_codes(file).empty());
}

TEST_CASE("lint judges a keystore as one", "[pki]") {
    const Holder root = make_root("Root");
    const Holder leaf = make_leaf(root);
    LintFile file;
    file.form = FileForm::keystore;
    file.certificates = {leaf.certificate(), root.certificate(), root.certificate()};
    file.keys = {{leaf.key.public_key_der(), false}};
    CHECK(chain_codes(file).empty());
    file.keys.push_back({root.key.public_key_der(), false});
    CHECK(chain_codes(file) == "ca-key-in-keystore(warning)");
    file.keys.pop_back();
    file.certificates = {leaf.certificate()};
    CHECK(chain_codes(file) == "chain-incomplete(warning)");
    file.found = {{Severity::warning, "keystore-no-mac", "it has no MAC"}};
    CHECK(chain_codes(file).starts_with("keystore-no-mac(warning)"));
}

TEST_CASE("lint says which certificate it means, and judges each one once", "[pki]") {
    const Holder root = make_root("Root"), other = make_root("Other");
    const Certificate leaf = make_leaf(other).certificate();
    LintFile file;
    file.certificates = {root.certificate(), leaf, leaf};
    const auto remarks = lint(file, {}, k_now);
    const auto incomplete = std::find_if(remarks.begin(), remarks.end(),
                                         [](const LintRemark& r) { return r.finding.code == "chain-incomplete"; });
    REQUIRE(incomplete != remarks.end());
    CHECK(incomplete->certificate == 1);
    CHECK(incomplete->finding.text.find("\"CN=ICG Berlin\"") != std::string::npos);
    CHECK(std::none_of(remarks.begin(), remarks.end(), [](const LintRemark& r) { return r.certificate == 2; }));
    CHECK(lint(LintFile{}, {}, k_now).empty());
}

TEST_CASE("check_compatibility warns of a root that was extended with its key", "[pki]") {
    const Holder root = make_root("Root");
    const Holder next = make_leaf(root);
    CompatibilityRequest request = request_for(next, make_leaf(root));
    request.next.chain.certificates.back() = extended(root);
    CHECK(codes(request) == "root-extended(warning)");
    request.current->chain.certificates.back() = extended(root);
    CHECK(codes(request) == "root-extended(warning)");
    request.current->chain.certificates.back() = request.next.chain.certificates.back();
    CHECK(codes(request).empty());
}
