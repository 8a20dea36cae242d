#include <array>

#include "lib/pki/rule_book_parts.hpp"

namespace umsadm {

std::span<const Rule> rules_of_names() noexcept {
    static constexpr std::array<Rule, 8> k_rules{{
        {"subject-format", Severity::error,
         "The country is two letters; organization, locality and holder's name are no longer than X.509 allows.",
         "A name of a country was entered (\"Germany\"), or a long text.",
         "The UMS Console does not take such a field, and strict tools refuse the certificate.",
         "Make it again with a code of ISO 3166 (\"DE\"; \"UK\" is fine too) and shorter texts.",
         "IGEL knowledge base, creating a new certificate: two-letter country code; RFC 5280, appendix A"},
        {"name-too-long", Severity::warning, "A common name has at most 64 characters, a display name of the UMS 200.",
         "A sentence was used as a name.",
         "The UMS cannot store a display name over 200 characters; some tools refuse a common name over 64.",
         "Make it again under a shorter name, or import it with \"--name\".",
         "Release notes UMS 6.09.100; RFC 5280, appendix A (ub-common-name)"},
        {"san-wrong-type", Severity::warning,
         "IP addresses are entries of the type IP address, host names of the type DNS name.",
         "An IP address was entered as a DNS name; or there are e-mail addresses and URIs, which are only noted.",
         "Devices that reach the gateway by its address do not find it in the certificate.",
         "Make it again: \"umsadm cert create --host\" types each entry; \"umsadm cert renew\" corrects them.",
         "Release notes UMS 12.05.100; RFC 5280, 4.2.1.6"},
        {"san-unusable", Severity::warning,
         "Every DNS name in a certificate is a host name: letters, digits and hyphens.",
         "A name with an underscore, a blank or a letter beyond ASCII was entered.",
         "Some TLS clients refuse the name. A renewal by umsadm cannot carry it over.",
         "Rename the host, or use another name for it; names with other letters are written as \"xn--...\".",
         "RFC 5280, 4.2.1.6; RFC 1123, 2.1"},
        {"wildcard", Severity::info, "A wildcard stands for exactly one label, the first one.",
         "The certificate has \"*.example.com\".",
         "It is good for icg.example.com, and neither for example.com nor for a.icg.example.com.",
         "Add the names that it does not cover. UMS from 6.06.110 and 6.07.100 on know wildcards.",
         "Release notes UMS 6.06.110 and 6.07.100; RFC 6125, 6.4.3"},
        {"ca-with-hosts", Severity::warning, "A CA has no host names.",
         "The list of hosts was filled in for a certificate of the type CA.",
         "The UMS ignores them. A gateway cannot use the certificate of a CA.",
         "Make the CA without hosts, and an end entity with them.",
         "Release notes UMS, on signed certificates of the type CA"},
        {"empty-name", Severity::error, "Every certificate names its issuer, and every CA has a name.",
         "It was made with an empty subject.", "Clients find issuers by name: they refuse the chain.",
         "Make the CA again, with a name.", "RFC 5280, 4.1.2.4 and 4.1.2.6"},
        {"control-characters", Severity::error, "No name has a control character or a zero byte in it.",
         "A tool with a fault, or somebody who wants \"icg.example.com\\0.evil.example\" to be read as its first half.",
         "What is checked and what is shown may be two different names.", "Do not use it; ask who made it.",
         "RFC 5280, 4.2.1.6; CVE-2009-2408"},
    }};
    return k_rules;
}

}  // namespace umsadm
