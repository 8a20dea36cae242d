#include <array>

#include "lib/pki/rule_book_parts.hpp"

namespace umsadm {

std::span<const Rule> rules_of_renewal() noexcept {
    static constexpr std::array<Rule, 15> k_rules{{
        {"root-differs", Severity::error,
         "A new certificate comes from the same root as the current one: same subject, same key.",
         "It was signed by another CA, or the root was made anew under its old name with another key.",
         "Devices know the gateway by its root. Each one that does not have the new root loses the gateway and has to "
         "be registered again.",
         "Sign the new certificate with the current root (\"umsadm cert renew\"). To exchange the root on purpose, "
         "first "
         "give the new one to all devices in the UMS Console, then \"umsadm keystore update G --allow-root-change "
         "FINGERPRINT\".",
         "IGEL Cloud Gateway manual, updating the keystore and exchanging the root certificate; needs ICG 2.02, UMS "
         "6.06, IGEL OS 11.04.240"},
        {"root-extended", Severity::warning, "There is one certificate for the name and the key of a root.",
         "The root was extended: a new certificate with a longer life for the same name and the same key.",
         "It counts as the same root, and signatures verify with either. Who compares the root's fingerprint, as in "
         "the "
         "first set-up of a device, sees another one.",
         "Import the extended root into the UMS, let the devices fetch it, and use its new fingerprint for new devices "
         "(\"umsadm cert show\").",
         "RFC 5280, 6.1.1 (d): a trust anchor is a name and a key; IGEL Cloud Gateway manual, first authentication"},
        {"host-missing", Severity::error,
         "A new certificate has every host name and IP address of the current one. A wildcard stands for one label.",
         "A name was left out when the certificate was ordered or made, or an IP address was entered as a name.",
         "Devices and UMS Servers that reach the gateway by that name refuse its certificate.",
         "Make it again with all names: \"umsadm cert renew\" copies them. When the name is really given up: \"umsadm "
         "keystore update G --force --reason TEXT\".",
         "IGEL Cloud Gateway manual, updating the keystore: the same IP addresses and host names"},
        {"host-added", Severity::info, "A new certificate may have more host names than the current one.",
         "Names were added.", "None: nobody who reaches the gateway today notices.",
         "Nothing, if they are meant to be there.", "IGEL Cloud Gateway manual, updating the keystore"},
        {"gateway-host-missing", Severity::error,
         "A certificate covers the host of the gateway, by which the UMS reaches it, and should cover its external "
         "host.",
         "The gateway was moved or renamed, or the certificate was made for another one.",
         "The UMS (host) or the devices (external host) refuse the connection because the name does not fit.",
         "Make the certificate with \"--host\" for both, or correct the record with \"umsadm gateway edit\".",
         "IGEL Cloud Gateway manual, on host names and IP addresses of a signed certificate; RFC 6125, 6.4"},
        {"name-equals-root", Severity::error,
         "The display name of a certificate differs from the name of its root, and its subject from its issuer's.",
         "The same name was entered for both.",
         "The UMS Console cannot tell them apart. Java and OpenSSL may take the certificate for self-signed and cut "
         "its "
         "chain, and then no device accepts it.",
         "Make it again under another name.",
         "IGEL Cloud Gateway manual, creating a signed certificate: the display name must not be the root's"},
        {"shorter-validity", Severity::warning, "A new certificate ends after the current one.",
         "An older generation was chosen, or a shorter life.",
         "None now; the next renewal is due earlier than without the update.",
         "Choose the newest generation, or renew with \"--days\" or \"--valid-until\".", "Rule of umsadm"},
        {"key-missing", Severity::error, "The private key of a certificate is there.",
         "Only the certificate was imported, or its key is in another file.",
         "The gateway cannot serve a certificate without its key.", "Import the key: \"umsadm cert import KEYFILE\".",
         "IGEL Cloud Gateway manual, importing a signed certificate and its private key; UMS 12.03.110"},
        {"key-mismatch", Severity::error, "A private key belongs to the certificate that it comes with.",
         "The key of another certificate, often of the generation before, is in the file.",
         "The gateway does not start, or serves nothing on its port.",
         "Find the key that belongs to it: \"umsadm cert import\" matches keys by their public half.",
         "IGEL Cloud Gateway manual, importing a signed certificate and its private key"},
        {"no-san", Severity::error,
         "A certificate of a gateway has a Subject Alternative Name with its host names and IP addresses.",
         "It was made with a common name only, as it was usual long ago.",
         "The UMS does not import it, and devices find no name to compare with.",
         "Make it with \"umsadm cert create --host\", or order it with all names (\"umsadm cert request\").",
         "IGEL Cloud Gateway manual, certificate requirements; release notes UMS 6.07.100; RFC 5280, 4.2.1.6"},
        {"not-end-entity", Severity::error, "A certificate of a gateway is marked as end entity: CA:FALSE, or no mark.",
         "A root or an intermediate was chosen, or the certificate was made with the type CA.",
         "Devices refuse a CA as a server, and the key of a CA would lie on the gateway.",
         "Choose or make a certificate of the type end entity.",
         "IGEL Cloud Gateway manual, certificate requirements; RFC 5280, 4.2.1.9"},
        {"not-served", Severity::error,
         "The gateway serves a certificate to compare with (an error where it was just to be verified).",
         "The gateway is stopped, its keystore cannot be read, or a firewall is between.",
         "Devices do not reach it now. A renewal is compared with the certificate that is stored there.",
         "Look with \"umsadm gateway check G\" and at usg/logs/usg.log on the gateway.",
         "IGEL Cloud Gateway manual, updating an expired keystore"},
        {"renewed-elsewhere", Severity::error,
         "A certificate that another CA signed is renewed there, before the last third of the time that \"umsadm "
         "renew\" "
         "looks ahead.",
         "It was imported, and the key of its issuer is not in the site: a public CA, a company CA, a root that is "
         "kept "
         "offline or in the UMS Console.",
         "None yet; on the last day of the certificate devices lose the gateway.",
         "Order the next one (\"umsadm cert request\", or certbot) and take it in with \"umsadm cert import --name "
         "NAME\": the next \"umsadm renew\" deploys it. Or import the root's key, and umsadm signs itself.",
         "Rule of umsadm; docs/commands/renew.md"},
        {"rolled-back", Severity::error, "What somebody took back from a gateway is not put there again by a timer.",
         "\"umsadm keystore rollback\" went back to a certificate that is due now.",
         "None yet; on the last day of the certificate devices lose the gateway.",
         "When the newer certificate is good: \"umsadm keystore update G\". When it is not: \"umsadm cert renew C\", "
         "and "
         "the next \"umsadm renew\" deploys that.",
         "Rule of umsadm; docs/commands/renew.md"},
        {"served-not-stored", Severity::warning, "What the gateway serves is what its keystore holds.",
         "The keystore was changed without a restart, or the gateway uses another file.",
         "The next restart changes what devices see.",
         "Go on with the update, which restarts it, or look with \"umsadm gateway check G\".", "Rule of umsadm"},
    }};
    return k_rules;
}

}  // namespace umsadm
