#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"

#include "lib/deploy/http_reply.hpp"

using namespace umsadm;

namespace {

const std::string k_ok = "{\"status\": \"ok\"}";

Health health_of(std::string_view body, int status = 200) { return read_check_status({status, std::string(body)}); }

}  // namespace

TEST_CASE("read_http_reply takes an answer only when it is whole", "[deploy][http]") {
    const std::string reply = GENERATE(
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"status\": \"ok\"}"),
        std::string("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 \r\ncontent-length:16\r\n\r\n{\"status\": \"ok\"}"),
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6;x=y\r\n{\"stat\r\nA\r\nus\": \"ok\"}\r\n"
                    "0\r\n\r\n"));
    for (std::size_t size = 0; size + 2 < reply.size(); ++size) {
        CAPTURE(size);
        const auto part = read_http_reply(std::string_view(reply).substr(0, size), false);
        if (part) CHECK(part->body == k_ok);
    }
    CHECK_FALSE(read_http_reply(std::string_view(reply).substr(0, reply.size() - 8), false));
    CHECK_THROWS_AS(read_http_reply(std::string_view(reply).substr(0, reply.size() - 8), true), Error);
    const auto whole = read_http_reply(reply, false);
    REQUIRE(whole);
    CHECK(whole->status == 200);
    CHECK(whole->body == k_ok);
}

TEST_CASE("read_http_reply reads a body without a length to the end of the connection", "[deploy][http]") {
    const std::string reply = "HTTP/1.0 200 OK\r\n\r\n" + k_ok;
    CHECK_FALSE(read_http_reply(reply, false));
    CHECK(read_http_reply(reply, true)->body == k_ok);
}

TEST_CASE("read_http_reply refuses what is no HTTP", "[deploy][http]") {
    const std::string_view text = GENERATE("SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
                                           "HTTP/2 200\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                                           "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n");
    CAPTURE(text);
    CHECK_THROWS_AS(read_http_reply(text, true), Error);
}

TEST_CASE("read_check_status is lenient about quotes and strict about words", "[deploy][http]") {
    CHECK(health_of(k_ok) == Health::ok);
    CHECK(health_of("{ \"status\" :\"WARN\" , \"x\": 1}") == Health::warn);
    CHECK(health_of("{\xE2\x80\x9C"
                    "status\xE2\x80\x9D: \xE2\x80\x9E"
                    "err\xE2\x80\x9C}") == Health::err);
    CHECK(health_of("{'status': 'init'}") == Health::init);
    CHECK(health_of("{\"status\": \"okay\"}") == Health::unknown);
    CHECK(health_of("{\"status\": ok}") == Health::unknown);
    CHECK(health_of("{\"status\": \"absent\"}") == Health::unknown);
    CHECK(health_of("<html>status ok</html>") == Health::unknown);
    CHECK(health_of("{\"status") == Health::unknown);
    CHECK(health_of("\xE2\x80") == Health::unknown);
    CHECK(health_of(k_ok, 404) == Health::absent);
    CHECK(health_of(k_ok, 503) == Health::unknown);
    CHECK(health_of(k_ok, 302) == Health::unknown);
}
