#include <algorithm>

#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/crypto/certificate_details.hpp"

#include "unit/crypto/openssl_referee.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

// A certificate with other bytes: `from` is there once and as long as `to`. The signature does not matter here.
Certificate patched(const Certificate& certificate, const std::string& from, const std::string& to) {
    Bytes der = certificate.der();
    const auto at = std::search(der.begin(), der.end(), from.begin(), from.end());
    REQUIRE(at != der.end());
    REQUIRE(from.size() == to.size());
    std::copy(to.begin(), to.end(), at);
    return Certificate::from_der(der);
}

const ExtensionDetails& named(const CertificateDetails& details, const std::string& name) {
    const auto at = std::find_if(details.extensions.begin(), details.extensions.end(),
                                 [&](const ExtensionDetails& extension) { return extension.name == name; });
    REQUIRE(at != details.extensions.end());
    return *at;
}

}  // namespace

TEST_CASE("details_of reads serial numbers as they are encoded", "[crypto]") {
    const OpensslReferee openssl;
    const auto with_serial = [&](const std::string& serial) {
        return details_of(openssl.self_signed("a", "/CN=A", k_ca, 3650, "-set_serial " + serial));
    };
    CHECK(with_serial("1").serial_is_positive);
    CHECK(with_serial("1").serial_octets == 1);
    CHECK_FALSE(with_serial("0").serial_is_positive);
    CHECK_FALSE(with_serial("-1").serial_is_positive);
    CHECK(with_serial("0x7F00000000000000000000000000000000000000").serial_octets == 20);
    CHECK(with_serial("0x8000000000000000000000000000000000000000").serial_octets == 21);
    CHECK(with_serial("0x8000000000000000000000000000000000000000").serial_is_positive);
}

TEST_CASE("details_of tells how dates are encoded", "[crypto]") {
    const OpensslReferee openssl;
    CHECK(details_of(openssl.self_signed("short", "/CN=A", k_ca, 365)).validity_is_well_encoded);
    const Certificate beyond_2050 = openssl.self_signed("long", "/CN=A", k_ca, 365 * 40);
    CHECK(details_of(beyond_2050).validity_is_well_encoded);
    // A date of this century as GeneralizedTime: the year 2066 becomes 2046.
    const Certificate early = patched(beyond_2050, "206", "204");
    CHECK(early.not_after() < beyond_2050.not_after());
    CHECK_FALSE(details_of(early).validity_is_well_encoded);
}

TEST_CASE("details_of lists extensions with what is odd about them", "[crypto]") {
    const OpensslReferee openssl;
    const Certificate certificate = openssl.self_signed(
        "a", "/CN=A",
        k_ca + "1.2.3.4.5=critical,DER:0500\nnameConstraints=DER:04\nsubjectAltName=DNS:a.example,email:x@y.example\n");
    const CertificateDetails details = details_of(certificate);
    CHECK(details.version == 3);
    CHECK(details.has_subject_key_identifier);
    CHECK_FALSE(details.has_authority_key_identifier);
    CHECK(details.has_key_usage);
    CHECK(details.claims_to_sign_certificates);
    CHECK_FALSE(details.has_path_length);
    CHECK(details.other_alternative_names == std::vector<std::string>{"an e-mail address"});
    CHECK(named(details, "X509v3 Basic Constraints").critical);
    CHECK_FALSE(named(details, "1.2.3.4.5").known);
    CHECK(named(details, "1.2.3.4.5").readable);
    CHECK_FALSE(named(details, "X509v3 Name Constraints").readable);
    CHECK(std::none_of(details.extensions.begin(), details.extensions.end(),
                       [](const ExtensionDetails& extension) { return extension.repeated; }));

    // The key usage becomes a second basicConstraints (2.5.29.19): there twice, and unreadable as that.
    const std::string usage("\x55\x1d\x0f", 3);
    const std::string constraints("\x55\x1d\x13", 3);
    const CertificateDetails twice = details_of(patched(certificate, usage, constraints));
    CHECK(std::count_if(twice.extensions.begin(), twice.extensions.end(),
                        [](const ExtensionDetails& extension) { return extension.repeated; }) == 1);
}

TEST_CASE("details_of finds control characters and missing names", "[crypto]") {
    const OpensslReferee openssl;
    const Certificate plain = openssl.self_signed("a", "/CN=icg.example.com-evil", k_ca);
    CHECK_FALSE(details_of(plain).names_hold_control_characters);
    CHECK(details_of(plain).has_subject);
    // Only the first of the two names that a self-signed certificate has: the issuer's.
    CHECK(details_of(patched(plain, "example.com-evil", std::string("example.com\0evil", 16)))
              .names_hold_control_characters);
    const CertificateDetails nameless = details_of(openssl.self_signed("b", "/", k_ca));
    CHECK_FALSE(nameless.has_subject);
    CHECK_FALSE(nameless.has_issuer);
}

TEST_CASE("details_of survives each bit of a certificate turned over", "[crypto]") {
    const OpensslReferee openssl;
    const Certificate certificate =
        openssl.self_signed("a", "/CN=A", k_ca + "subjectAltName=DNS:a.example,URI:http://a.example/,IP:10.0.0.5\n");
    std::size_t read = 0;
    for (std::size_t bit = 0; bit < certificate.der().size() * 8; ++bit) {
        Bytes der = certificate.der();
        der[bit / 8] = static_cast<std::uint8_t>(der[bit / 8] ^ (1U << (bit % 8)));
        try {
            const CertificateDetails details = details_of(Certificate::from_der(der));
            CHECK((details.version >= 0 && details.version <= 3));
            ++read;
        } catch (const Error& error) {
            REQUIRE(error.code() == Code::invalid_data);
        }
    }
    CHECK(read > 1000);
}
