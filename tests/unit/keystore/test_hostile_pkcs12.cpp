#include <algorithm>
#include <chrono>

#include <catch2/catch.hpp>

#include "unit/error_of.hpp"
#include "unit/keystore/stores.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

// The first place of `wanted` becomes `fresh`, which has the same length.
Bytes replaced(Bytes file, const Bytes& wanted, const Bytes& fresh) {
    const auto found = std::search(file.begin(), file.end(), wanted.begin(), wanted.end());
    REQUIRE(found != file.end());
    std::copy(fresh.begin(), fresh.end(), found);
    return file;
}

// A DER element; nothing here is longer than 127 bytes.
Bytes element(std::uint8_t tag, std::initializer_list<Bytes> parts) {
    Bytes content;
    for (const Bytes& part : parts) content.insert(content.end(), part.begin(), part.end());
    REQUIRE(content.size() < 0x80);
    Bytes der = {tag, static_cast<std::uint8_t>(content.size())};
    der.insert(der.end(), content.begin(), content.end());
    return der;
}

Bytes content_type(std::uint8_t last) { return {0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, last}; }

Bytes bag_type(std::uint8_t last) {
    return {0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x0A, 0x01, last};
}

Bytes data(const Bytes& content) { return element(0x30, {content_type(1), element(0xA0, {element(0x04, {content})})}); }

Bytes pkcs12(const Bytes& safe) { return element(0x30, {{0x02, 0x01, 0x03}, data(element(0x30, {safe}))}); }

}  // namespace

TEST_CASE("what a PKCS#12 file leaves out is missed, not followed", "[keystore][hostile]") {
    const Secret password = changeit();
    CHECK(decode_keystore(pkcs12(data(element(0x30, {}))), &password).keystore.entries.empty());
    for (const Secret* given : {static_cast<const Secret*>(nullptr), &password}) {
        // Bags of all types without their value.
        for (std::uint8_t type = 1; type <= 6; ++type) {
            CAPTURE(int(type));
            const Bytes file = pkcs12(data(element(0x30, {element(0x30, {bag_type(type)})})));
            CHECK(error_of([&] { decode_keystore(file, given); }).code() == Code::invalid_data);
        }
        // Safes of all content types without their content, and the outer one.
        for (std::uint8_t type = 1; type <= 6; ++type) {
            CAPTURE(int(type));
            const Bytes empty = element(0x30, {content_type(type)});
            CHECK(error_of([&] { decode_keystore(pkcs12(empty), given); }).code() == Code::invalid_data);
            const Bytes file = element(0x30, {{0x02, 0x01, 0x03}, empty});
            CHECK(error_of([&] { decode_keystore(file, given); }).code() == Code::invalid_data);
        }
    }
}

TEST_CASE("too many hash rounds are refused before the first one is done", "[keystore][hostile]") {
    if (!has_referees()) return;
    // 600,000 as DER INTEGER, and nearly 8,400,000 in as many bytes.
    const Bytes rounds = {0x02, 0x03, 0x09, 0x27, 0xC0};
    const Bytes too_many = {0x02, 0x03, 0x7F, 0xFF, 0xFF};
    const Bytes file = replaced(store("openssl-600k.p12"), rounds, too_many);
    const Secret password = changeit();
    const auto start = std::chrono::steady_clock::now();
    CHECK(error_of([&] { decode_keystore(file, &password); }).message() ==
          "the keystore asks for more than 5000000 hash rounds");
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::milliseconds(500));

    KeyEntry entry = key_entry(decode_store("openssl-600k.p12").keystore, "gateway");
    entry.encrypted_key = replaced(entry.encrypted_key, rounds, too_many);
    CHECK(error_of([&] { decrypt_entry_key(entry, password); }).message() ==
          "the keystore asks for more than 5000000 hash rounds");
    entry.encrypted_key = replaced(entry.encrypted_key, too_many, {0x02, 0x03, 0x80, 0x00, 0x00});
    CHECK(error_of([&] { decrypt_entry_key(entry, password); }).code() == Code::invalid_data);
}

TEST_CASE("an integrity protection or encryption that is not supported is named", "[keystore][hostile]") {
    if (!has_referees()) return;
    const Secret password = changeit();
    // PBMAC1, where a MAC over SHA-256 names its digest: the identifier of the same length is the one that counts.
    const Bytes sha256 = {0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01};
    const Bytes pbmac1 = {0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0E};
    CHECK_THAT(error_of([&] { decode_keystore(replaced(store("openssl.p12"), sha256, pbmac1), &password); }).message(),
               Catch::Contains("PBMAC1, which is not supported"));

    must_run(
        "openssl pkcs12 -export -inkey leaf.key -in leaf.crt -passout pass:changeit -out camellia.p12 "
        "-keypbe CAMELLIA-256-CBC -certpbe CAMELLIA-256-CBC");
    CHECK_NOTHROW(decode_keystore(store("camellia.p12"), &password));
    const Bytes pbkdf2 = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0C};
    const Bytes unknown = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x7F};
    CHECK_THAT(error_of([&] { decode_keystore(replaced(store("openssl.p12"), pbkdf2, unknown), &password); }).message(),
               Catch::Contains("\"1.2.840.113549.1.5.127\", which is not supported"));
}

TEST_CASE("a certificate or a message in DER is no keystore", "[keystore][hostile]") {
    if (!has_referees()) return;
    must_run("openssl x509 -in leaf.crt -outform DER -out leaf.der");
    const Error error = error_of([] { decode_keystore(store("leaf.der"), nullptr); });
    CHECK(error.code() == Code::invalid_data);
    CHECK_THAT(error.message(), Catch::StartsWith("the PKCS#12 keystore is damaged"));
}
