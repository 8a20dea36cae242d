#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/deploy/gateway_config.hpp"

using namespace umsadm;

namespace {

Error failure_of(std::string_view yaml) {
    try {
        read_gateway_config("application-prod.yml", yaml);
    } catch (const Error& error) {
        CHECK(error.code() == Code::invalid_data);
        CHECK(error.message().find("application-prod.yml") != std::string::npos);
        return error;
    }
    FAIL("no error");
    throw;
}

}  // namespace

TEST_CASE("read_gateway_config reads what the vendor writes", "[deploy][config]") {
    const GatewayConfig config = read_gateway_config("application-prod.yml", R"(
server:
  port: 8443
  ssl:
    key-store: /opt/IGEL/icg/usg/keys/keystore.jks
    key-store-password: "s3cret: #1"
    key-password: other
    key-alias: icg
    trust-store: file:///opt/IGEL/icg/usg/keys/keystore.jks
    trust-store-password: 's3cret: #1'
client:
  auth:
    activated: true
)");
    CHECK(config.keystore == "/opt/IGEL/icg/usg/keys/keystore.jks");
    CHECK(config.store_password.reveal() == "s3cret: #1");
    REQUIRE(config.key_password);
    CHECK(config.key_password->reveal() == "other");
    CHECK(config.alias == "icg");
    CHECK(config.trust_store == "/opt/IGEL/icg/usg/keys/keystore.jks");
    CHECK(config.port == 8443);
}

TEST_CASE("read_gateway_config understands every spelling that Spring does", "[deploy][config]") {
    const std::string_view yaml = GENERATE(
        "server.ssl.key-store: /k\nserver.ssl.key-store-password: pw\n",
        "server:\n  ssl.keyStore: file:/k\n  ssl.keyStorePassword: pw\n",
        "server.ssl:\n  key_store: /k\n  KEY_STORE_PASSWORD: 'pw'\n",
        "{\"server\": {\"ssl\": {\"key-store\": \"/k\", \"keyStorePassword\": \"pw\"}}}",
        "server: {ssl: {key-store: /x, key-store-password: x}}\n---\nspring.config.activate.on-profile: prod\n"
        "server.ssl: {key-store: /k, key-store-password: pw}\n---\nspring.profiles: dev\nserver.ssl.key-store: /dev\n");
    CAPTURE(yaml);
    const GatewayConfig config = read_gateway_config("application-prod.yml", yaml);
    CHECK(config.keystore == "/k");
    CHECK(config.store_password.reveal() == "pw");
    CHECK_FALSE(config.key_password);
    CHECK_FALSE(config.port);
    CHECK(read_keystore_path("application-prod.yml", yaml) == "/k");
}

TEST_CASE("read_gateway_config refuses what only the gateway can understand", "[deploy][config]") {
    const auto with = [](std::string_view path, std::string_view password) {
        return "server.ssl.key-store: " + std::string(path) +
               "\nserver.ssl.key-store-password: " + std::string(password) + "\n";
    };
    CHECK(failure_of(with("${ICG_HOME}/k", "pw")).message().find("server.ssl.key-store") != std::string::npos);
    CHECK(failure_of(with("/k", "${STORE_PW}")).message().find("key-store-password") != std::string::npos);
    CHECK(failure_of(with("classpath:k.jks", "pw")).message().find("absolute") != std::string::npos);
    CHECK(failure_of(with("keys/k.jks", "pw")).hint().find("--keystore") != std::string::npos);
    for (const std::string_view changed : {"0123", "1e5", "1.50", "yes", "0x1F", "1_000", "1:30", "-5", "+5"}) {
        CAPTURE(changed);
        const Error error = failure_of(with("/k", changed));
        CHECK(error.message().find("without quotes") != std::string::npos);
        CHECK(read_gateway_config("f", with("/k", "'" + std::string(changed) + "'")).store_password.reveal() ==
              changed);
    }
    CHECK(failure_of(with("/k", "null")).message().find("is missing") != std::string::npos);
    for (const std::string_view same : {"12345", "0", "3f9a0c", "1e5f", "changeit", "a:b", "12ab", "0899x"}) {
        CAPTURE(same);
        CHECK(read_gateway_config("f", with("/k", same)).store_password.reveal() == same);
    }
}

TEST_CASE("read_gateway_config names field and file, never a value", "[deploy][config]") {
    const std::string_view broken =
        GENERATE("server.ssl.key-store-password: MARKER\n", "server.ssl.key-store: /k\n", "", "[]", "MARKER",
                 "server.ssl.key-store: *MARKER\n", "a: [MARKER\nb: }", "\"MARKER", "a: MARKER: b: c",
                 "server.ssl.key-store: MARKER\nserver.ssl.key-store: /b\n",
                 "server.ssl: {key-store: /a, keyStore: /b, key-store-password: MARKER}\n");
    CAPTURE(broken);
    const Error error = failure_of(broken);
    CHECK(error.message().find("MARKER") == std::string::npos);
    CHECK(error.hint().find("MARKER") == std::string::npos);
}

TEST_CASE("read_gateway_config is not blown up by aliases or depth", "[deploy][config]") {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " {";
        for (int j = 0; j < 10; ++j) bomb += "k" + std::to_string(j) + ": " + before + (j == 9 ? "}\n" : ", ");
    }
    failure_of(bomb);
    failure_of(std::string(100'000, '['));
    std::string deep;
    for (int i = 0; i < 500; ++i) deep += "{a: ";
    failure_of(deep + "1" + std::string(500, '}'));
}
