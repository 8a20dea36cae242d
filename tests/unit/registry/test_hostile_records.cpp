#include <chrono>
#include <fstream>

#include <catch2/catch.hpp>

#include "umsadm/registry/gateway.hpp"

#include "unit/error_of.hpp"
#include "unit/temp_folder.hpp"

using namespace umsadm;
using umsadm::test::error_of;
using umsadm::test::TempFolder;

namespace {

const std::string k_good =
    R"({"schema":1,"name":"berlin","host":"a.example","port":8443,"install_path":"/o","health":"auto","wait_seconds":90})";

std::string with(const std::string& from, const std::string& to) {
    std::string text = k_good;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

struct Record {
    Record() : site(Site::create(temp / "site")) {}
    Error load(const std::string& text) const {
        std::ofstream(path(), std::ios::binary) << text;
        return error_of([&] { (void)load_gateway(site, "berlin"); });
    }
    Path path() const { return site.gateways() / "berlin.json"; }

    TempFolder temp;
    Site site;
};

}  // namespace

TEST_CASE("a record is refused naming file and field", "[registry][hostile]") {
    struct Wrong {
        std::string text;
        std::string message;
    };
    const std::vector<Wrong> wrongs{
        {with("8443", "\"8443\""), "field \"port\" must be a number from 1 to 65535"},
        {with("8443", "0"), "field \"port\" must be a number from 1 to 65535"},
        {with("8443", "65536"), "field \"port\" must be a number from 1 to 65535"},
        {with("8443", "-1"), "field \"port\" must be a number from 1 to 65535"},
        {with("8443", "8443.5"), "field \"port\" must be a number from 1 to 65535"},
        {with("8443", "1e2"), "field \"port\" must be a number from 1 to 65535"},
        {with("8443", "18446744073709551615"), "field \"port\" must be a number from 1 to 65535"},
        {with("8443", "99999999999999999999999"), "field \"port\" must be a number from 1 to 65535"},
        {with("8443", "null"), "field \"port\" must be a number from 1 to 65535"},
        {with("8443", "true"), "field \"port\" must be a number from 1 to 65535"},
        {with("8443", "1e999"), "a number in the JSON is too large"},
        {with("\"port\":8443,", ""), "field \"port\" is missing"},
        {with("\"a.example\"", "[\"a.example\"]"), "field \"host\" must be a text"},
        {with("\"a.example\"", "\"\""), "field \"host\" must be a DNS name or an IP address"},
        {with("\"a.example\"", "\"*.example\""), "field \"host\" must be a DNS name or an IP address"},
        {with("\"a.example\"", "\"a\\u0000b\""), "field \"host\" must be a DNS name or an IP address"},
        {with("\"auto\"", "\"maybe\""), "field \"health\" must be one of auto, require, off"},
        {with("\"berlin\"", "\"hamburg\""), "field \"name\" must be \"berlin\", as the file is called"},
        {with("\"port\"", "\"prot\":1,\"port\""), "field \"prot\" is not known"},
        {with("\"port\"", "\"\\u001b[31m\":1,\"port\""), "field \"\\x1b[31m\" is not known"},
        {with("\"port\"", "\"ssh_agent\":1,\"port\""), "field \"ssh_agent\" must be true or false"},
        {with("\"port\"", "\"ssh_keys\":\"a\",\"port\""), "field \"ssh_keys\" must be a list of texts"},
        {with("\"port\"", "\"ssh_keys\":[\"a\",1],\"port\""), "field \"ssh_keys\" must be a list of texts"},
        {with("\"port\"", "\"ssh_user\":\"icg\",\"port\""),
         "field \"ssh_user\" must not be \"icg\", the gateway's own service user"},
        {with("\"port\"", "\"labels\":{\"a\":1},\"port\""), "field \"labels\" must be an object of texts"},
        {with("\"port\"", "\"labels\":{\"a\":{\"a\":{}}},\"port\""), "field \"labels\" must be an object of texts"},
        {with("\"port\"", "\"ssh_password\":\"fd:3\",\"port\""),
         "field \"ssh_password\" must be file:PATH or env:NAME"},
        {with("\"port\"", "\"port\":1,\"port\""), "field \"port\" is there twice"},
        {with("\"port\"", "\"labels\":{\"a\":\"\",\"a\":\"\"},\"port\""), "field \"a\" is there twice"},
        {with("\"schema\":1", "\"schema\":2"), "this file was written by a newer umsadm (schema 2, this one knows 1)"},
        {with("\"schema\":1", "\"schema\":0"), "field \"schema\" must be a number from 1 to 9223372036854775807"},
        {with("\"schema\":1,", ""), "field \"schema\" is missing"},
        {with("a.example", "a\xff.example"), "not valid JSON at line 1"},
        {with("a.example", "a\xc0\xaf.example"), "not valid JSON at line 1"},
        {"", "not valid JSON at line 1"},
        {std::string(3, '\0'), "not valid JSON at line 1"},
        {"\n\n{\"schema\": 1,,}", "not valid JSON at line 3"},
        {k_good + k_good, "not valid JSON at line 1"},
        {k_good + " // note", "not valid JSON at line 1"},
        {"null", "this is not a JSON object"},
        {"[" + k_good + "]", "this is not a JSON object"},
        {std::string(500'000, '['), "the JSON is nested too deeply"},
    };
    const Record record;
    for (const Wrong& wrong : wrongs) {
        INFO(wrong.text.substr(0, 200));
        const Error error = record.load(wrong.text);
        CHECK(error.code() == Code::invalid_data);
        CHECK(error.message() == wrong.message);
        CHECK_FALSE(error.hint().empty());
        REQUIRE(error.frames().size() == 1);
        CHECK(error.frames()[0] == "reading " + record.path().string());
    }
}

TEST_CASE("every cut and every flipped byte of a record is an error or a whole record, never a crash",
          "[registry][hostile]") {
    const Record record;
    const auto load = [&](const std::string& text) {
        std::ofstream(record.path(), std::ios::binary) << text;
        try {
            (void)load_gateway(record.site, "berlin");
        } catch (const Error& error) {
            CHECK(error.code() == Code::invalid_data);
        }
    };
    for (std::size_t i = 0; i < k_good.size(); ++i) {
        CHECK(record.load(k_good.substr(0, i)).code() == Code::invalid_data);
        for (const char bit : {'\x01', '\x20', '\x80'}) {
            std::string text = k_good;
            text[i] = static_cast<char>(text[i] ^ bit);
            load(text);
        }
    }
}

TEST_CASE("a huge record is refused before it is parsed, and one with very many fields soon after",
          "[registry][hostile]") {
    const Record record;
    CHECK(record.load(std::string((1U << 20U) + 1, ' ')).message().find("is larger than 1048576 bytes") !=
          std::string::npos);
    std::string many = "{\"schema\":1";
    for (int i = 0; many.size() < (1U << 20U) - 20; ++i) many += ",\"" + std::to_string(i) + "\":0";
    const auto start = std::chrono::steady_clock::now();
    CHECK(record.load(many + "}").message() == "an object in the JSON has more than 1000 fields");
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
}

TEST_CASE("what is no record beside the records is passed over, what pretends to be one is not",
          "[registry][hostile]") {
    const Record record;
    std::ofstream(record.path()) << k_good;
    std::ofstream(record.site.gateways() / "berlin.json~") << "draft of an editor";
    std::ofstream(record.site.gateways() / ".tmp-berlin.json-00") << "{";
    CHECK(load_gateways(record.site).size() == 1);
    std::filesystem::create_directory(record.site.gateways() / "hamburg.json");
    const Error error = error_of([&] { (void)load_gateways(record.site); });
    CHECK(error.code() == Code::invalid_data);
    CHECK(error.message().find("is not a regular file") != std::string::npos);
}
