#include <catch2/catch.hpp>

#include "lib/keystore/alias_case.hpp"
#include "lib/keystore/jks.hpp"
#include "lib/keystore/utf16.hpp"
#include "unit/error_of.hpp"
#include "unit/keystore/stores.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

Secret secret(std::string_view text) { return Secret(text); }

Bytes bytes(std::initializer_list<int> values) {
    Bytes result;
    for (const int value : values) result.push_back(static_cast<std::uint8_t>(value));
    return result;
}

// The smallest thing that looks like a certificate from outside.
const Bytes k_tiny_certificate = {0x30, 0x00};

Keystore trusting(std::initializer_list<std::string> aliases) {
    Keystore keystore;
    for (const std::string& alias : aliases) keystore.entries.emplace_back(TrustedEntry{alias, 1, k_tiny_certificate});
    return keystore;
}

// A store as a careless program writes it: aliases as they are. The digest at the end is made right again.
Bytes with_alias(const Keystore& keystore, std::string_view from, std::string_view to) {
    Bytes file = encode_keystore(keystore, secret("password"));
    std::string text(as_text(file));
    text.replace(text.find(from), from.size(), to);
    text.resize(text.size() - 20);
    file = to_bytes(as_bytes(text));
    const Bytes digest = keystore::jks_digest(file, secret("password"));
    file.insert(file.end(), digest.begin(), digest.end());
    return file;
}

}  // namespace

TEST_CASE("detect_format goes by the first bytes", "[keystore]") {
    CHECK(detect_format(bytes({0xFE, 0xED, 0xFE, 0xED})) == StoreFormat::jks);
    CHECK(detect_format(bytes({0xCE, 0xCE, 0xCE, 0xCE})) == StoreFormat::jceks);
    CHECK(detect_format(bytes({0x30, 0x80, 0x02, 0x01})) == StoreFormat::pkcs12);
    for (const Bytes& other : {Bytes{}, bytes({0x30}), bytes({0xFE, 0xED, 0xFE}), to_bytes(as_bytes("-----BEGIN"))}) {
        CHECK(error_of([&] { detect_format(other); }).code() == Code::invalid_data);
    }
}

TEST_CASE("modified UTF-8 is what Java writes", "[keystore]") {
    using namespace keystore;
    CHECK(to_modified_utf8(std::string_view("a\0b", 3)) == bytes({'a', 0xC0, 0x80, 'b'}));
    CHECK(to_modified_utf8("ä€") == bytes({0xC3, 0xA4, 0xE2, 0x82, 0xAC}));
    CHECK(to_modified_utf8("𝄞") == bytes({0xED, 0xA0, 0xB4, 0xED, 0xB4, 0x9E}));
    for (const std::string text : {"", "gateway", "ä€𝄞z", "\x7F"})
        CHECK(from_modified_utf8(to_modified_utf8(text)) == text);
    CHECK(from_modified_utf8(bytes({0xC0, 0x80})) == std::string(1, '\0'));

    // Cut off, a lone continuation, four bytes, half a pair in either order.
    for (const Bytes& bad : {bytes({0xC3}), bytes({0xE2, 0x82}), bytes({0x80}), bytes({0xF0, 0x9D, 0x84, 0x9E}),
                             bytes({0xED, 0xA0, 0xB4}), bytes({0xED, 0xA0, 0xB4, 'x'}), bytes({0xED, 0xB4, 0x9E})}) {
        CHECK(error_of([&] { from_modified_utf8(bad); }).code() == Code::invalid_data);
    }
    CHECK(error_of([] { to_modified_utf8("\xFF"); }).code() == Code::failed);
    CHECK(error_of([] { to_modified_utf8(std::string(65536, 'a')); }).code() == Code::failed);
    CHECK(to_modified_utf8(std::string(65535, 'a')).size() == 65535);
}

