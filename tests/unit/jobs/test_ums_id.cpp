#include <catch2/catch.hpp>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/jobs/ums_id.hpp"

#include "unit/error_of.hpp"
#include "unit/jobs/ums_id_fixture.hpp"

using namespace umsadm;
using umsadm::test::error_of;
using umsadm::test::make_ums_id;

namespace {

const Secret& password() {
    static const Secret secret{std::string_view("file-secret")};
    return secret;
}

Bytes bytes_of(const std::string& text) { return to_bytes(as_bytes(text)); }

UmsIdReading listed(const std::optional<Fingerprint>& fingerprint, Bytes certificate) {
    UmsIdReading reading;
    reading.present = true;
    reading.fingerprint = fingerprint;
    reading.certificate = std::move(certificate);
    return reading;
}

}  // namespace

TEST_CASE("the UMS ID text is the certificate in Base64, and its short form both ends of it", "[jobs][ums-id]") {
    const UmsId id = make_ums_id();
    const std::string text = ums_id_text(id.certificate);
    CHECK(base64_decode(text) == id.certificate.der());
    const std::string short_form = ums_id_short(id.certificate);
    CHECK(short_form.size() == 23);
    CHECK(short_form == text.substr(0, 10) + "..." + text.substr(text.size() - 10));
}

TEST_CASE("a server without a UMS ID is identified as having none", "[jobs][ums-id]") {
    const ServerUmsId seen = identify({}, nullptr);
    CHECK_FALSE(seen.fingerprint);
    CHECK_FALSE(seen.certificate);
}

TEST_CASE("a listed fingerprint is enough, an exported certificate says more", "[jobs][ums-id]") {
    const UmsId id = make_ums_id();
    const Fingerprint fingerprint = id.certificate.fingerprint();
    const ServerUmsId by_list = identify(listed(fingerprint, {}), nullptr);
    CHECK(by_list.fingerprint == fingerprint);
    CHECK_FALSE(by_list.certificate);
    for (const Bytes& exported : {bytes_of(id.certificate.pem()), id.certificate.der(),
                                  bytes_of("Bag Attributes\n" + id.certificate.pem() + "\n")}) {
        const ServerUmsId by_export = identify(listed(std::nullopt, exported), nullptr);
        CHECK(by_export.fingerprint == fingerprint);
        REQUIRE(by_export.certificate);
        CHECK(*by_export.certificate == id.certificate);
        CHECK(identify(listed(fingerprint, exported), nullptr).fingerprint == fingerprint);
    }
}

TEST_CASE("a restart that is due is passed on", "[jobs][ums-id]") {
    UmsIdReading reading = listed(make_ums_id().certificate.fingerprint(), {});
    CHECK_FALSE(identify(reading, nullptr).restart_pending);
    reading.restart_pending = true;
    CHECK(identify(reading, nullptr).restart_pending);
}

TEST_CASE("a server whose list and export disagree is not understood", "[jobs][ums-id]") {
    const UmsId id = make_ums_id();
    const UmsId other = make_ums_id();
    const auto refusal = [](const UmsIdReading& reading) {
        const Error error = error_of([&] { (void)identify(reading, nullptr); });
        CHECK(error.code() == Code::invalid_data);
        return error.message();
    };
    const std::string message = refusal(listed(other.certificate.fingerprint(), id.certificate.der()));
    CHECK(message.find(id.certificate.fingerprint().to_string()) != std::string::npos);
    CHECK(message.find(other.certificate.fingerprint().to_string()) != std::string::npos);
    CHECK(refusal(listed(std::nullopt, bytes_of(id.certificate.pem() + other.certificate.pem()))) ==
          "the server exported 2 certificates as its UMS ID");
    (void)refusal(listed(std::nullopt, bytes_of("no certificate")));
    (void)refusal(listed(std::nullopt, {}));
}

TEST_CASE("a file store is read with its password, trusted entries beside the UMS ID", "[jobs][ums-id]") {
    const UmsId id = make_ums_id();
    UmsIdReading reading;
    reading.present = true;
    reading.file = write_ums_id_backup(id, password());
    reading.restart_pending = true;
    const ServerUmsId seen = identify(reading, &password());
    CHECK(seen.fingerprint == id.certificate.fingerprint());
    REQUIRE(seen.certificate);
    CHECK(*seen.certificate == id.certificate);
    CHECK(seen.restart_pending);
    const Secret wrong{std::string_view("wrong")};
    CHECK(error_of([&] { (void)identify(reading, &wrong); }).code() == Code::invalid_data);
    CHECK(error_of([&] { (void)identify(reading, nullptr); }).code() == Code::invalid_data);
}

TEST_CASE("the status is said in the exact words of the UMS Console", "[jobs][ums-id]") {
    const Fingerprint main = make_ums_id().certificate.fingerprint();
    const Fingerprint other = make_ums_id().certificate.fingerprint();
    struct Case {
        bool is_main_server;
        std::optional<Fingerprint> site;
        std::optional<ServerUmsId> seen;
        std::string text;
    };
    const std::vector<Case> cases{
        {true, main, ServerUmsId{main, {}, false}, "Main UMS ID"},
        {false, main, ServerUmsId{main, {}, false}, "In sync"},
        {true, main, ServerUmsId{main, {}, true}, "Not in sync, please restart server"},
        {false, main, ServerUmsId{main, {}, true}, "Not in sync, please restart server"},
        {true, main, ServerUmsId{other, {}, false}, "Not in sync, please restart server"},
        {false, main, ServerUmsId{other, {}, false}, "Not in sync, please restart server"},
        {false, main, ServerUmsId{{}, {}, false}, "Not in sync, please restart server"},
        {true, main, std::nullopt, "Unknown"},
        {false, std::nullopt, ServerUmsId{main, {}, false}, "Unknown"},
    };
    for (const Case& one : cases) {
        CHECK(ums_id_status_text(status_of(one.is_main_server, one.site, one.seen)) == one.text);
    }
    CHECK(server_status_text(true) == "Running");
    CHECK(server_status_text(false) == "Not running");
}
