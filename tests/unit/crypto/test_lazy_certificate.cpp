#include <atomic>
#include <optional>
#include <random>
#include <thread>

#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"

#include "lib/crypto/certificate_data.hpp"
#include "lib/crypto/public_key.hpp"
#include "unit/crypto/openssl_referee.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

std::optional<Certificate> try_read(ByteView der) {
    try {
        return Certificate::from_der(der);
    } catch (const Error&) {
        return std::nullopt;
    }
}

// What OpenSSL says of the key after it has decoded it.
KeySpec decoded_key(const Certificate& certificate) {
    const openssl::CleanErrorQueue queue;
    const EVP_PKEY* key = X509_get0_pubkey(data_of(certificate).x509.get());
    return key == nullptr ? KeySpec{KeySpec::Type::other, 0, "unknown"} : spec_of(*key);
}

}  // namespace

TEST_CASE("the key that a certificate names is the one that OpenSSL decodes", "[crypto][lazy]") {
    for (const std::string algorithm :
         {"rsa -pkeyopt rsa_keygen_bits:2048", "rsa -pkeyopt rsa_keygen_bits:2050", "ed25519", "ed448",
          "rsa-pss -pkeyopt rsa_keygen_bits:2048", "ec -pkeyopt ec_paramgen_curve:P-256",
          "ec -pkeyopt ec_paramgen_curve:P-384", "ec -pkeyopt ec_paramgen_curve:P-521",
          "ec -pkeyopt ec_paramgen_curve:secp256k1",
          "ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit",
          "ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt point-format:compressed"}) {
        CAPTURE(algorithm);
        const OpensslReferee one;
        one.make_key("key", algorithm);
        const std::string digest = algorithm.starts_with("ed") ? "" : "-sha384";
        const Certificate certificate = one.self_signed("key", "/CN=Key", k_leaf, 30, digest);
        CHECK(certificate.key() == decoded_key(certificate));
        CHECK(certificate.signature_digest() == (digest.empty() ? "" : "sha384"));
        CHECK(certificate.is_self_signed());
    }
}

TEST_CASE("what a certificate reads of itself after a change OpenSSL reads as well", "[crypto][lazy]") {
    const OpensslReferee referee;
    referee.make_key("rsa", "rsa -pkeyopt rsa_keygen_bits:2048");
    for (const std::string name : {"rsa", "ec"}) {
        const Certificate certificate =
            referee.self_signed(name, "/C=DE/CN=Mutant", k_leaf + "subjectAltName=DNS:a.example\n");
        std::mt19937 random(20261122);
        int accepted = 0;
        for (int i = 0; i < 4000; ++i) {
            Bytes der = certificate.der();
            der[random() % der.size()] ^= static_cast<std::uint8_t>(1U << (random() % 8));
            const auto read = try_read(der);
            if (!read) continue;
            ++accepted;
            CHECK_FALSE(read->subject().empty());
            CHECK_FALSE(read->serial().empty());
            CHECK_FALSE(read->key().to_string().empty());
            CHECK_FALSE(read->is_self_signed());
            REQUIRE_NOTHROW(data_of(*read).x509.get());
            const KeySpec decoded = decoded_key(*read);
            // A point that is not on its curve has no key, and the certificate still names the curve.
            if (decoded.other != "unknown") CHECK(read->key() == decoded);
        }
        CHECK(accepted > 100);
    }
}

TEST_CASE("threads that ask one certificate first see the same answers", "[crypto][lazy][threads]") {
    const OpensslReferee referee;
    referee.self_signed("root", "/CN=Root", k_ca);
    const Certificate leaf =
        referee.signed_by("root", "leaf", "/CN=Leaf", k_leaf + "subjectAltName=DNS:a.example,IP:10.0.0.5\n");
    const Certificate root = referee.certificate("root");
    for (int round = 0; round < 50; ++round) {
        const Certificate fresh_leaf = Certificate::from_der(leaf.der());
        const Certificate fresh_root = Certificate::from_der(root.der());
        std::atomic<bool> go{false};
        std::atomic<int> right{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&, copy = fresh_leaf] {
                while (!go) std::this_thread::yield();
                const bool ok = copy.subject() == "CN=Leaf" && copy.issuer() == "CN=Root" && copy.hosts().size() == 2 &&
                                copy.key() == KeySpec{KeySpec::Type::ec, 256, {}} && !copy.is_ca() &&
                                fresh_root.is_self_signed() && copy.is_signed_by(fresh_root) &&
                                data_of(copy).x509.get() == data_of(fresh_leaf).x509.get() &&
                                copy.subject_fields().common_name == "Leaf";
                right += ok ? 1 : 0;
            });
        }
        go = true;
        for (std::thread& thread : threads) thread.join();
        CHECK(right == 4);
    }
}

TEST_CASE("that a signature was verified with one key says nothing about another key", "[crypto][lazy]") {
    const OpensslReferee referee;
    referee.self_signed("root", "/CN=Root", k_ca);
    referee.self_signed("stranger", "/CN=Root", k_ca);
    const Certificate root = referee.certificate("root");
    const Certificate stranger = referee.certificate("stranger");
    const Certificate leaf = referee.signed_by("root", "leaf", "/CN=Leaf", k_leaf);
    for (int round = 0; round < 3; ++round) {
        CHECK_FALSE(leaf.is_signed_by(stranger));
        CHECK(leaf.is_signed_by(root));
        CHECK(leaf.is_signed_by(Certificate::from_der(root.der())));
        CHECK_FALSE(leaf.is_signed_by(leaf));
        CHECK_FALSE(leaf.is_self_signed());
        CHECK(root.is_self_signed());
    }
}
