#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "umsadm/base/secret.hpp"
#include "umsadm/base/secret_source.hpp"
#include "umsadm/jobs/inventory.hpp"

#include "context.hpp"

namespace umsadm::app {

enum class ExportFormat { pem, der, chain, fullchain, key, pkcs12, jks };

std::string_view format_name(ExportFormat format) noexcept;
// "the certificate", "the private key", ...
std::string_view describe(ExportFormat format) noexcept;
// Throws Code::usage.
ExportFormat parse_format(const std::string& text);

struct ExportOptions {
    ExportFormat format = ExportFormat::pem;
    std::optional<SecretSource> password;      // of what is written
    std::optional<SecretSource> key_password;  // of the key in the site
    std::string alias;                         // in a keystore; empty: the name
};

struct Exported {
    Secret content;
    bool has_key = false;
};

// The bytes of the file. Throws Code::usage for a password that is missing or superfluous, Code::not_found when the key
// or an issuer is needed and not there.
Exported export_certificate(Context& ctx, const Site& site, const StoredCertificate& stored, const Inventory& inventory,
                            const ExportOptions& options);

}  // namespace umsadm::app
