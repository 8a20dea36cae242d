#include <array>

#include "lib/pki/rule_book_parts.hpp"

namespace umsadm {

std::span<const Rule> rules_of_files() noexcept {
    static constexpr std::array<Rule, 5> k_rules{{
        {"not-pem", Severity::warning, "A certificate for the UMS Console is a PEM (Base64) file.",
         "The CA delivered DER (binary) or PKCS#7 (.p7b).",
         "None for devices: the UMS Console does not import the file. umsadm does.",
         "Convert it: \"umsadm cert import FILE\", then \"umsadm cert export C -o FILE --format pem\"; or \"openssl "
         "x509 "
         "-inform der\", \"openssl pkcs7 -inform der -print_certs\".",
         "IGEL Cloud Gateway manual, importing certificates"},
        {"several-certificates", Severity::info, "The UMS Console takes one certificate from each PEM file.",
         "The file is a chain or a bundle.", "None for devices: in the UMS Console only one of them would be imported.",
         "For the UMS Console: a file for each, root first, or a keystore (\"umsadm cert export --format pkcs12\"). "
         "umsadm takes the file as it is.",
         "IGEL Cloud Gateway manual, importing certificates; release notes UMS 12.04.100"},
        {"key-encrypted", Severity::info, "The UMS Console imports unencrypted private keys.",
         "The key is protected with a passphrase, as it should be at rest.", "None for devices.",
         "umsadm takes it with \"--key-password\". For the UMS Console alone: \"umsadm cert export --format key\" "
         "without "
         "a password, and delete the file afterwards.",
         "IGEL Cloud Gateway manual, importing the private key"},
        {"duplicate-certificate", Severity::warning, "A certificate is imported once.",
         "Files were put together that both hold it.",
         "The UMS refuses the second one; older versions stored both and could not distribute their certificates. "
         "umsadm "
         "stores it once.",
         "For the UMS Console: take one of them out.", "Release notes UMS 6.09.120 and 12.04.100"},
        {"chain-order", Severity::info,
         "In a file for a TLS server the certificate of the server stands first, each issuer behind what it signed.",
         "Files were put together in another order.",
         "None with umsadm, which builds the chain itself. A reverse proxy would serve the wrong certificate.",
         "\"umsadm cert export --format fullchain\" writes the right order.", "RFC 8446, 4.4.2; RFC 5246, 7.4.2"},
    }};
    return k_rules;
}

}  // namespace umsadm
