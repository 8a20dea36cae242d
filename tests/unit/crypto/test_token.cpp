#include <functional>
#include <vector>

#include <catch2/catch.hpp>
#include <openssl/err.h>

#include "umsadm/base/error.hpp"
#include "umsadm/crypto/certification_request.hpp"
#include "umsadm/crypto/issue.hpp"

#include "lib/crypto/token_uri.hpp"
#include "unit/crypto/soft_token.hpp"
#include "unit/error_of.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

const UtcTime k_now = *parse_utc("2026-11-21T12:00:00Z");

CertificateTemplate named(const std::string& name, CertificateType type) {
    CertificateTemplate wanted;
    wanted.type = type;
    wanted.subject.common_name = name;
    wanted.not_before = k_now;
    wanted.not_after = k_now + std::chrono::days(365);
    if (type == CertificateType::end_entity) wanted.hosts = parse_host_list("a.example");
    return wanted;
}

Error token_error(const std::string& uri, const char* pin) {
    const Secret secret{std::string_view(pin == nullptr ? "" : pin)};
    return error_of([&] { (void)PrivateKey::from_token(uri, pin == nullptr ? nullptr : &secret); });
}

}  // namespace

TEST_CASE("a key in a token signs certificates and requests that openssl verifies", "[crypto][token]") {
    if (!SoftTokens::available()) return;
    const SoftTokens tokens;
    const OpensslReferee& referee = tokens.referee();
    const auto [kind, spec] = GENERATE(table<std::string, std::string>(
        {{"rsa:2048", "rsa:2048"}, {"EC:prime256v1", "ec:p256"}, {"EC:secp384r1", "ec:p384"}}));
    tokens.make_token("Root CA", "123456");
    tokens.make_key("Root CA", "123456", kind, "root key");
    const Secret pin("123456");
    {
        const PrivateKey root_key = PrivateKey::from_token(tokens.uri("Root%20CA", "root%20key"), &pin);
        CHECK(ERR_peek_error() == 0);
        CHECK(root_key.is_in_token());
        CHECK(root_key.spec().to_string() == spec);
        CHECK(tokens.calls_of("C_Login") == 1);

        const PrivateKey leaf_key = PrivateKey::generate(KeySpec::parse("ec:p256"));
        CHECK_FALSE(leaf_key.is_in_token());
        const Certificate root = issue_self_signed(named("Root", CertificateType::root), root_key);
        const Certificate leaf = issue(named("Leaf", CertificateType::end_entity), leaf_key, root, root_key);
        CHECK(root_key.fits(root));
        CHECK_FALSE(root_key.fits(leaf));
        CHECK(root_key.public_key_der() == root.public_key_der());
        write_text(referee.folder() / "root.pem", root.pem());
        write_text(referee.folder() / "leaf.pem", leaf.pem());
        CHECK(referee.run("openssl verify -x509_strict -attime 1795348800 -CAfile root.pem leaf.pem").text ==
              "leaf.pem: OK\n");

        RequestTemplate wanted;
        wanted.subject.common_name = "Root";
        wanted.ca = true;
        write_text(referee.folder() / "root.csr", make_request(wanted, root_key).pem());
        CHECK(referee.run("openssl req -verify -noout -in root.csr").contains("verify OK"));

        for (const auto& take : std::vector<std::function<void()>>{[&] { (void)root_key.to_pem(); },
                                                                   [&] { (void)root_key.to_encrypted_pem(pin); },
                                                                   [&] { (void)root_key.to_pkcs8_der(); }}) {
            CHECK(error_of(take).code() == Code::refused);
        }
        CHECK(tokens.calls_of("C_Login") == 1);
        CHECK(tokens.calls_of("C_Finalize") == 0);
    }
    // The login ends with the last key.
    CHECK(tokens.calls_of("C_Finalize") == 1);
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("from_token tells a wrong PIN from a missing token, key and module, and tries a PIN once",
          "[crypto][token]") {
    if (!SoftTokens::available()) return;
    const SoftTokens tokens;
    tokens.make_token("One", "123456");
    tokens.make_token("Two", "654321");
    tokens.make_key("One", "123456", "EC:prime256v1", "key");
    tokens.make_key("Two", "654321", "EC:prime256v1", "key");

    SECTION("a wrong PIN") {
        const Error error = token_error(tokens.uri("One", "key"), "111111");
        CHECK(error.code() == Code::refused);
        CHECK(error.message() == "the token of \"pkcs11:token=One;object=key\" refuses the PIN: PIN incorrect");
        CHECK(tokens.calls_of("C_Login") == 1);
    }
    SECTION("a token that is not there") {
        const Error error = token_error(tokens.uri("Three", "key"), "123456");
        CHECK(error.code() == Code::not_found);
        CHECK(error.message() == "there is no token, or more than one, for \"pkcs11:token=Three;object=key\"");
        CHECK(tokens.calls_of("C_Login") == 0);
    }
    SECTION("more than one token") {
        const std::string uri = tokens.uri("One", "key");
        CHECK(token_error("pkcs11:" + uri.substr(uri.find("object")), "123456").code() == Code::not_found);
        CHECK(tokens.calls_of("C_Login") == 0);
    }
    SECTION("a key that is not there") {
        const Error error = token_error(tokens.uri("One", "other"), "123456");
        CHECK(error.code() == Code::not_found);
        CHECK(error.message() == "there is no usable private key in the token for \"pkcs11:token=One;object=other\"");
        CHECK(tokens.calls_of("C_Login") == 1);
    }
    SECTION("an EC key without its public key") {
        tokens.tool("--token-label One --login --pin 123456 --delete-object --type pubkey --label key");
        const Error error = token_error(tokens.uri("One", "key"), "123456");
        CHECK(error.code() == Code::not_found);
        CHECK(error.message() == "there is no public key in the token for \"pkcs11:token=One;object=key\"");
    }
    SECTION("a key that the engine does not know") {
        tokens.make_key("One", "123456", "EC:edwards25519", "ed");
        const Error error = token_error(tokens.uri("One", "ed"), "123456");
        CHECK(error.code() == Code::not_found);
        CHECK(error.hint().find("the engine knows RSA and EC keys") != std::string::npos);
    }
    SECTION("no PIN") {
        const Error error = token_error(tokens.uri("One", "key"), nullptr);
        CHECK(error.code() == Code::usage);
        CHECK(error.message() == "the token of \"pkcs11:token=One;object=key\" asks for a PIN and none was given");
        CHECK(token_error(tokens.uri("One", "key"), "").message() == "the PIN of the token is empty");
        CHECK(tokens.calls_of("C_Login") == 0);
    }
    SECTION("a module that is not there, or none") {
        CHECK(token_error("pkcs11:object=key?module-path=/nothing.so", "123456").code() == Code::failed);
        const Error error = token_error("pkcs11:object=key?module-path=/etc/passwd", "123456");
        CHECK(error.code() == Code::failed);
        CHECK(error.message().starts_with("cannot load the PKCS#11 module \"/etc/passwd\": "));
    }
    SECTION("a right PIN after all that") {
        CHECK(token_error(tokens.uri("One", "key"), "111111").code() == Code::refused);
        const Secret pin("123456");
        CHECK(PrivateKey::from_token(tokens.uri("One", "key"), &pin).is_in_token());
        CHECK(tokens.calls_of("C_Login") == 2);
    }
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("from_token gives the PIN of one token to no other", "[crypto][token]") {
    if (!SoftTokens::available()) return;
    const SoftTokens tokens;
    tokens.make_token("One", "123456");
    tokens.make_token("Two", "654321");
    tokens.make_key("One", "123456", "EC:prime256v1", "key");
    tokens.make_key("One", "123456", "EC:prime256v1", "other");
    tokens.make_key("Two", "654321", "rsa:2048", "key");
    const Secret first_pin("123456");
    const Secret second_pin("654321");

    const PrivateKey first = PrivateKey::from_token(tokens.uri("One", "key"), &first_pin);
    CHECK(token_error(tokens.uri("Two", "key"), nullptr).code() == Code::usage);
    CHECK(tokens.calls_of("C_Login") == 1);
    const PrivateKey second = PrivateKey::from_token(tokens.uri("Two", "key"), &second_pin);
    const PrivateKey third = PrivateKey::from_token(tokens.uri("One", "other"), &first_pin);
    const PrivateKey again = PrivateKey::from_token(tokens.uri("One", "key"), &first_pin);
    CHECK(tokens.calls_of("C_Login") == 2);
    CHECK(again.public_key_der() == first.public_key_der());
    CHECK(third.public_key_der() != first.public_key_der());

    const Certificate root = issue_self_signed(named("Root", CertificateType::root), first);
    const Certificate middle = issue(named("Middle", CertificateType::intermediate), second, root, first);
    const Certificate leaf = issue(named("Leaf", CertificateType::end_entity), third, middle, second);
    CHECK(middle.is_signed_by(root));
    CHECK(leaf.is_signed_by(middle));

    CHECK(token_error("pkcs11:token=One;object=key", "123456").message() ==
          "keys of two PKCS#11 modules cannot be used together");
}

TEST_CASE("a URI without a module finds what p11-kit knows", "[crypto][token]") {
    if (!SoftTokens::available()) return;
    const SoftTokens tokens;
    if (!tokens.referee().run("p11-kit list-modules").contains("softhsm2")) {
        WARN("skipped: p11-kit does not know SoftHSM");
        return;
    }
    tokens.make_token("By p11-kit", "123456");
    tokens.make_key("By p11-kit", "123456", "EC:prime256v1", "key");
    const Secret pin("123456");
    const PrivateKey key = PrivateKey::from_token("pkcs11:token=By%20p11-kit;object=key", &pin);
    CHECK(issue_self_signed(named("Root", CertificateType::root), key).is_self_signed());
}

TEST_CASE("a key that wants the PIN for each signature gets it", "[crypto][token]") {
    if (!SoftTokens::available()) return;
    const SoftTokens tokens;
    tokens.make_token("One", "123456");
    const auto kind = GENERATE(as<std::string>{}, "EC:prime256v1", "rsa:2048");
    tokens.make_key("One", "123456", kind, "key", "--always-auth");
    const Secret pin("123456");
    const PrivateKey key = PrivateKey::from_token(tokens.uri("One", "key"), &pin);
    for (int i = 0; i < 2; ++i) {
        CHECK(issue_self_signed(named("Root", CertificateType::root), key).is_self_signed());
    }
    CHECK(tokens.calls_of("C_Login") == 3);
}

TEST_CASE("a token that fails to sign is an error with its reason", "[crypto][token]") {
    if (!SoftTokens::available()) return;
    const SoftTokens tokens;
    tokens.make_token("One", "123456");
    const auto kind = GENERATE(as<std::string>{}, "EC:prime256v1", "rsa:2048");
    tokens.make_key("One", "123456", kind, "key");
    const Secret pin("123456");
    const PrivateKey key = PrivateKey::from_token(tokens.uri("One", "key"), &pin);
    tokens.tool("--token-label One --login --pin 123456 --delete-object --type privkey --label key");
    const Error error = error_of([&] { (void)issue_self_signed(named("Root", CertificateType::root), key); });
    CHECK(error.code() == Code::failed);
    CHECK(error.message() == "cannot sign a certificate: Object handle invalid");
}

TEST_CASE("a PKCS#11 URI names token and key, and no secret", "[crypto][token]") {
    CHECK(parse_token_uri("pkcs11:token=A%20b;object=k;type=private").key ==
          "pkcs11:token=A%20b;object=k;type=private");
    CHECK(parse_token_uri("PKCS11:id=%01%00?module-path=/usr/lib/a%20b.so").module_path == "/usr/lib/a b.so");
    CHECK(parse_token_uri("PKCS11:id=%01%00?module-path=/x.so").key == "pkcs11:id=%01%00");
    CHECK(parse_token_uri("pkcs11:serial=1;model=m;manufacturer=y;object=k").module_path.empty());

    const auto refusal = [](std::string_view text) {
        const Error error = error_of([&] { (void)parse_token_uri(text); });
        CHECK(error.code() == Code::usage);
        CHECK(error.message().find("1234") == std::string::npos);
        CHECK_FALSE(error.hint().empty());
        return error.message();
    };
    CHECK(refusal("/etc/root.key") == "a PKCS#11 URI begins with \"pkcs11:\", this text does not");
    CHECK(refusal("") == "a PKCS#11 URI begins with \"pkcs11:\", this text does not");
    CHECK(refusal("pkcs11:object=k?pin-value=1234") ==
          "a PKCS#11 URI must not have \"pin-value\": a URI is stored and shown");
    CHECK(refusal("pkcs11:object=k;pin-value=1234") ==
          "a PKCS#11 URI must not have \"pin-value\": a URI is stored and shown");
    CHECK(refusal("pkcs11:object=k?module-path=/m.so&pin-source=file:/1234") ==
          "a PKCS#11 URI must not have \"pin-source\": a URI is stored and shown");
    CHECK(refusal("pkcs11:token=t") == "a PKCS#11 URI must name the key by \"object\" or \"id\"");
    CHECK(refusal("pkcs11:") == "a PKCS#11 URI must name the key by \"object\" or \"id\"");
    CHECK(refusal("pkcs11:object=k;object=l") == "a PKCS#11 URI has the attribute \"object\" twice");
    CHECK(refusal("pkcs11:object=k;slot-id=3") ==
          "a PKCS#11 URI has the attribute \"slot-id\", which is not supported");
    CHECK(refusal("pkcs11:object=k?module-name=x").ends_with("\"module-name\", which is not supported"));
    CHECK(refusal("pkcs11:object=k?module-path=x.so") == "a PKCS#11 URI must have an absolute path as \"module-path\"");
    CHECK(refusal("pkcs11:object=k;type=cert") == "a PKCS#11 URI must have the type \"private\", or none");
    CHECK(refusal("pkcs11:object=%4") == "a PKCS#11 URI has a \"%\" without two hex digits in \"object\"");
    CHECK(refusal("pkcs11:object=a%00b") == "a PKCS#11 URI has a control character in \"object\"");
    CHECK(refusal("pkcs11:object=a\nb") == "a PKCS#11 URI holds a control character or is not UTF-8");
    CHECK(refusal("pkcs11:id=") == "a PKCS#11 URI must have an \"id\" of 1 to 100 bytes");
    CHECK(refusal("pkcs11:object") == "a PKCS#11 URI has an attribute without a name or a value");
    CHECK(refusal("pkcs11:object=k;;").find("without a name") != std::string::npos);
}
