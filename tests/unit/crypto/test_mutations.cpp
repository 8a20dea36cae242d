#include <random>

#include <catch2/catch.hpp>
#include <malloc.h>
#include <openssl/err.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/certification_request.hpp"
#include "umsadm/crypto/pem.hpp"
#include "umsadm/crypto/private_key.hpp"

#include "lib/crypto/openssl_handles.hpp"
#include "unit/crypto/openssl_referee.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

// What hostile input does to a file: flipped bits, overwritten bytes, a cut, a repeated piece.
class Mutator {
public:
    Bytes mutate(ByteView original) {
        Bytes bytes = to_bytes(original);
        const unsigned changes = 1 + number(3);
        for (unsigned i = 0; i < changes && !bytes.empty(); ++i) change(bytes);
        return bytes;
    }

private:
    unsigned number(std::size_t below) { return static_cast<unsigned>(m_random() % below); }

    void change(Bytes& bytes) {
        const auto at = static_cast<std::ptrdiff_t>(number(bytes.size()));
        switch (number(4)) {
            case 0: bytes[static_cast<std::size_t>(at)] ^= static_cast<std::uint8_t>(1U << number(8)); break;
            case 1: bytes[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(number(256)); break;
            case 2: bytes.resize(static_cast<std::size_t>(at)); break;
            default: {
                const Bytes tail(bytes.begin() + at, bytes.end());
                bytes.insert(bytes.end(), tail.begin(), tail.end());
            }
        }
    }

    std::mt19937 m_random{20261121};
};

void use(const Certificate& certificate) {
    CHECK_FALSE(has_control_characters(certificate.subject() + certificate.issuer()));
    (void)certificate.subject_fields();
    (void)certificate.is_self_signed();
    REQUIRE(Certificate::from_der(certificate.der()) == certificate);
}

// What this process has taken from malloc and not given back; always 0 under AddressSanitizer, which looks for itself.
std::size_t memory_in_use() { return ::mallinfo2().uordblks; }

template <typename Read>
int count_readable(ByteView original, int rounds, Read read) {
    Mutator mutator;
    int readable = 0;
    std::size_t before = 0;
    for (int i = 0; i < rounds; ++i) {
        if (i == rounds / 2) before = memory_in_use();  // the first half filled what OpenSSL keeps
        const Bytes bytes = mutator.mutate(original);
        try {
            read(bytes);
            ++readable;
        } catch (const Error& error) {
            REQUIRE((error.code() == Code::invalid_data || error.code() == Code::usage));
        }
        REQUIRE(ERR_peek_error() == 0);
    }
    const std::size_t after = memory_in_use();
    CHECK(after < before + 64U * 1024U);  // OpenSSL remembers some names of algorithms that it was asked for
    return readable;
}

// `info` as a certification request that its key has signed (RFC 2986, 4.2), with an Ed25519 key.
Bytes signed_request(const Bytes& info, EVP_PKEY& key) {
    const std::unique_ptr<EVP_MD_CTX, openssl::CallFree<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    Bytes signature(64);
    std::size_t size = signature.size();
    REQUIRE(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, &key) == 1);
    REQUIRE(EVP_DigestSign(context.get(), signature.data(), &size, info.data(), info.size()) == 1);
    const Bytes tail_head{0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x41, 0x00};
    const std::size_t length = info.size() + tail_head.size() + signature.size();
    Bytes der{0x30, 0x82, static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)};
    for (const Bytes& part : {info, tail_head, signature}) der.insert(der.end(), part.begin(), part.end());
    return der;
}

void use(const CertificationRequest& request) {
    CHECK_FALSE(has_control_characters(request.subject()));
    for (const std::string& name : request.unusable_hosts()) CHECK_FALSE(has_control_characters(name));
    REQUIRE(CertificationRequest::from_pem(request.pem()).der() == request.der());
}

CertificationRequest make_any_request(const PrivateKey& key) {
    RequestTemplate wanted;
    wanted.subject = {
        .common_name = "ICG", .holder = "x", .organization = "M\xC3\xBCller", .locality = {}, .country = "DE"};
    wanted.hosts = parse_host_list("a.example;10.0.0.5;2001:db8::1");
    return make_request(wanted, key);
}

}  // namespace

