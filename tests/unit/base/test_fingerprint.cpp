#include <catch2/catch.hpp>

#include "umsadm/base/fingerprint.hpp"

using namespace umsadm;

namespace {

const std::string k_hex = "ab0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";
const std::string k_text =
    "AB:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:FF";

}  // namespace

TEST_CASE("a fingerprint is read in every form and shown in one", "[base][fingerprint]") {
    for (const std::string& text : {k_hex, k_text, "sha256:" + k_hex, "SHA256:" + k_text}) {
        const auto fingerprint = Fingerprint::parse(text);
        REQUIRE(fingerprint);
        CHECK(fingerprint->to_string() == k_text);
        CHECK(fingerprint->hex() == k_hex);
        CHECK(fingerprint->bytes().size() == 32);
    }
    CHECK(Fingerprint::parse(k_hex) != Fingerprint());
}

TEST_CASE("a fingerprint of another length or with other characters is none", "[base][fingerprint]") {
    for (const std::string& text :
         {std::string(), k_hex.substr(1), k_hex + "0", k_hex.substr(0, 62), k_hex.substr(0, 63) + "g", ":" + k_text,
          k_text + ":", "sha1:" + k_hex, "sha256:sha256:" + k_hex, k_hex + " ", std::string(64, ' ')}) {
        INFO(text);
        CHECK_FALSE(Fingerprint::parse(text));
    }
}

TEST_CASE("the start of a fingerprint has at least eight digits", "[base][fingerprint]") {
    CHECK(parse_fingerprint_prefix("AB010203") == "ab010203");
    CHECK(parse_fingerprint_prefix("AB:01:02:03:0") == "ab0102030");
    CHECK(parse_fingerprint_prefix("sha256:AB:01:02:03") == "ab010203");
    CHECK(parse_fingerprint_prefix(k_text) == k_hex);
    for (const char* bad : {"", "ab01020", "sha256:", "sha256:ab0102", "AB:01:02:0", "A:B0:10:203", "AB::010203",
                            "AB010203:", ":AB010203", "ICG Berlin", "ab01020g"}) {
        INFO(bad);
        CHECK_FALSE(parse_fingerprint_prefix(bad));
    }
    CHECK_FALSE(parse_fingerprint_prefix(k_hex + "00"));
}

TEST_CASE("the set-up of a device gets a fingerprint in four parts of sixteen characters", "[base][fingerprint]") {
    const auto fingerprint = Fingerprint::parse("00112233445566778899aabbccddeeff0123456789abcdef0f1e2d3c4b5a6978");
    CHECK(fingerprint->parts() ==
          std::array<std::string, 4>{"0011223344556677", "8899AABBCCDDEEFF", "0123456789ABCDEF", "0F1E2D3C4B5A6978"});
}
