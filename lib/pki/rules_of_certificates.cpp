#include <array>

#include "lib/pki/rule_book_parts.hpp"

namespace umsadm {

std::span<const Rule> rules_of_certificates() noexcept {
    static constexpr std::array<Rule, 11> k_rules{{
        {"serial-number", Severity::warning, "A serial number is positive and has at most 20 octets.",
         "A tool counted from zero, or took random bytes without care for the sign.",
         "None is known: UMS roots count from small numbers, and devices and Java accept all of them. Strict tools "
         "refuse "
         "it.",
         "Nothing, or have it made again.", "RFC 5280, 4.1.2.2"},
        {"validity-encoding", Severity::warning,
         "Dates until 2049 are encoded as UTCTime, later ones as GeneralizedTime, both in UTC with seconds.",
         "A tool encoded them otherwise.", "Strict TLS clients refuse it; most read it all the same.",
         "Have it made again with another tool.", "RFC 5280, 4.1.2.5"},
        {"validity-reversed", Severity::error, "A certificate ends after it begins.",
         "It was made with a wrong date or on a machine with a wrong clock.",
         "It is never valid: devices refuse the gateway.", "Make it again.", "RFC 5280, 4.1.2.5"},
        {"unknown-critical-extension", Severity::error,
         "Every extension that is marked critical is known to TLS clients.",
         "A CA added an extension of its own and marked it critical.",
         "Clients have to refuse a certificate with a critical extension that they do not know.",
         "Have it made again without the extension, or with one that is not critical.", "RFC 5280, 4.2"},
        {"damaged-extension", Severity::error, "Every extension can be decoded and is there only once.",
         "A tool with a fault made the certificate.",
         "Clients refuse it, or ignore what the extension says; which of the two nobody knows beforehand.",
         "Have it made again with another tool.", "RFC 5280, 4.2"},
        {"extension-criticality", Severity::warning,
         "Extensions are critical where RFC 5280 says so (BasicConstraints of a CA, name constraints, a Subject "
         "Alternative Name without a subject), and key identifiers never are.",
         "A tool sets the marks otherwise. The UMS makes roots whose BasicConstraints are not critical; that is only "
         "noted.",
         "A critical key identifier makes OpenSSL refuse the chain; the others are obeyed either way.",
         "Nothing for a root of the UMS; else have it made again.",
         "RFC 5280, 4.2.1.1, 4.2.1.2, 4.2.1.6, 4.2.1.9, 4.2.1.10"},
        {"no-key-identifier", Severity::info,
         "A CA has a subject key identifier, and what it signs names it in the authority key identifier.",
         "Roots of the UMS have none, and many private CAs leave them out.",
         "None: it helps to choose between CAs of the same name, and who signed is proven by the signature.",
         "Nothing.", "RFC 5280, 4.2.1.1 and 4.2.1.2"},
        {"no-key-usage", Severity::info, "A CA has a key usage with keyCertSign.", "Roots of the UMS have none.",
         "None: without it the key is not restricted.", "Nothing.", "RFC 5280, 4.2.1.3"},
        {"not-for-servers", Severity::warning,
         "A certificate of a gateway may serve TLS: no extended key usage, or one with serverAuth.",
         "It was ordered for a client, for e-mail or for signing code.", "Devices refuse it for the gateway.",
         "Have it made for a server; \"umsadm cert request\" asks for that.", "RFC 5280, 4.2.1.12"},
        {"long-lifetime", Severity::info, "Certificates of public CAs live at most 398 days.",
         "A private CA set a longer life.",
         "None for IGEL OS and the UMS. Browsers refuse such a certificate from a public CA.",
         "Nothing for a private CA.", "CA/Browser Forum, Baseline Requirements, 6.3.2"},
        {"short-lifetime", Severity::info, "A certificate that lives for 100 days or less is renewed by a machine.",
         "Let's Encrypt and other ACME services issue it so.",
         "When nobody renews it in time, devices lose the gateway after weeks.",
         "Use a hook of your ACME client that calls \"umsadm cert import\" and \"umsadm keystore update\", and watch "
         "the "
         "days left.",
         "IGEL Community, how to use free signed certificates with ICG"},
    }};
    return k_rules;
}

}  // namespace umsadm
