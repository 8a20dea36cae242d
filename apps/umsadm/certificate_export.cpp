#include "certificate_export.hpp"

#include <array>
#include <chrono>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/jobs/exchange_entry.hpp"
#include "umsadm/keystore/keystore.hpp"

#include "certificate_storing.hpp"

namespace umsadm::app {
namespace {

struct FormatWords {
    ExportFormat format;
    std::string_view name;
    std::string_view description;
};

constexpr std::array<FormatWords, 7> k_formats{
    {{ExportFormat::pem, "pem", "the certificate"},
     {ExportFormat::der, "der", "the certificate"},
     {ExportFormat::chain, "chain", "the issuers"},
     {ExportFormat::fullchain, "fullchain", "the certificate and its issuers"},
     {ExportFormat::key, "key", "the private key"},
     {ExportFormat::pkcs12, "pkcs12", "key and chain"},
     {ExportFormat::jks, "jks", "key and chain"}}};

const FormatWords& words_of(ExportFormat format) noexcept {
    for (const FormatWords& words : k_formats) {
        if (words.format == format) return words;
    }
    return k_formats.front();
}

bool has_private_key(ExportFormat format) noexcept {
    return format == ExportFormat::key || format == ExportFormat::pkcs12 || format == ExportFormat::jks;
}

Chain whole_chain(const StoredCertificate& stored, const Inventory& inventory, UtcTime now) {
    Chain chain = inventory.chain_of(stored.certificate, now);
    if (chain.complete) return chain;
    throw Error(Code::not_found,
                fmt::format("the chain of {} is not complete: {} is not in the site", in_quotes(stored.label()),
                            in_quotes(chain.top().issuer())),
                "add it with \"umsadm cert import\"");
}

std::string pem_of(const std::vector<Certificate>& certificates) {
    std::string text;
    for (const Certificate& certificate : certificates) text += certificate.pem();
    return text;
}

std::string issuers_pem(const StoredCertificate& stored, const Inventory& inventory, UtcTime now) {
    std::vector<Certificate> issuers = whole_chain(stored, inventory, now).certificates;
    issuers.erase(issuers.begin());
    if (!issuers.empty()) return pem_of(issuers);
    throw Error(Code::usage, fmt::format("{} is a root: it has no issuers", in_quotes(stored.label())),
                "export it with --format pem");
}

Secret key_file(Context& ctx, const Site& site, const StoredCertificate& stored, const ExportOptions& options) {
    const PrivateKey key = load_private_key(ctx, site, stored, options.key_password, "--key-password");
    if (!options.password) return key.to_pem();
    const Secret& password = ctx.secrets.read(*options.password, "password of the exported key");
    return Secret(std::string_view(key.to_encrypted_pem(password)));
}

Secret keystore_file(Context& ctx, const Site& site, const StoredCertificate& stored, const Inventory& inventory,
                     const ExportOptions& options) {
    if (!options.password) {
        throw Error(Code::usage, "a keystore needs a password", "give one with --password SRC");
    }
    const Chain chain = whole_chain(stored, inventory, ctx.now());
    const PrivateKey key = load_private_key(ctx, site, stored, options.key_password, "--key-password");
    const Secret& password = ctx.secrets.read(*options.password, "password of the exported keystore");
    const StoreFormat format = options.format == ExportFormat::jks ? StoreFormat::jks : StoreFormat::pkcs12;
    const std::string alias = options.alias.empty() ? stored.record.name : options.alias;
    const JavaTime now = std::chrono::duration_cast<std::chrono::milliseconds>(ctx.now().time_since_epoch()).count();
    return Secret(ByteView(encode_keystore(new_keystore(format, alias, key, chain, password, now), password)));
}

void refuse_superfluous(const ExportOptions& options) {
    if (!has_private_key(options.format) && options.password) {
        throw Error(Code::usage, fmt::format("--password has no meaning for --format {}: nothing in it is secret",
                                             format_name(options.format)));
    }
    const bool is_keystore = options.format == ExportFormat::pkcs12 || options.format == ExportFormat::jks;
    if (!is_keystore && !options.alias.empty()) {
        throw Error(Code::usage, fmt::format("--alias has no meaning for --format {}", format_name(options.format)));
    }
}

}  // namespace

std::string_view format_name(ExportFormat format) noexcept { return words_of(format).name; }

std::string_view describe(ExportFormat format) noexcept { return words_of(format).description; }

ExportFormat parse_format(const std::string& text) {
    for (const FormatWords& words : k_formats) {
        if (words.name == text) return words.format;
    }
    throw Error(Code::usage,
                fmt::format("{} is none of pem, der, chain, fullchain, key, pkcs12, jks", in_quotes(text)));
}

Exported export_certificate(Context& ctx, const Site& site, const StoredCertificate& stored, const Inventory& inventory,
                            const ExportOptions& options) {
    refuse_superfluous(options);
    const auto public_text = [](const std::string& text) { return Exported{Secret(std::string_view(text)), false}; };
    switch (options.format) {
        case ExportFormat::pem: return public_text(stored.certificate.pem());
        case ExportFormat::der: return {Secret(ByteView(stored.certificate.der())), false};
        case ExportFormat::chain: return public_text(issuers_pem(stored, inventory, ctx.now()));
        case ExportFormat::fullchain:
            return public_text(pem_of(whole_chain(stored, inventory, ctx.now()).certificates));
        case ExportFormat::key: return {key_file(ctx, site, stored, options), true};
        case ExportFormat::pkcs12:
        case ExportFormat::jks: return {keystore_file(ctx, site, stored, inventory, options), true};
    }
    throw Error(Code::usage, "unknown format");
}

}  // namespace umsadm::app
