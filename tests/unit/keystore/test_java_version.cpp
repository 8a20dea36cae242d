#include <catch2/catch.hpp>

#include "umsadm/keystore/java_version.hpp"

#include "unit/error_of.hpp"

using namespace umsadm;
using namespace umsadm::test;

TEST_CASE("pkcs12_profile_for_java knows from which update on a Java reads modern algorithms", "[keystore]") {
    for (const std::string_view version : {"8u301", "1.8.0_301", "8u402-b06", "1.8.0_402", "7u311", "11.0.12",
                                           "11.0.21+9", "12", "17", "17.0.8.1", "17.0.9+9", "21.0.2", "25"}) {
        CAPTURE(version);
        CHECK(pkcs12_profile_for_java(version) == Pkcs12Profile::modern);
    }
    for (const std::string_view version : {"8u292", "1.8.0_292", "8", "1.8", "8u300", "7u310", "6u45", "9", "10.0.2",
                                           "11", "11.0", "11.0.11", "11.0.11+9"}) {
        CAPTURE(version);
        CHECK(pkcs12_profile_for_java(version) == Pkcs12Profile::compatible);
    }
}

TEST_CASE("pkcs12_profile_for_java refuses what is no version", "[keystore]") {
    for (const std::string_view text : {"", "u", "java", "0", "-8", "8x", "8u", "8uu1", "11.", "11.0.", "11,0", "1.",
                                        "99999999999999", "8u99999999999999", "17 ", " 17"}) {
        CAPTURE(text);
        const Error error = error_of([&] { pkcs12_profile_for_java(text); });
        CHECK(error.code() == Code::usage);
        CHECK_FALSE(error.hint().empty());
    }
}
