#include <algorithm>
#include <string>

#include <catch2/catch.hpp>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/text.hpp"

#include "lib/deploy/ums_id_listing.hpp"

using namespace umsadm;

namespace {

const std::string k_colons =
    "E5:96:34:76:27:80:E0:47:38:E5:0B:BC:43:AF:0C:E6:D4:2D:26:C3:1C:0C:CE:64:AC:84:88:34:9A:2A:E6:44";
const std::string k_other(64, 'a');

std::string replaced(std::string text, char what, std::string_view with) {
    std::string result;
    for (const char c : text) {
        if (c == what) {
            result += with;
        } else {
            result += c;
        }
    }
    return result;
}

std::string plain() { return replaced(k_colons, ':', ""); }
std::string base64() { return base64_encode(Fingerprint::parse(k_colons)->bytes()); }

bool is_found(const std::string& text) {
    const std::vector<Fingerprint> found = find_fingerprints(text);
    return found.size() == 1 && found.front().to_string() == k_colons;
}

// Digits joined in groups of `size`.
std::string grouped(std::size_t size, char separator) {
    std::string text;
    for (std::size_t at = 0; at < plain().size(); at += size) {
        if (at > 0) text += separator;
        text += plain().substr(at, size);
    }
    return text;
}

}  // namespace

TEST_CASE("find_fingerprints reads every notation in every column", "[deploy][ums-id]") {
    std::vector<std::string> notations{k_colons, to_lower(k_colons), plain(), to_lower(plain()), base64()};
    for (const char separator : {':', '-', '.', ' '}) {
        for (const std::size_t size : {2, 4, 8, 16, 32}) notations.push_back(grouped(size, separator));
    }
    notations.push_back("SHA256:" + base64().substr(0, 43));
    notations.push_back("sha256:" + plain());
    notations.push_back("SHA-256 Fingerprint=" + k_colons);
    notations.push_back("sha256 Fingerprint=" + k_colons);
    for (const std::string& notation : notations) {
        CAPTURE(notation);
        CHECK(is_found(notation));
        CHECK(is_found("ums1;" + notation + ";2046-11-21"));
        CHECK(is_found(notation + ";ums1;2046-11-21"));
        CHECK(is_found("2046-11-21;true;" + notation));
        CHECK(is_found("ums1;" + notation + "\r\nnothing;else\r\n"));
        CHECK(is_found("\"ums1\",\"" + notation + "\",\"2046\""));
        CHECK(is_found("ums1\t" + notation + "\ttrue"));
        CHECK(is_found("MIIBfTCCAS...1pZftTUg==;" + notation + ";true"));
        CHECK(is_found("FINGERPRINT (SHA256)\n" + notation + "\n" + notation + "\n"));
        CHECK(is_found("(" + notation + ")"));
    }
}

TEST_CASE("find_fingerprints stands text around a fingerprint of one word", "[deploy][ums-id]") {
    for (const std::string& notation : {k_colons, plain(), base64()}) {
        CAPTURE(notation);
        CHECK(is_found("ums1   " + notation + "   2046-11-21   20"));
        CHECK(is_found("20 40 " + notation + " 20 40"));
        CHECK(is_found("fingerprint: " + notation + "."));
    }
}

TEST_CASE("find_fingerprints takes nothing that is longer, shorter or something else", "[deploy][ums-id]") {
    const std::vector<std::string> others{
        "",
        ";;;",
        "no UMS ID",
        k_colons.substr(3),  // 31 bytes
        "AB:" + k_colons,    // 33 bytes
        k_colons + ":AB",
        plain() + "AB",
        "AB" + plain(),
        plain() + plain(),  // SHA-512
        "x" + plain(),
        plain() + "x",
        plain().substr(0, 63),
        k_colons.substr(0, 59),  // SHA-1
        plain().substr(0, 40),
        replaced(k_colons, '6', "G"),
        grouped(1, ':'),
        base64().substr(0, 43),  // any word of 43 letters
        base64() + "AAAA",
        "AAAA" + base64(),
        base64().substr(1),
        "SHA512:" + base64().substr(0, 43),
        "/usr/local/share/ca-certificates/somewhere1",
        grouped(2, ':').substr(0, 47) + "-" + grouped(2, ':').substr(48),
        "20 " + grouped(2, ' '),  // cannot be told from a longer one
        grouped(2, ' ') + " 20",
        std::string(100'000, 'a'),
        std::string(100'000, ':'),
    };
    for (const std::string& text : others) {
        CAPTURE(text.substr(0, 200));
        CHECK(find_fingerprints(text).empty());
    }
}

TEST_CASE("find_fingerprints finds each fingerprint once, in the order of the text", "[deploy][ums-id]") {
    const auto found = find_fingerprints(k_other + ";x\n" + k_colons + ";" + base64() + "\n" + to_upper(k_other));
    REQUIRE(found.size() == 2);
    CHECK(found[0].hex() == k_other);
    CHECK(found[1].to_string() == k_colons);
}

TEST_CASE("find_fingerprints stands every byte", "[deploy][ums-id]") {
    std::string every;
    for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
    CHECK(find_fingerprints(every).empty());
    CHECK(is_found(every + "\n" + k_colons + "\n" + every));
    for (std::size_t cut = 0; cut < k_colons.size(); ++cut) CHECK(find_fingerprints(k_colons.substr(0, cut)).empty());
}
