#include <random>

#include <catch2/catch.hpp>
#include <openssl/err.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/pem.hpp"
#include "umsadm/crypto/private_key.hpp"

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

template <typename Read>
int count_readable(ByteView original, int rounds, Read read) {
    Mutator mutator;
    int readable = 0;
    for (int i = 0; i < rounds; ++i) {
        const Bytes bytes = mutator.mutate(original);
        try {
            read(bytes);
            ++readable;
        } catch (const Error& error) {
            REQUIRE((error.code() == Code::invalid_data || error.code() == Code::usage));
        }
        REQUIRE(ERR_peek_error() == 0);
    }
    return readable;
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
    referee.must("openssl pkcs8 -topk8 -in k.key -passout pass:secret -iter 2 -out e.key");
    const Secret passphrase("secret");
    count_readable(as_bytes(read_text(referee.folder() / "e.key")), 1000,
                   [&](ByteView bytes) { (void)PrivateKey::from_pem(as_text(bytes), &passphrase); });
    referee.must("openssl pkcs8 -topk8 -nocrypt -in k.key -outform DER -out k.der");
    count_readable(as_bytes(read_text(referee.folder() / "k.der")), 1000,
                   [](ByteView bytes) { (void)PrivateKey::from_der(bytes); });
}

TEST_CASE("a mutated PKCS#7 file is read or refused, never more", "[crypto]") {
    const OpensslReferee referee;
    referee.self_signed("root", "/CN=Root", k_ca);
    referee.must("openssl crl2pkcs7 -nocrl -certfile root.pem -outform DER -out all.p7b");
    count_readable(as_bytes(read_text(referee.folder() / "all.p7b")), 1000, [](ByteView bytes) {
        for (const Certificate& certificate : read_pkcs7_certificates(bytes)) use(certificate);
    });
}
