#include <catch2/catch.hpp>

#include "umsadm/pki/ums_id.hpp"

#include "unit/crypto/openssl_referee.hpp"
#include "unit/pki/site.hpp"

using namespace umsadm;
using namespace umsadm::test;

TEST_CASE("issue_ums_id makes what the UMS makes: RSA 4096, SHA-512, 20 years, self-signed, no host", "[pki][ums-id]") {
    const UtcTime leap_day = *parse_utc("2080-02-29T10:00:00Z");
    const Issued made = issue_ums_id(leap_day);
    const Certificate& certificate = made.certificate;
    CHECK(certificate.subject() == "CN=UMS ID");
    CHECK(certificate.key().to_string() == "rsa:4096");
    CHECK(certificate.signature_digest() == "sha512");
    CHECK(certificate.is_self_signed());
    CHECK(certificate.not_before() == leap_day - std::chrono::hours(1));
    CHECK(certificate.not_after() == *parse_utc("2100-02-28T10:00:00Z"));
    CHECK_FALSE(certificate.has_subject_alt_name());
    CHECK(certificate.basic_constraints() == BasicConstraints{false, std::nullopt});
    CHECK(made.key.fits(certificate));

    const OpensslReferee referee;
    write_text(referee.folder() / "id.pem", certificate.pem());
    const std::string text = referee.must("openssl x509 -in id.pem -noout -text");
    CHECK(text.find("Public-Key: (4096 bit)") != std::string::npos);
    CHECK(text.find("sha512WithRSAEncryption") != std::string::npos);
    CHECK(text.find("DNS:") == std::string::npos);
    CHECK(text.find("IP Address:") == std::string::npos);
    // Whoever trusts this certificate itself takes its signature.
    CHECK(referee.must("openssl verify -partial_chain -check_ss_sig -no_check_time -CAfile id.pem id.pem") ==
          "id.pem: OK\n");
    if (!has_tool("keytool")) return;
    const std::string read = referee.must("keytool -printcert -file id.pem");
    CHECK(read.find(certificate.fingerprint().to_string()) != std::string::npos);
}

TEST_CASE("two UMS IDs are never the same, and end in 20 calendar years", "[pki][ums-id]") {
    const Issued one = issue_ums_id(k_now);
    const Issued other = issue_ums_id(k_now);
    CHECK(one.certificate.fingerprint() != other.certificate.fingerprint());
    CHECK(one.certificate.public_key_der() != other.certificate.public_key_der());
    const auto begin = std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(k_now));
    const auto end = std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(one.certificate.not_after()));
    CHECK(end == begin + std::chrono::years(20));
}
