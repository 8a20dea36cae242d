#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "umsadm/base/secret.hpp"
#include "umsadm/base/secret_source.hpp"
#include "umsadm/jobs/inventory.hpp"

#include "context.hpp"
#include "offer.hpp"

namespace umsadm::app {

enum class ExportFormat { pem, der, chain, fullchain, root, key, pkcs12, jks, proxy };

std::string_view format_name(ExportFormat format) noexcept;
// "the certificate", "the private key", ...
std::string_view describe(ExportFormat format) noexcept;
// Throws Code::usage.
ExportFormat parse_format(const std::string& text);
// All of them, each with what it is, to be offered.
std::vector<OfferedWord> format_words();

struct ExportOptions {
    ExportFormat format = ExportFormat::pem;
    std::optional<SecretSource> password;      // of what is written
    std::optional<SecretSource> key_password;  // of the key in the site
    std::string alias;                         // in a keystore; empty: the name
    std::string java;                          // the version that reads a PKCS#12; empty: a modern one
    bool legacy = false;                       // a PKCS#12 for the oldest ones
};

struct Exported {
    Secret content;
    bool has_key = false;
    std::optional<Fingerprint> root;  // when it is a root certificate and nothing else
};

// The certificate with its issuers up to the root. Throws Code::not_found naming the issuer that the site lacks.
Chain whole_chain(const StoredCertificate& stored, const Inventory& inventory, UtcTime now);

std::string pem_of(const std::vector<Certificate>& certificates);
// The chain above the certificate. Throws Code::usage for a root, which has none.
std::string issuers_pem(const StoredCertificate& stored, const Inventory& inventory, UtcTime now);

// Throws Code::usage for an option that means nothing for the format: nobody shall believe that it did something.
void refuse_superfluous(const ExportOptions& options);

// The bytes of the file; every format but proxy. Throws Code::usage for a password that is missing or superfluous,
// Code::not_found when the key or an issuer is needed and not there.
Exported export_certificate(Context& ctx, const Site& site, const StoredCertificate& stored, const Inventory& inventory,
                            const ExportOptions& options);

}  // namespace umsadm::app
