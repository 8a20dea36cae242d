#include <string>

#include <catch2/catch.hpp>

#include "unit/crypto/openssl_referee.hpp"
#include "unit/pki/site.hpp"
#include "unit/pki/verdict.hpp"

using namespace umsadm;
using namespace umsadm::test;
using std::chrono::days;

TEST_CASE("check_compatibility rejects a new certificate that lost a DNS name or an address", "[pki]") {
    const Holder root = make_root("Root");
    const auto check = [&](const std::string& current, const std::string& next) {
        CompatibilityRequest request = request_for(make_leaf(root, next), make_leaf(root, current));
        request.gateway_host.reset();
        Findings findings = check_compatibility(request, k_now);
        std::string text;
        for (const Finding& finding : findings) {
            const bool missing = finding.code == "host-missing" && finding.severity == Severity::error;
            const bool added = finding.code == "host-added" && finding.severity == Severity::info;
            CHECK((missing || added));
            text += (text.empty() ? "" : "; ") + finding.text;
        }
        return text;
    };
    CHECK(check("icg.example.com", "b.example.com") ==
          "certificate \"ICG Berlin@3\" lacks the name \"icg.example.com\" of the current certificate; "
          "certificate \"ICG Berlin@3\" has the name \"b.example.com\", which the current certificate lacks");
    CHECK(check("a.example;10.0.0.5;b.example", "b.example") ==
          "certificate \"ICG Berlin@3\" lacks the name \"a.example\" of the current certificate; "
          "certificate \"ICG Berlin@3\" lacks the IP address \"10.0.0.5\" of the current certificate");
    CHECK(check("icg.example.com", "*.example.com").find("lacks the name \"icg") == std::string::npos);
    CHECK(check("*.example.com", "icg.example.com") ==
          "certificate \"ICG Berlin@3\" lacks the name \"*.example.com\" of the current certificate");
    CHECK(check("a.b.example.com", "*.example.com").find("lacks the name \"a.b.example.com\"") != std::string::npos);
    CHECK(check("example.com", "*.example.com").find("lacks the name \"example.com\"") != std::string::npos);
    CHECK(check("a.example", "a.example;10.0.0.9") ==
          "certificate \"ICG Berlin@3\" has the IP address \"10.0.0.9\", which the current certificate lacks");
    CHECK(check("2001:db8:0::1", "2001:DB8::1").empty());
}

TEST_CASE("check_compatibility also keeps names that are no host names by the rules", "[pki]") {
    const OpensslReferee referee;
    referee.self_signed("root", "/CN=Root", k_ca);
    const UtcTime now = referee.certificate("root").not_before() + days(1);
    const auto make = [&](const std::string& name, const std::string& subject, const std::string& extensions) {
        const Certificate leaf = referee.signed_by("root", name, subject, k_leaf + extensions);
        return Holder{referee.key(name), {{leaf, referee.certificate("root")}, true}};
    };
    const Holder odd = make("odd", "/CN=x", "subjectAltName=DNS:my_icg.example,DNS:10.0.0.5,DNS:a.example\n");
    const Holder repaired = make("repaired", "/CN=x", "subjectAltName=DNS:a.example,IP:10.0.0.5\n");
    const Holder bare = make("bare", "/CN=icg.example.com", "");
    const Holder display = make("display", "/CN=ICG", "");
    const auto check = [&](const Holder& next, const Holder& current) {
        CompatibilityRequest request = request_for(next, current);
        request.gateway_host.reset();
        Findings findings = check_compatibility(request, now);
        // openssl made them one after the other, so one may end some seconds before the other.
        std::erase_if(findings, [](const Finding& finding) { return finding.code == "shorter-validity"; });
        return codes(findings);
    };
    CHECK(check(odd, odd).empty());
    CHECK(check(repaired, odd) == "host-missing host-added(info)");
    CHECK(check(odd, repaired) == "host-missing");
    CHECK(check(repaired, bare) == "host-missing host-added(info) host-added(info)");
    CHECK(check(repaired, display) == "host-added(info) host-added(info)");
}

TEST_CASE("check_compatibility wants the gateway's own hosts", "[pki]") {
    const Holder root = make_root("Root");
    CompatibilityRequest request = request_for(make_leaf(root), make_leaf(root));
    request.gateway_host = HostName::parse("10.0.0.9");
    CHECK(codes(request) == "gateway-host-missing");
    CHECK(text_of(request) == "certificate \"ICG Berlin@3\" lacks \"10.0.0.9\", the host of the gateway");
    request.external_host = request.gateway_host;
    CHECK(codes(request) == "gateway-host-missing");
    request.gateway_host = HostName::parse("10.0.0.5");
    request.external_host = HostName::parse("icg.public.example");
    CHECK(codes(request) == "gateway-host-missing(warning)");
    request.external_host = HostName::parse("icg.example.com");
    CHECK(codes(request).empty());
}