TEST_CASE("aliases become lower case in all scripts", "[keystore]") {
    using keystore::java_lower_case;
    CHECK(java_lower_case("GateWay-1 ÄÖÜß") == "gateway-1 äöüß");
    CHECK(java_lower_case("ЖΩ") == "жω");
    CHECK(java_lower_case("ĀāŁŽẞ") == "āāłžß");
    CHECK(java_lower_case("İI") == "i̇i");
    CHECK(java_lower_case("𐐀漢字") == "𐐨漢字");
}

TEST_CASE("an alias is written in lower case, and read so with a warning", "[keystore]") {
    const Secret password = secret("password");
    const Bytes file = encode_keystore(trusting({"GateWay"}), password);
    DecodedKeystore decoded = decode_keystore(file, &password);
    CHECK(decoded.keystore == trusting({"gateway"}));
    CHECK(decoded.findings.empty());

    decoded = decode_keystore(with_alias(trusting({"gateway"}), "gateway", "GateWay"), &password);
    CHECK(decoded.keystore == trusting({"gateway"}));
    CHECK(has_finding(decoded, "keystore-alias-case"));
}

TEST_CASE("two entries whose aliases differ only in case are refused on writing and reported on reading",
          "[keystore]") {
    const Secret password = secret("password");
    Keystore twice = trusting({"gateway", "GATEWAY"});
    CHECK(error_of([&] { encode_keystore(twice, password); }).code() == Code::failed);
    twice.format = StoreFormat::pkcs12;
    CHECK(error_of([&] { encode_keystore(twice, password); }).code() == Code::failed);

    const Bytes file = with_alias(trusting({"gateway", "gatewax"}), "gatewax", "Gateway");
    const DecodedKeystore decoded = decode_keystore(file, &password);
    CHECK(decoded.keystore.entries.size() == 2);
    CHECK(has_finding(decoded, "keystore-duplicate-alias"));
}

TEST_CASE("a key entry without a certificate is not written", "[keystore]") {
    Keystore keystore;
    keystore.entries.emplace_back(
        KeyEntry{"gateway",
                 1,
                 encrypt_entry_key(k_tiny_certificate, StoreFormat::jks, Pkcs12Profile::modern, secret("password")),
                 {}});
    CHECK(error_of([&] { encode_keystore(keystore, secret("password")); }).code() == Code::failed);
}

TEST_CASE("JCEKS is never written", "[keystore]") {
    Keystore keystore;
    keystore.format = StoreFormat::jceks;
    CHECK(error_of([&] { encode_keystore(keystore, secret("password")); }).code() == Code::failed);
    CHECK(error_of([] {
              encrypt_entry_key(k_tiny_certificate, StoreFormat::jceks, Pkcs12Profile::modern, secret("password"));
          }).code() == Code::failed);
}

TEST_CASE("a JKS file of version 1 and bytes after the end are read as Java reads them", "[keystore]") {
    const Secret password = secret("password");
    Bytes version_1 = bytes({0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,    2,   0,
                             1,    'a',  0,    0,    0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0x30, 0x00});
    const Bytes digest = keystore::jks_digest(version_1, password);
    version_1.insert(version_1.end(), digest.begin(), digest.end());
    CHECK(decode_keystore(version_1, &password).keystore == trusting({"a"}));

    version_1.insert(version_1.end(), {1, 2, 3});
    const DecodedKeystore decoded = decode_keystore(version_1, &password);
    CHECK(decoded.integrity_verified);
    CHECK(has_finding(decoded, "keystore-trailing-bytes"));
}

TEST_CASE("a huge count or length in a JKS file allocates nothing", "[keystore]") {
    Bytes file = bytes({0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2, 0xFF, 0xFF, 0xFF, 0xFF});
    CHECK(error_of([&] { decode_keystore(file, nullptr); }).code() == Code::invalid_data);
    file = bytes({0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2, 0, 0, 0, 1,    0,    0,    0,   1,
                  0,    1,    'a',  0,    0, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF});
    CHECK(error_of([&] { decode_keystore(file, nullptr); }).code() == Code::invalid_data);
}
