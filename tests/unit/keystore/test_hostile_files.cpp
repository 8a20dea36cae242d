#include <functional>
#include <random>

#include <catch2/catch.hpp>
#include <malloc.h>

#include "umsadm/base/error.hpp"
#include "umsadm/crypto/pem.hpp"
#include "umsadm/crypto/private_key.hpp"

#include "unit/keystore/stores.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

constexpr int k_rounds = 1000;
constexpr int k_rounds_again = 250;
constexpr std::size_t k_growth = std::size_t{16} << 10U;  // bytes; a leak of one small file per round is far more

Bytes mutated(const Bytes& original, std::mt19937& random) {
    Bytes bytes = original;
    for (auto changes = 1 + random() % 3; changes > 0 && !bytes.empty(); --changes) {
        const std::size_t at = random() % bytes.size();
        switch (random() % 4) {
            case 0: bytes[at] ^= static_cast<std::uint8_t>(1U << random() % 8); break;
            case 1: bytes[at] = static_cast<std::uint8_t>(random() % 256); break;
            case 2: bytes.resize(at); break;
            default:
                bytes.insert(bytes.end(), original.begin() + static_cast<std::ptrdiff_t>(at % original.size()),
                             original.end());
        }
    }
    return bytes;
}

struct Format {
    std::string file;
    std::function<void(ByteView)> read;
};

void read_key(ByteView file) {
    const Secret password = changeit();
    (void)PrivateKey::from_pem(as_text(file), &password);
}

void read_keystore(ByteView file) {
    const Secret password = changeit();
    (void)decode_keystore(file, &password);
}

std::vector<Format> formats() {
    const auto read_pem = [](ByteView file) { (void)read_pem_certificates(as_text(file)); };
    const auto read_encrypted_der = [](ByteView file) {
        const Secret password = changeit();
        (void)PrivateKey::from_encrypted_der(file, &password);
    };
    const auto read_without_password = [](ByteView file) { (void)decode_keystore(file, nullptr); };
    return {{"chain.pem", read_pem},
            {"leaf.key", read_key},
            {"old.key", read_key},
            {"quick.key", read_key},
            {"leaf.der", [](ByteView file) { (void)Certificate::from_der(file).subject_fields(); }},
            {"key.der", [](ByteView file) { (void)PrivateKey::from_der(file); }},
            {"key.p8", read_encrypted_der},
            {"all.p7b", [](ByteView file) { (void)read_pkcs7_certificates(file); }},
            {"quick.p12", read_keystore},
            {"clear.p12", read_without_password},
            {"rich.jks", read_without_password},
            {"rich.jceks", read_without_password}};
}

void make_files() {
    const std::string p12 = "openssl pkcs12 -export -inkey leaf.key -in leaf.crt -passout pass:changeit -iter 1 ";
    must_run("openssl ec -in leaf.key -aes128 -passout pass:changeit -out old.key");
    must_run("openssl pkcs8 -topk8 -in leaf.key -iter 2 -passout pass:changeit -out quick.key");
    must_run("openssl pkcs8 -topk8 -in leaf.key -iter 2 -passout pass:changeit -outform DER -out key.p8");
    must_run("openssl pkcs8 -topk8 -nocrypt -in leaf.key -outform DER -out key.der");
    must_run("openssl x509 -in leaf.crt -outform DER -out leaf.der");
    must_run("openssl crl2pkcs7 -nocrl -certfile chain.pem -outform DER -out all.p7b");
    must_run(p12 + "-out quick.p12");
    must_run(p12 + "-nomac -certpbe NONE -out clear.p12");
}

// Returns how many were read.
int read_mutated(const Format& format, const Bytes& original, int rounds) {
    std::mt19937 random(20261122);
    int readable = 0;
    for (int i = 0; i < rounds; ++i) {
        const Bytes bytes = mutated(original, random);
        CAPTURE(format.file, i);
        try {
            format.read(bytes);
            ++readable;
        } catch (const Error& error) {
            REQUIRE((error.code() == Code::invalid_data || error.code() == Code::usage));
        }
    }
    return readable;
}

}  // namespace

TEST_CASE("a thousand mutated files of each format are read or refused, and no memory stays", "[keystore][hostile]") {
    if (!has_referees()) return;
    make_files();
    for (const Format& format : formats()) {
        const Bytes original = store(format.file);
        REQUIRE_NOTHROW(format.read(original));
        CHECK(read_mutated(format, original, k_rounds) < k_rounds);
        // Some of them again: what OpenSSL keeps for good of such damage is there by now.
        const std::size_t before = ::mallinfo2().uordblks;
        (void)read_mutated(format, original, k_rounds_again);
        const std::size_t after = ::mallinfo2().uordblks;
        CAPTURE(format.file, before, after);
        CHECK(after < before + k_growth);
    }
}