TEST_CASE("a mutated certificate is read or refused, never more", "[crypto]") {
    const OpensslReferee referee;
    referee.self_signed("root", "/CN=Root", k_ca);
    const Certificate leaf = referee.signed_by("root", "leaf", "/C=DE/O=M\xC3\xBCller/CN=ICG",
                                               k_leaf + "subjectAltName=DNS:a.example,IP:10.0.0.5\n");
    const int readable = count_readable(leaf.der(), 4000, [](ByteView bytes) { use(Certificate::from_der(bytes)); });
    // Flipped bits in the signature or the key id are read: else the test would only look at the first check.
    CHECK(readable > 100);
    CHECK(readable < 3900);
}

TEST_CASE("mutated PEM text is read or refused, never more", "[crypto]") {
    const OpensslReferee referee;
    const Certificate root = referee.self_signed("root", "/CN=Root", k_ca);
    const std::string text = "some text\n" + root.pem() + root.pem();
    const int readable = count_readable(as_bytes(text), 3000, [](ByteView bytes) {
        for (const Certificate& certificate : read_pem_certificates(as_text(bytes))) use(certificate);
    });
    CHECK(readable > 10);
}

TEST_CASE("a mutated private key is read or refused, never more", "[crypto]") {
    const OpensslReferee referee;
    referee.make_key("k");
    const Secret passphrase("secret");
    const auto pem = [&](const std::string& command) {
        referee.must(command + " -in k.key -passout pass:secret -out e.key");
        count_readable(as_bytes(read_text(referee.folder() / "e.key")), 1000,
                       [&](ByteView bytes) { (void)PrivateKey::from_pem(as_text(bytes), &passphrase); });
    };
    SECTION("PEM") { pem("openssl pkcs8 -topk8 -nocrypt"); }
    SECTION("PEM, of an older form") { pem("openssl pkey -traditional"); }
    SECTION("encrypted PEM") { pem("openssl pkcs8 -topk8 -iter 2"); }
    SECTION("encrypted PEM, in OpenSSL's old way") { pem("openssl pkey -traditional -aes128"); }
    SECTION("DER") {
        referee.must("openssl pkcs8 -topk8 -nocrypt -in k.key -outform DER -out k.der");
        count_readable(as_bytes(read_text(referee.folder() / "k.der")), 1000,
                       [](ByteView bytes) { (void)PrivateKey::from_der(bytes); });
    }
    SECTION("encrypted DER") {
        const auto options = GENERATE(as<std::string>{}, "-iter 2", "-v1 PBE-SHA1-3DES -iter 2",
                                      "-scrypt -scrypt_N 2 -scrypt_r 1 -scrypt_p 1");
        referee.must("openssl pkcs8 -topk8 -in k.key -passout pass:secret -outform DER -out e.der " + options);
        count_readable(as_bytes(read_text(referee.folder() / "e.der")), 1000,
                       [&](ByteView bytes) { (void)PrivateKey::from_encrypted_der(bytes, &passphrase); });
    }
}

TEST_CASE("a mutated certification request is read or refused, never more", "[crypto]") {
    const PrivateKey key = PrivateKey::generate(KeySpec::parse("ed25519"));
    const CertificationRequest request = make_any_request(key);
    SECTION("DER") {
        const int readable =
            count_readable(request.der(), 1000, [](ByteView bytes) { use(CertificationRequest::from_der(bytes)); });
        CHECK(readable < 100);  // the signature covers nearly all of it
    }
    SECTION("PEM") {
        count_readable(as_bytes("text\n" + request.pem()), 1000,
                       [](ByteView bytes) { use(CertificationRequest::from_pem(as_text(bytes))); });
    }
    SECTION("signed again, so that the damage reaches names and extensions") {
        const Secret der = key.to_pkcs8_der();
        const unsigned char* at = der.reveal_bytes().data();
        const openssl::KeyPtr handle(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
        constexpr std::size_t head = 4;
        constexpr std::size_t tail = 10 + 64;
        const Bytes info(request.der().begin() + head, request.der().end() - tail);
        REQUIRE(signed_request(info, *handle) == request.der());
        const int readable = count_readable(info, 2000, [&](ByteView bytes) {
            use(CertificationRequest::from_der(signed_request(to_bytes(bytes), *handle)));
        });
        CHECK(readable > 200);
        CHECK(readable < 1900);
    }
}

TEST_CASE("a mutated PKCS#7 file is read or refused, never more", "[crypto]") {
    const OpensslReferee referee;
    referee.self_signed("root", "/CN=Root", k_ca);
    referee.must("openssl crl2pkcs7 -nocrl -certfile root.pem -outform DER -out all.p7b");
    count_readable(as_bytes(read_text(referee.folder() / "all.p7b")), 1000, [](ByteView bytes) {
        for (const Certificate& certificate : read_pkcs7_certificates(bytes)) use(certificate);
    });
}
