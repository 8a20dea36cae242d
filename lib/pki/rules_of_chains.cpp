#include <array>

#include "lib/pki/rule_book_parts.hpp"

namespace umsadm {

std::span<const Rule> rules_of_chains() noexcept {
    static constexpr std::array<Rule, 18> k_rules{{
        {"not-signed", Severity::error,
         "A certificate of a gateway is signed by a CA, and each signature of its chain verifies.",
         "It is self-signed, or its issuer's name belongs to a CA with another key.",
         "Devices know the root, not the gateway: they refuse a certificate that leads to no root. A UMS ID is "
         "self-signed by design; it is no gateway's certificate.",
         "Sign it with a root: \"umsadm cert create --root R\"; or import the CA that really signed it.",
         "IGEL Cloud Gateway manual, updating the keystore: a signed certificate; RFC 5280, 6.1.3 (a)"},
        {"chain-incomplete", Severity::error, "Every issuer up to the root is there.",
         "An intermediate or the root was not imported; public CAs deliver them apart.",
         "Devices cannot follow the chain to the root that they know, and refuse the gateway.",
         "Import the missing certificate: \"umsadm cert import FILE\". \"umsadm cert lint\" only notes it, where a "
         "file "
         "alone is looked at.",
         "Release notes UMS 12.04.100; RFC 5280, 6.1"},
        {"chain-invalid", Severity::error,
         "OpenSSL accepts the chain for a TLS server, strictly and at security level 2.",
         "A rule of RFC 5280 is broken that has no code of its own: a purpose, a name constraint, a version 1 CA.",
         "TLS clients refuse the gateway for the reason in the text.",
         "Make the certificate again, or have it made; docs/chain-verification.md says what is checked.",
         "RFC 5280, 6.1; OpenSSL, X509_V_FLAG_X509_STRICT"},
        {"ca-flag-missing", Severity::error, "Each CA of a chain is marked as CA and may sign certificates.",
         "A certificate that is no CA was used to sign, or a CA's key usage lacks keyCertSign.",
         "IGEL OS from 11.04.100, Java and OpenSSL refuse the chain.",
         "Make a CA with \"umsadm cert create-root\" or \"umsadm cert create --type ca\", and sign with that.",
         "IGEL Cloud Gateway manual, certificate requirements; release notes UMS 5.08.100; RFC 5280, 4.2.1.9 and "
         "4.2.1.3"},
        {"path-length", Severity::error,
         "The path length of a CA, which the UMS Console calls CA counter, allows the CAs below it.",
         "An intermediate was signed by a CA that may only sign end certificates.", "TLS clients refuse the chain.",
         "Sign with a CA higher up, or make a root with a larger \"--path-length\".",
         "IGEL Cloud Gateway manual, certificate requirements; RFC 5280, 4.2.1.9"},
        {"expired", Severity::error,
         "Every member of a chain, and a UMS ID, is valid now. The current certificate of a gateway may be expired: it "
         "is being replaced.",
         "It was not renewed in time, or a clock is wrong.",
         "Devices refuse the gateway. An expired root ends all certificates below it. An expired UMS ID may be "
         "refused.",
         "Renew it: \"umsadm cert renew\" and \"umsadm keystore update\". For a root: exchange it, see root-differs. "
         "For a UMS ID: \"umsadm id create --replace\", upload it in the license portal (\"umsadm id export\"), then "
         "\"umsadm id register\" and \"umsadm id sync --restart\". A backup holds what was valid then: make a new one.",
         "IGEL Cloud Gateway manual, certificate requirements and updating an expired keystore; RFC 5280, 4.1.2.5"},
        {"not-yet-valid", Severity::error, "Every member of a chain, and a UMS ID, is valid now.",
         "It begins in the future, or a clock is behind.",
         "Devices refuse the gateway until then; a UMS ID is of no use before.",
         "Wait, or correct the clock; umsadm dates new certificates back by an hour.", "RFC 5280, 4.1.2.5"},
        {"outlives-issuer", Severity::warning, "A certificate ends before the CAs above it.",
         "It was made with a long life by a CA that ends soon.",
         "None now. On the day when the CA ends devices refuse the certificate, whatever it says itself.",
         "Extend or exchange the root before that day; \"umsadm cert list\" says until when a root can sign.",
         "RFC 5280, 6.1.3 (a) (2): each certificate of a path is valid at the time"},
        {"weak-signature", Severity::error, "No certificate below the root is signed with MD5 or SHA-1.",
         "An old CA or tool signed it.",
         "TLS clients at OpenSSL's security level 2 and current Java refuse it; UMS 12 does not support MD5.",
         "Have it signed with SHA-256 or better; umsadm and the UMS sign with SHA-512.",
         "Release notes UMS 12.04.100; OpenSSL, security level 2; RFC 6194, RFC 6151"},
        {"weak-root-signature", Severity::warning, "A root is signed with SHA-256 or better.",
         "The root was made years ago.",
         "None: a root is trusted as it is, nobody verifies what it says about itself. Some tools warn.",
         "Nothing now; use a current root when it is exchanged.", "RFC 5280, 6.1.1 (d)"},
        {"weak-key", Severity::error, "RSA keys have 2048 bits or more, EC keys 256.", "An old certificate, or a test.",
         "TLS clients at OpenSSL's security level 2 refuse it, and it can be broken with enough machines.",
         "Make it again with a new key: \"umsadm cert renew\" never makes a weak one.",
         "OpenSSL, security level 2; NIST SP 800-57 part 1, 5.6.1"},
        {"key-not-offered", Severity::warning, "Keys are RSA with 4096 bits or more, or EC on P-256, P-384, P-521.",
         "Another CA or tool chose the key; RSA 2048 and 3072 are common.",
         "None is known. The UMS makes no such keys itself, so fewer people have tried it with gateways and devices.",
         "Nothing, or \"umsadm cert renew --key rsa:4096\".",
         "umsadmin-cli, help of web-certs create-root-cert and create-cert"},
        {"ec-key", Severity::info, "EC keys need a UMS and devices that know them.",
         "The certificate was made with an EC key.",
         "A UMS before 12.02.100 cannot register IGEL OS 12 devices through it.",
         "With an older UMS: \"--key rsa:4096\", for the root too.", "Release notes UMS 12.02.100"},
        {"ed25519-key", Severity::warning, "Keys are of a kind that the Java of the gateway reads.",
         "The certificate was made with an Ed25519 key.",
         "Java before 15 (ICG before 12.02) cannot load the keystore: the gateway serves nothing.",
         "Use an RSA or EC key, except with ICG from 12.02 on.", "JEP 339 (Java 15); release notes ICG 12.02.100"},
        {"same-name-in-chain", Severity::warning, "The certificates of one chain have different names.",
         "An intermediate was called like its root.",
         "The UMS cannot gather its support information, and people take the wrong one.",
         "Make the intermediate again under another name.", "Release notes UMS 12.01.110"},
        {"legacy-certificate", Severity::error, "A self-signed certificate says whether it is a CA (BasicConstraints).",
         "It was made by a UMS before 5.08.100 or by an old tool.",
         "IGEL OS from 11.04.100 refuses gateways below such a root.",
         "Make a new root and exchange it with the procedure of the UMS Console.",
         "Release notes UMS 5.08.100 and 6.06.100; IGEL Cloud Gateway manual, certificate requirements"},
        {"ca-rights-without-flag", Severity::error,
         "Only a CA has a path length or the key usage to sign certificates.",
         "The certificate was made with a template for CAs, or a CA without its mark.", "Strict TLS clients refuse it.",
         "Make it again: as end entity, or really as a CA (\"umsadm cert create --type ca\").",
         "RFC 5280, 4.2.1.3 and 4.2.1.9"},
        {"short-root", Severity::warning, "A root lives ten years or more.", "It was made with a shorter life.",
         "Each exchange of the root has to reach every device; the end of its life comes soon.",
         "Make roots with the default of ten years: \"umsadm cert create-root\".",
         "IGEL Cloud Gateway manual, creating a root certificate: ten years or more are highly recommended"},
    }};
    return k_rules;
}

}  // namespace umsadm
