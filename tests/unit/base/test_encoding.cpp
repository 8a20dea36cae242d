#include <catch2/catch.hpp>

#include "umsadm/base/encoding.hpp"

using namespace umsadm;

TEST_CASE("hex is written in lower case and read in either", "[base][encoding]") {
    const Bytes bytes{0x00, 0x9A, 0xFF};
    CHECK(hex_encode(bytes) == "009aff");
    CHECK(hex_decode("009aff") == bytes);
    CHECK(hex_decode("009AfF") == bytes);
    CHECK(hex_decode("") == Bytes{});
    for (const char* bad : {"0", "0g", " 00", "0x00", "00 ", "-1", "00:11"}) {
        INFO(bad);
        CHECK_FALSE(hex_decode(bad));
    }
}

TEST_CASE("Base64 follows the vectors of RFC 4648", "[base][encoding]") {
    const std::vector<std::pair<std::string, std::string>> vectors{{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : vectors) {
        INFO(plain);
        CHECK(base64_encode(as_bytes(plain)) == encoded);
        CHECK(base64_decode(encoded) == to_bytes(as_bytes(plain)));
        CHECK(base64_encode(as_bytes(plain), Padding::no) == encoded.substr(0, encoded.find('=')));
    }
    CHECK(base64_encode(Bytes{0xFB, 0xFF}) == "+/8=");
}

TEST_CASE("Base64 is read strictly", "[base][encoding]") {
    for (const char* bad : {"Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n",
                            "Zm9v=", "Z=9v", "Zg==Zg==", "-_8=", "Zm9\xff"}) {
        INFO(bad);
        CHECK_FALSE(base64_decode(bad));
    }
    CHECK_FALSE(base64_decode(std::string_view("Zm\0v", 4)));
}

TEST_CASE("every byte survives Base64 and hex in every position", "[base][encoding]") {
    Bytes bytes;
    for (int i = 0; i < 256 * 3 + 2; ++i) {
        bytes.push_back(static_cast<std::uint8_t>((i * 7) % 256));
        if (i % 50 != 0 && i < 700) continue;
        CHECK(base64_decode(base64_encode(bytes)) == bytes);
        CHECK(hex_decode(hex_encode(bytes)) == bytes);
    }
}
